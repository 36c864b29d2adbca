import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { analyse } from '../analyse'
import { hasErrors } from '../diagnostics/diagnostic'
import { REPAIR_FAMILIES } from './families'
import { repair } from './repair'

describe('families of mistakes', () => {
  for (const { name, wrong, right } of REPAIR_FAMILIES) {
    test(name, () => {
      const { query, valid } = repair(wrong)

      assert.equal(query, right)
      assert.equal(valid, true)
      assert.ok(hasErrors(analyse(wrong).diagnostics), 'the query is not valid as it stands')
    })
  }
})

/** Queries as language models write them, with several mistakes each. */
const ANSWERS = [
  [
    'Here is a DataPrime query that does this:\n\n```dataprime\nsource logs\n| where $m.severity = "ERROR" and $d.status_code in (500, 502, 503)\n| stats count() as errors, avg(duration_ms) as avg_ms by $l.subsystemname\n| sort errors desc\n| head 10;\n```\n\nThis query filters the logs and groups them by service.',
    'source logs | where $m.severity == ERROR && $d.status_code.in(500, 502, 503) | groupby $l.subsystemname aggregate count() as errors, avg(duration_ms) as avg_ms | orderby errors desc | limit 10',
  ],
  [
    'source spans | last 30 minutes | where $l.servicename == "checkout" AND $m.duration > 500000 | extend ms = $m.duration / 1000 | summarize p95 = percentile(ms, 95), total = count(*) by $l.operationName',
    "source spans last 30m | where $l.serviceName == 'checkout' && $m.duration > 500000 | create ms from $m.duration / 1000 | groupby $l.operationName aggregate percentile(0.95, ms) as p95, count() as total",
  ],
  [
    "source logs last '2h' | filter msg like '%timeout%' or msg like '%refused%' | groupby bin($m.timestamp, '5m') as t | aggregate count() as n | order by t ascending",
    "source logs last 2h | filter msg.contains('timeout') || msg.contains('refused') | groupby roundTime($m.timestamp, 5m) as t aggregate count() as n | order by t asc",
  ],
  [
    "SELECT $l.applicationname, COUNT(*) AS total, COUNT(DISTINCT user_id) AS users FROM logs WHERE $m.severity >= ERROR AND path NOT LIKE '/health%' GROUP BY $l.applicationname HAVING COUNT(*) > 100 ORDER BY total DESC LIMIT 5",
    "source logs | filter $m.severity >= ERROR && !path.startsWith('/health') | groupby $l.applicationname aggregate count() as total, distinct_count(user_id) as users | filter total > 100 | orderby total desc | limit 5",
  ],
  [
    'logs | filter status >= 500 ? true : false | create label = coalesce(service, "unknown") + ":" + tostring(status) | top 5 label, count()',
    "source logs | filter if(status >= 500, true, false) | create label from concat(firstNonNull(service, 'unknown'), ':', status:string) | top 5 label, count() by count()",
  ],
] as const

test('answers of language models are repaired whole', () => {
  for (const [answer, expected] of ANSWERS) {
    const { query, valid } = repair(answer)

    assert.equal(valid, true, query)
    assert.equal(query.replaceAll(/\s+/g, ' '), expected)
  }
})
