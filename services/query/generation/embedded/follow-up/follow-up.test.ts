import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ask, askQuery } from '../testing/ask'

type Table = readonly (readonly [previousQuery: string, followUp: string, query: string])[]

const TABLE: Table = [
  [
    'source logs | filter $d.duration_ms > 50',
    'also between 100 and 200 ms',
    'source logs | filter $d.duration_ms >= 100 && $d.duration_ms <= 200',
  ],
  [
    'source logs last 2h | groupby $d.path aggregate avg($d.cpu_pct) as avg_cpu',
    'use the median',
    'source logs last 2h | groupby $d.path aggregate percentile(0.5, $d.cpu_pct) as p50',
  ],
  [
    'source logs last 2h | groupby $d.path aggregate count() as n',
    'sort by name',
    'source logs last 2h | groupby $d.path aggregate count() as n | orderby path asc',
  ],
  [
    'source logs | filter $d.status_code >= 500 | groupby $d.path aggregate count() as n',
    'and 4xx too',
    'source logs | filter $d.status_code >= 500 || $d.status_code >= 400 && $d.status_code < 500 | groupby $d.path aggregate count() as n',
  ],
  [
    'source logs | groupby $d.path, $d.method aggregate count() as n | orderby n desc',
    'remove the path grouping',
    'source logs | groupby $d.method aggregate count() as n | orderby n desc',
  ],
  [
    'source logs | filter $m.severity == ERROR | groupby $d.path aggregate count() as errors | orderby path asc',
    'drop the path breakdown',
    'source logs | filter $m.severity == ERROR | aggregate count() as errors',
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR',
    'make it the last 3 days',
    'source logs last 3d | filter $m.severity == ERROR',
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR',
    'same for yesterday',
    "source logs between @'2025-03-11T00:00:00Z' and @'2025-03-12T00:00:00Z' | filter $m.severity == ERROR",
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR',
    'zoom out to a week',
    'source logs last 7d | filter $m.severity == ERROR',
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR',
    'since 6am',
    "source logs between @'2025-03-12T06:00:00Z' and @'now' | filter $m.severity == ERROR",
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR',
    'only the payments service',
    "source logs last 4h | filter $m.severity == ERROR && $l.subsystemname == 'payments'",
  ],
  [
    "source logs last 4h | filter $m.severity == ERROR && $l.subsystemname == 'payments'",
    'what about checkout?',
    "source logs last 4h | filter $m.severity == ERROR && $l.subsystemname == 'checkout'",
  ],
  [
    "source logs last 4h | filter $m.severity == ERROR && $l.subsystemname == 'payments'",
    'also include warnings',
    "source logs last 4h | filter ($m.severity == ERROR || $m.severity == WARNING) && $l.subsystemname == 'payments'",
  ],
  [
    "source logs last 4h | filter $m.severity == ERROR && $l.subsystemname == 'payments'",
    'include auth too',
    "source logs last 4h | filter $m.severity == ERROR && $l.subsystemname.in('payments', 'auth')",
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR',
    'exclude staging',
    "source logs last 4h | filter $m.severity == ERROR && $d.kubernetes.namespace_name != 'staging'",
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR || $m.severity == WARNING',
    'remove warnings',
    'source logs last 4h | filter $m.severity == ERROR',
  ],
  [
    'source logs last 4h | filter $d.duration_ms > 500',
    'above 2 seconds',
    'source logs last 4h | filter $d.duration_ms > 2000',
  ],
  [
    'source logs last 4h | groupby $d.path aggregate avg($d.duration_ms) as avg_ms',
    'above 2 seconds',
    'source logs last 4h | groupby $d.path aggregate avg($d.duration_ms) as avg_ms | filter avg_ms > 2000',
  ],
  [
    'source logs last 4h | groupby $d.path aggregate count() as n',
    'only those with more than 100',
    'source logs last 4h | groupby $d.path aggregate count() as n | filter n > 100',
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR | groupby $d.host aggregate count() as errors | orderby errors desc',
    'per service instead',
    'source logs last 4h | filter $m.severity == ERROR | groupby $l.subsystemname aggregate count() as errors | orderby errors desc',
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR | groupby $d.host aggregate count() as errors | orderby errors desc',
    'and by region too',
    'source logs last 4h | filter $m.severity == ERROR | groupby $d.host, $d.region aggregate count() as errors | orderby errors desc',
  ],
  [
    'source logs last 4h | groupby $d.host aggregate count() as errors',
    'break it down by version',
    'source logs last 4h | groupby $d.host, $d.version aggregate count() as errors',
  ],
  [
    'source logs last 1d | filter $m.severity == ERROR | count',
    'now per hour',
    'source logs last 1d | filter $m.severity == ERROR | groupby roundTime($m.timestamp, 1h) as hour aggregate count() as n',
  ],
  [
    'source logs last 4h | groupby $d.path aggregate count() as n | orderby n desc',
    'average latency instead',
    'source logs last 4h | groupby $d.path aggregate avg($d.duration_ms) as avg_ms',
  ],
  [
    'source spans last 4h | groupby $l.serviceName aggregate avg($m.duration) as avg_duration',
    'now the p95 as well',
    'source spans last 4h | groupby $l.serviceName aggregate avg($m.duration) as avg_duration, percentile(0.95, $m.duration) as p95',
  ],
  [
    'source logs last 4h | groupby $d.path aggregate count() as n',
    'sort by count descending',
    'source logs last 4h | groupby $d.path aggregate count() as n | orderby n desc',
  ],
  [
    'source logs last 4h | groupby $d.path aggregate count() as n',
    'top 5',
    'source logs last 4h | groupby $d.path aggregate count() as n | orderby n desc | limit 5',
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR',
    'newest first',
    'source logs last 4h | filter $m.severity == ERROR | orderby $m.timestamp desc',
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR',
    'limit 20',
    'source logs last 4h | filter $m.severity == ERROR | limit 20',
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR | limit 10',
    'count them',
    'source logs last 4h | filter $m.severity == ERROR | count',
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR',
    'which hosts?',
    'source logs last 4h | filter $m.severity == ERROR | distinct $d.host',
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR',
    'show only time and message',
    'source logs last 4h | filter $m.severity == ERROR | choose $m.timestamp, $d.message',
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR | limit 10',
    'remove the limit',
    'source logs last 4h | filter $m.severity == ERROR',
  ],
  [
    "source logs last 4h | filter $m.severity == ERROR && $l.subsystemname == 'payments'",
    'for all services',
    'source logs last 4h | filter $m.severity == ERROR',
  ],
  [
    "source logs last 4h | filter $m.severity == ERROR && $d.tenant == 'acme'",
    'remove the tenant filter',
    'source logs last 4h | filter $m.severity == ERROR',
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR | groupby $d.host aggregate count() as n | orderby n desc',
    'show me the raw logs',
    'source logs last 4h | filter $m.severity == ERROR',
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR | groupby $d.host aggregate count() as n',
    'show me warnings from billing in the last 2 hours',
    "source logs last 2h | filter $m.severity == WARNING && $l.subsystemname == 'billing'",
  ],
  [
    'source logs last 4h | filter $m.severity == ERROR',
    'how many users logged in yesterday?',
    "source logs between @'2025-03-11T00:00:00Z' and @'2025-03-12T00:00:00Z' | filter $d.event == 'login_success' | aggregate distinct_count($d.user_id) as users",
  ],
  [
    'source logs last 4h | filter $d.a > 1 | create x from $d.a * 2 | filter x > 4 | groupby $d.user_id aggregate sum(x) as total',
    'only errors',
    'source logs last 4h | filter $d.a > 1 && $m.severity == ERROR | create x from $d.a * 2 | filter x > 4 | groupby $d.user_id aggregate sum(x) as total',
  ],
  [
    'source logs last 4h | groupby $d.device aggregate count() as n',
    'leave tablets and tvs out',
    "source logs last 4h | filter !$d.device.in('tablet', 'tv') | groupby $d.device aggregate count() as n",
  ],
  [
    "source logs last 5d | filter $d.device.in('mobile', 'tv') | count",
    'just mobile',
    "source logs last 5d | filter $d.device == 'mobile' | count",
  ],
]

describe('follow-ups', () => {
  for (const [previousQuery, followUp, query] of TABLE) {
    it(`“${followUp}” after ${previousQuery}`, async () => {
      assert.equal(await askQuery(followUp, { previousQuery }), query)
    })
  }

  it('a previous query that does not parse is not followed', async () => {
    assert.equal(
      await askQuery('errors in checkout', { previousQuery: 'source logs | | limit' }),
      await askQuery('errors in checkout'),
    )
  })

  it('an order to do something stays refused', async () => {
    for (const text of ['restart it', 'delete all those logs', 'drop the users table']) {
      const result = await ask(text, { previousQuery: 'source logs last 1h' })

      assert.equal(result.outcome, 'refused', text)
    }
  })
})
