import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { analyse } from '../analyse'
import { timeGrowth } from '../testing/time-growth'

/** Pipelines as people write them; each reads nothing that is not there. */
const IDIOMATIC: readonly string[] = [
  'source logs | groupby host aggregate count() as n | orderby n desc | limit 5',
  'source logs | groupby $l.subsystemname aggregate count() as n | orderby n desc, subsystemname',
  'source logs | groupby $l.subsystemname as service aggregate count() as n | filter service != null && n > 3',
  'source logs | groupby $m.timestamp / 1h as slot aggregate avg(latency) as mean | orderby slot',
  'source logs | groupby roundTime($m.timestamp, 5m) as t, $l.applicationname aggregate count() as n | orderby t',
  'source logs | groupby host aggregate count() as n, sum(bytes) as total | create mean from total / n | orderby mean desc',
  'source logs | groupby host aggregate count() as n | create label from `{host}: {n}` | choose label',
  'source logs | groupby host aggregate count_if(code >= 500) as errors, count() as total | create rate from errors / total | filter rate > 0.1',
  'source logs | groupby host aggregate count_if($m.severity >= ERROR) as errors | filter errors > 0',
  'source logs | groupby host aggregate count() as n | groupby n aggregate count() as hosts | orderby hosts',
  'source logs | groupby user.id as user aggregate collect(path) as paths | filter arrayLength(paths) > 3 | choose user, paths[0] as first | filter first != null',
  'source logs | groupby user.id aggregate count() as n | filter id != null',
  'source logs | groupby req aggregate count() as n | filter req.id != null',
  "source logs | groupby tags['http.route'] as route aggregate count() as n | orderby route",
  "source logs | groupby tags['http.route'] aggregate count() as n | filter $d['http.route'] != null",
  'source logs | groupby $d[$p.field] aggregate count() as n | filter anything != null | orderby n',
  'source logs | groupby status:number aggregate count() as n | filter status > 400 | orderby n',
  'source logs | groupby path.toLowerCase() aggregate count() as n | orderby path',
  'source logs | groupby host aggregate count() | orderby _count desc',
  'source logs | groupby host aggregate count(), avg(x), max(y) | orderby _count0 desc, _avg, _max0',
  'source logs | aggregate count(), avg(x) | orderby _count',
  'source logs | aggregate sum(x) / count() as mean, max(y) as top | filter mean > 5 && top < 3',
  'source logs | aggregate sum(x) / count() | filter whatever > 5',
  'source logs | aggregate any_value($d) as record | choose record.user.id as user | filter user != null',
  'source logs | aggregate max_by($m.timestamp, $d) as newest | filter newest.msg != null',
  'source logs | count | filter _count > 5',
  'source logs | count into total | create twice from total * 2 | filter twice > 5',
  'source logs | countby host | orderby _count desc',
  'source logs | countby host into hits desc | filter hits > 10 && host != null',
  'source logs | countby $l.applicationname as app, $l.subsystemname | orderby app, subsystemname, _count',
  'source logs | distinct region as r, zone | filter r != zone | count into n | filter n > 1',
  'source logs | top 5 host by count()',
  'source logs | top 5 host, count() as n by n | orderby n',
  'source logs | top 5 host as h, max(cpu) as peak by max(cpu) | filter peak > 5 && h != null',
  'source logs | top 10 $m.timestamp, msg by $m.timestamp | orderby $m.timestamp | choose msg',
  'source logs | top 10 msg by latency | filter latency > 5 && msg != null',
  'source logs | bottom 3 host by min(free) as least | filter least < 5',
  'source logs | choose $m.timestamp, $l.applicationname, msg | orderby $m.timestamp desc | filter applicationname != null',
  'source logs | choose $m.timestamp as ts, $d.user.id as user | orderby ts | groupby user aggregate count() as n',
  'source logs | choose user, order.items | explode items into item | filter item.price > 5',
  'source logs | choose cpu * 100 as pct, host | filter pct > 50 && host != null',
  'source logs | explode items into item | groupby item.sku aggregate sum(item.price) as revenue | orderby revenue desc, sku',
  'source logs | explode items into item original preserve | groupby order_id, item.sku aggregate count() as n | orderby order_id',
  "source logs | explode logs into l | filter l.level == 'error' | explode l.message into m | groupby m aggregate count() as n | orderby n",
  'source logs | groupby host aggregate collect($d) as rows | explode rows into row | filter row.msg != null',
  "source logs | extract msg into kv using kv() | filter kv.user == 'x' | groupby kv.user aggregate count() as n | orderby user",
  'source logs | extract msg into r using regexp(e=/user=(?<user>\\w+) took (?<ms>\\d+)/) datatypes ms:number | filter r.ms > 5 && r.user != null',
  'source logs | extract a into r using regexp(e=/(?<x>.)/) | extract b into r using regexp(e=/(?<y>.)/) | filter r.x == r.y',
  'source logs | extract msg into r using regexp(e=/(a)(?<b>b)/) | filter r._0 == r.b',
  'source logs | extract msg into $d using regexp(e=/(?<user>\\w+)/) | groupby user aggregate count() as n | filter n > 1',
  "source logs | extract msg into parts using split(delimiter=',') | create first from parts[0] | filter first != null",
  'source logs | extract body into j using jsonobject() | explode j.items into item original preserve | filter item.id == j.id',
  'source logs | enrich $d.sku into item using catalogue | groupby item.category as category aggregate count() as n | orderby category',
  'source logs | join (source users | choose id, name) on $d.user == id into t | choose t.name, msg | filter name != null',
  "source logs | join left (source users) using id into u | filter u.name != null && u.address.city == 'x' && id != null",
  'source logs | groupby host aggregate count() as n | join (source spans | groupby host aggregate avg($m.duration) as mean) using host into s | create score from n * s.mean | orderby score',
  'source logs | join (source spans | groupby $l.serviceName aggregate count() as n) on left=>$l.subsystemname == right=>serviceName into s | filter s.n > 3',
  'source logs | groupby host aggregate count() as n | join cross (source logs | count into total) into all | create share from n / all.total | filter share > 0.1',
  'source logs | groupby host aggregate count() as n | union (source spans | groupby $l.serviceName as host aggregate count() as n) | orderby host, n',
  'source logs | choose msg | union (source spans | choose $l.operationName as operation) | filter msg != null || operation != null',
  'source logs | filter a == 1 | union (source spans) | filter $l.serviceName != null || $l.applicationname != null || b == 2',
  'source logs | remove a | union (source logs) | filter a == 1',
  'source logs | stitch (source plan | choose target) into plan | filter plan.target > actual',
  'source logs | choose a | stitch (source plan | choose b) into $d merge | filter a == b',
  'source logs | roundtime to 10m into slot | groupby slot aggregate count() as n | orderby slot',
  'source logs | roundtime $m.timestamp to 1h | groupby $m.timestamp as hour aggregate count() as n | orderby hour',
  "source logs | convert retries:number | filter retries > 3 | redact card matching /\\d+/ to '#' | choose card",
  'source logs | replace host with host.toLowerCase() | groupby host | orderby host',
  'source logs | create a.b.c from 1 | filter a.b.c == 1 && a.b.d == 2 && a.x == 3',
  'source logs | groupby host | create a.b from 1 | filter a.b == 1',
  'source logs | move a.b to b | filter b.c == 1 && a.d == 2',
  'source logs | move $d.payload to $d | filter status == 1',
  'source logs | move $l.applicationname to $d.app | groupby app aggregate count() as n | orderby app',
  'source logs | remove debug, raw.body | filter raw.head == 1 && other == 2',
  'source logs | dedupeby user keep 1 orderby $m.timestamp desc | choose user, $m.timestamp | orderby $m.timestamp',
  'source logs | multigroupby ($l.applicationname as app, $l.subsystemname as ss), ($l.applicationname as app) aggregate count() | orderby app, ss, _count0',
  'source logs | groupby host aggregate percentile(0.95, latency) as p95, percentile(0.5, latency) as p50 | filter p95 > p50 * 10',
  'source logs | filter $p.app == null || $l.applicationname == $p.app | groupby $p.dimension as d aggregate count() as n | filter $p.least < n',
  "source logs | groupby case { code >= 500 -> 'error', _ -> 'fine' } as outcome aggregate count() as n | filter outcome == 'error'",
  'source logs | groupby $m.severity aggregate count() as n | filter severity >= WARNING | orderby severity',
  'groupby host aggregate count() as n | orderby n',
  'source system/engine.queries | groupby $l.anything as a, $m.other aggregate count() as n | orderby a, other',
  "source spans | filter tags['a'] == 'b' && process.tags.x == 1 | groupby $l.serviceName, $l.operationName aggregate avg($m.duration) as mean | orderby mean, serviceName",
  'source logs | groupby user as $d.who.name aggregate count() as n | filter who.name != null',
]

describe('keypaths that are there', () => {
  for (const text of IDIOMATIC) {
    test(text, () => {
      const found = analyse(text).diagnostics.filter(({ code }) => code === 'DP0435' || code === 'DP0409')

      assert.deepEqual(found, [])
    })
  }

  test('are tried in many pipelines', () => {
    assert.ok(IDIOMATIC.length >= 50)
    assert.equal(new Set(IDIOMATIC).size, IDIOMATIC.length)
  })
})

test('a long pipeline is followed in linear time', () => {
  const stages = [
    'create k# from a',
    'remove k#',
    'move a to b#',
    'union (source logs | remove k#)',
    'join (source spans | choose x# as y) using id into j#',
    'groupby k# aggregate count() as n#',
    'move $d to $d.x# | move $d.x# to $d',
    'filter missing#.a.b.c > n',
  ]
  for (const stage of stages) {
    const pipeline = (count: number) => {
      const repeated = Array.from({ length: count }, (_, index) => stage.replaceAll('#', String(index)))
      return `source logs | ${repeated.join(' | ')}`
    }
    const growth = timeGrowth(pipeline, analyse, 250)

    assert.ok(growth < 3, `${stage}: ${growth}`)
  }
})
