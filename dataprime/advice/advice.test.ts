import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { analyse } from '../analyse'
import { hasErrors } from '../diagnostics/diagnostic'
import { parse } from '../syntax/parser'
import { query as buildQuery, stage as buildStage } from '../tree/build'
import { ADVICE, suggestImprovements } from '.'

const advise = (text: string) => suggestImprovements(parse(text).query)

/** Everyday queries as they should be: advice on any of them would be noise. */
const GOOD_QUERIES = [
  'source logs last 1h | filter $m.severity == ERROR | groupby $l.subsystemname aggregate count() as errors | orderby errors desc | limit 10',
  'source logs last 1h | filter $m.severity == ERROR | limit 100',
  'source logs last 30m | filter $m.severity >= WARNING | orderby $m.timestamp desc | limit 50',
  'source logs last 1d | groupby $m.timestamp / 1h as hour, $m.severity aggregate count() as n | orderby hour',
  "source logs last 1h | filter message ~ 'connection refused' | choose $m.timestamp, $l.applicationname, message | limit 20",
  'source logs last 1h | filter status_code >= 500 | countby $l.applicationname into failures desc',
  'source logs last 1h | top 5 $l.subsystemname by count()',
  'source logs last 1h | top 10 path, duration_ms by duration_ms',
  "source logs last 6h | filter $l.applicationname == 'shop' | count into orders",
  'source logs last 1h | groupby $l.applicationname aggregate avg(duration_ms) as mean, percentile(0.95, duration_ms) as p95 | filter p95 > 1000 | orderby p95 desc',
  "source logs last 1h | extract msg into kv using kv() | filter kv.user == 'admin' | limit 10",
  "source logs last 1h | filter msg.contains('login') | extract msg into m using regexp(e=/user=(?<user>\\w+)/) | countby m.user into logins desc | limit 10",
  'source logs last 1h | filter user_id != null | groupby user_id aggregate count() as n | orderby n desc | limit 20',
  'source logs last 1h | aggregate distinct_count(user_id) as users',
  'source spans last 1h | filter $m.duration > 1000000 | groupby $l.serviceName aggregate count() as slow | orderby slow desc',
  'source spans last 15m | groupby $l.serviceName, $l.operationName aggregate percentile(0.99, $m.duration) as p99 | orderby p99 desc | limit 20',
  "source spans last 1h | filter tags['http.status_code']:number >= 500 | groupby tags['http.route'] as route aggregate count() as n | orderby n desc | limit 10",
  "source spans last 1h | filter traceID == '4bf92f3577b34da6' | orderby $m.timestamp | limit 1000",
  'source logs last 1h | distinct $l.applicationname, $l.subsystemname',
  'source logs last 1h | distinct $l.applicationname | count',
  "source logs between @'2025-03-01' and @'2025-03-02' | filter $m.severity == CRITICAL | countby $l.computername into n desc | limit 5",
  "source logs around @'2025-03-01T08:15' interval 10m | filter $d.level == 'fatal' | limit 50",
  'source logs last 1h | create secs from duration_ms / 1000 | filter secs > 5 | choose path, secs | limit 50',
  "source logs last 1h | filter region.in('eu', 'us') && !path.startsWith('/health') | groupby region aggregate count_if(status_code >= 500) as failed, count() as total | create share from failed / total | orderby share desc",
  'source logs last 1h | groupby $l.subsystemname aggregate count() as n | orderby n desc | filter n > 100 | limit 10',
  'source logs last 1h | filter sku != null | join (source price_list) using sku into price | filter price.amount > 100 | limit 10',
  'source logs last 1h | filter sku != null | enrich sku into item using price_list | countby item.category into sold desc',
  'source logs last 1h | explode items into item original preserve | filter item.price > 10 | groupby item.sku as sku aggregate sum(item.price) as revenue | orderby revenue desc | limit 10',
  'source logs last 1h | dedupeby order_id keep 1 orderby $m.timestamp desc | filter state != null | count',
  'source logs last 1h | union (source logs timeshifted -1d) | groupby $m.timestamp / 1h as hour aggregate count() as n | orderby hour',
  'source logs last 1h | groupby host aggregate collect(zone, distinct=true) as zones, collect(path, limit=5) as examples',
  'source logs last 1h | multigroupby ($l.applicationname), ($l.applicationname, $l.subsystemname) aggregate count() as n',
  "source logs last 1h | remove raw | redact card matching /\\d{12}/ to '#' | limit 10",
  'source logs last 7d | filter $m.severity == ERROR | groupby $m.timestamp / 1d as day aggregate count() as errors | orderby day',
  'source logs last 1h | limit 10',
  'source logs last 1h | count',
]

describe('suggestImprovements', () => {
  for (const text of GOOD_QUERIES) {
    test(`has nothing to say about ${text}`, () => {
      assert.ok(!hasErrors(analyse(text).diagnostics))
      assert.deepEqual(advise(text), [])
    })
  }

  test('goes by the order of the stages, and says where each stage stands', () => {
    const text = 'source logs | orderby host | filter status == 500 | limit 5 | limit 9'

    const places = advise(text).map(({ code, stageIndex, range }) => ({
      code,
      stageIndex,
      text: text.slice(range.start, range.end),
    }))

    assert.deepEqual(places, [
      { code: 'missing-time-range', stageIndex: 0, text: 'source logs' },
      { code: 'late-filter', stageIndex: 2, text: 'filter status == 500' },
      { code: 'redundant-limit', stageIndex: 4, text: 'limit 9' },
    ])
  })

  test('advice on a sub-query rewrites the whole query, and points at the stage inside', () => {
    const text =
      'source a | union (source b | join (source c | filter true | limit 1) using k into j | limit 1) | limit 1'

    const [improvement, ...others] = advise(text)

    assert.deepEqual(others, [])
    assert.equal(improvement?.stageIndex, 1)
    assert.equal(text.slice(improvement?.range.start, improvement?.range.end), 'filter true')
    assert.equal(
      improvement?.rewritten,
      'source a | union (source b | join (source c | limit 1) using k into j | limit 1) | limit 1',
    )
  })

  test('advice on a stage gives way to better advice on it', () => {
    const codes = advise('source t | filter a == 1 | orderby b | filter a == 1 | limit 5').map(
      ({ code }) => code,
    )

    assert.deepEqual(codes, ['redundant-filter'])
  })

  test('the only message of the catalogue is where a text is searched for', () => {
    const field = (keypath: string) => ({ keypath, type: 'string' })
    const rewrite = (text: string, ...keypaths: readonly string[]) =>
      suggestImprovements(parse(text).query, {
        catalogue: { logs: keypaths.map(field), spans: [] },
      }).map(({ rewritten }) => rewritten)
    const text = "source logs last 1h | filter a == 1 | wildfind 'x' | limit 5"

    assert.deepEqual(rewrite(text, '$d.host', "$d.log['raw-message']", '$d.user.name'), [
      "source logs last 1h | filter a == 1 | find 'x' in $d.log['raw-message'] | limit 5",
    ])
    assert.deepEqual(rewrite(text, 'msg', '$d.body'), [undefined])
    assert.deepEqual(rewrite(text, '$d.host'), [undefined])
    assert.deepEqual(rewrite(text.replace('logs', 'spans'), 'msg'), [undefined])
    assert.deepEqual(rewrite(text.replace('filter a == 1', 'choose a'), 'msg'), [undefined])
  })

  test('there is no more of it than anybody takes', () => {
    const { length } = advise(`source t | ${'filter true | '.repeat(60)}limit 5`)

    assert.equal(length, 30)
  })

  test('there is none for queries that only a program can have written', () => {
    const long = `source t | ${'filter true | '.repeat(300)}limit 5`
    const wide = `source t | filter true${' && a == 1'.repeat(5000)} | limit 5`
    const nested = `source t ${'| filter true | union (source t '.repeat(60)}${')'.repeat(60)}`

    assert.deepEqual(advise(long), [])
    assert.deepEqual(advise(wide), [])
    assert.ok(advise(nested).length <= 30)
  })

  test('there is none for a query with nothing in it', () => {
    assert.deepEqual(advise(''), [])
    assert.deepEqual(suggestImprovements(buildQuery([])), [])
  })

  test('trees that were read from no text get advice as well', () => {
    const count = buildQuery([
      buildStage({
        kind: 'SourceStage',
        dataset: { kind: 'Dataset', dataspace: null, name: 'logs', range: { start: 0, end: 0 } },
        parameters: [],
        timeframe: null,
      }),
      buildStage({ kind: 'CountStage', into: null }),
    ])

    assert.deepEqual(
      suggestImprovements(count).map(({ rewritten }) => rewritten),
      ['source logs last 1h | count'],
    )
  })
})

test('every piece of advice has a code and a summary of its own', () => {
  assert.equal(new Set(ADVICE.map(({ code }) => code)).size, ADVICE.length)
  assert.equal(new Set(ADVICE.map(({ summary }) => summary)).size, ADVICE.length)
  for (const { code, summary } of ADVICE) {
    assert.match(code, /^[a-z]+(-[a-z]+)+$/)
    assert.match(summary, /^[A-Z].*\.$/)
  }
})
