import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { askQuery } from './testing/ask'

/** A piece of a question and what the query has because of it. */
type Part = readonly [said: string, written: string]

const CONDITIONS: readonly Part[] = [
  ['of the checkout service', "$l.subsystemname == 'checkout'"],
  ['in prod', "$d.kubernetes.namespace_name == 'prod'"],
  ['from Germany', "$d.country == 'DE'"],
  ['for tenant acme', "$d.tenant == 'acme'"],
  ['on mobile', "$d.device == 'mobile'"],
  ['of version 2.14.0', "$d.version == '2.14.0'"],
  ['on worker-04', "$d.host == 'worker-04'"],
  ['under /api/v1/orders', "$d.path == '/api/v1/orders'"],
  ['for pro and trial plans', "$d.plan.in('pro', 'trial')"],
  ['outside us-east-1', "$d.region != 'us-east-1'"],
  ['except GET requests', "$d.method != 'GET'"],
  ['with dark-mode', "$d.feature_flag == 'dark-mode'"],
  ['from 10.0.0.5', "$d.client_ip == '10.0.0.5'"],
  ['containing "disk full"', "$d.message.contains('disk full')"],
  ['in shop-staging', "$l.applicationname == 'shop-staging'"],
  ['without a trace id', '$d.trace_id == null'],
  ['by curl', "$d.user_agent.contains('curl')"],
  ['with more than 3 retries', '$d.retry_count > 3'],
]

const MEASURES: readonly Part[] = [
  ['average latency', 'avg($d.duration_ms)'],
  ['number of requests', 'count() as'],
  ['p99 response time', 'percentile(0.99, $d.duration_ms)'],
  ['total bytes', 'sum($d.bytes)'],
  ['number of distinct users', 'distinct_count($d.user_id)'],
  ['error rate', 'count_if($m.severity == ERROR) / count()'],
  ['maximum memory', 'max($d.memory_mb)'],
  ['median query time', 'percentile(0.5, $d.query_ms)'],
  ['5xx rate', 'count_if($d.status_code >= 500) / count()'],
  ['cache hit ratio', 'count_if($d.cache_hit == true) / count()'],
  ['standard deviation of latency', 'stddev($d.duration_ms)'],
]

const GROUPS: readonly Part[] = [
  ['per region', '$d.region'],
  ['by host', '$d.host'],
  ['for each plan', '$d.plan'],
  ['grouped by version', '$d.version'],
  ['by country and device', '$d.country, $d.device'],
  ['per hour', 'roundTime($m.timestamp, 1h)'],
  ['every 5 minutes', 'roundTime($m.timestamp, 5m)'],
  ['by service per day', '$l.subsystemname, roundTime($m.timestamp, 1d)'],
  ['across tenants', '$d.tenant'],
]

const TIMES: readonly Part[] = [
  ['in the last 3 hours', 'source logs last 3h'],
  ['since yesterday', "source logs between @'2025-03-11T00:00:00Z' and @'now'"],
  ['today', "source logs between @'2025-03-12T00:00:00Z' and @'now'"],
  ['over the past 45 minutes', 'source logs last 45m'],
  ['between 8am and 9am', "source logs between @'2025-03-12T08:00:00Z' and @'2025-03-12T09:00:00Z'"],
  ['', 'source logs'],
]

const ORDERS: readonly Part[] = [
  [', highest first', 'desc'],
  [', lowest first', 'asc'],
  [', top 5', 'limit 5'],
  [' sorted descending', 'desc'],
  ['', ''],
]

const COUNTED: readonly Part[] = [
  ['errors', '$m.severity == ERROR'],
  ['critical logs', '$m.severity == CRITICAL'],
  ['404s', '$d.status_code == 404'],
  ['5xx', '$d.status_code >= 500'],
  ['failed logins', "$d.event == 'login_failed'"],
  ['orders', "$d.event == 'order_placed'"],
  ['timeouts', "$d.error.type == 'TimeoutError'"],
  ['cache misses', '$d.cache_hit == false'],
]

/** Openings with everything that they ask for. */
const OPENINGS: readonly (readonly [said: string, written: readonly string[]])[] = [
  ['users with more than 5', ['groupby $d.user_id', '> 5']],
  ['which hosts had at least 10', ['groupby $d.host', '>= 10']],
  ['services with fewer than 20', ['groupby $l.subsystemname', '< 20']],
  ['top 5 countries by number of', ['groupby $d.country', 'desc', 'limit 5']],
  ['three regions with the fewest', ['groupby $d.region', 'asc', 'limit 3']],
  ['hours with more than 50', ['roundTime($m.timestamp, 1h)', '> 50']],
  ['how many', ['| count']],
  ['newest 10', ['orderby $m.timestamp desc', 'limit 10']],
  ['show me 20', ['limit 20']],
  ['list all', []],
]

const ARRANGEMENTS: readonly ((
  parts: Readonly<Record<'measure' | 'where' | 'group' | 'when' | 'order', string>>,
) => string)[] = [
  ({ measure, where, group, when, order }) => `${measure} ${where} ${group} ${when}${order}`,
  ({ measure, where, group, when, order }) => `${when}: ${measure} ${group} ${where}${order}`,
  ({ measure, where, group, when, order }) => `show me the ${measure} ${group} ${when} ${where}${order}`,
  ({ measure, where, group, when, order }) => `what is the ${measure} ${when} ${where} ${group}${order}`,
  ({ measure, where, group, when, order }) => `${group} ${measure} ${where} ${when}${order}`,
]

const part = <Item>(parts: readonly Item[]) => fc.constantFrom(...parts)
/** Up to two, of different fields. */
const conditions = fc.uniqueArray(part(CONDITIONS), {
  maxLength: 2,
  selector: ([, written]) => written.split(/[ .]in\(|[ .]contains|[ ]/)[0],
})
const RUNS = { numRuns: 400, seed: 1, endOnFailure: true }

async function assertWritten(question: string, parts: readonly string[]): Promise<void> {
  const tidy = question
    .replaceAll(/\s+/g, ' ')
    .replaceAll(' ,', ',')
    .replace(/^[:, ]+/, '')
    .trim()
  const query = await askQuery(tidy)
  for (const written of parts) assert.ok(query.includes(written), `${tidy}\n${query}\nlacks ${written}`)
}

/** Nothing that a question says is lost, in whatever order it is said. */
describe('questions put together from parts', () => {
  it('have every part of a measure in their query', async () => {
    await fc.assert(
      fc.asyncProperty(
        part(MEASURES),
        conditions,
        part(GROUPS),
        part(TIMES),
        part(ORDERS),
        part(ARRANGEMENTS),
        async (measure, where, group, when, order, arrange) => {
          const question = arrange({
            measure: measure[0],
            where: where.map(([said]) => said).join(' '),
            group: group[0],
            when: when[0],
            order: order[0],
          })
          await assertWritten(
            question,
            [measure, ...where, group, when, order].map(([, written]) => written),
          )
        },
      ),
      RUNS,
    )
  })

  it('have every part of a count in their query', async () => {
    await fc.assert(
      fc.asyncProperty(
        part(OPENINGS),
        part(COUNTED),
        conditions,
        part(TIMES),
        async ([opening, asked], counted, where, when) => {
          const said = [opening, counted[0], ...where.map(([text]) => text), when[0]].join(' ')
          await assertWritten(said, [...asked, counted[1], ...where.map(([, written]) => written), when[1]])
        },
      ),
      RUNS,
    )
  })
})
