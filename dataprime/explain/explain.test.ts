import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from '../syntax/parser'
import { readCorpus } from '../testing/corpus-file'
import { explain } from './explain'

const said = (text: string) => explain(parse(text).query)

test('a query is one sentence of clauses', () => {
  assert.equal(
    said(
      "source logs last 1h | filter $m.severity == ERROR && !$d.path.startsWith('/health')" +
        ' | groupby $l.subsystemname aggregate count() as n, percentile(0.95, $d.ms) as p95 | orderby n desc | limit 10',
    ),
    "Reads logs of the last hour; keeps the rows where severity is ERROR and path does not start with '/health'; " +
      'groups by $l.subsystemname and computes the number of rows as n and the 95th percentile of ms as p95 for each group; ' +
      'sorts by n, largest first; keeps the first 10 rows.',
  )
})

test('intervals and times are said in words', () => {
  assert.equal(said('source spans last 90m'), 'Reads spans of the last 90 minutes.')
  assert.equal(said('source spans last 1d12h'), 'Reads spans of the last 36 hours.')
  assert.equal(
    said("source logs between @'now' - 2d and @'now'"),
    'Reads logs between 2 days before now and now.',
  )
  assert.equal(said("source logs around @'2025-03-01'"), 'Reads logs within 30 minutes around 2025-03-01.')
  assert.equal(
    said('countby $m.timestamp / 5m into n'),
    'Counts the rows of each timestamp in steps of 5 minutes as n.',
  )
})

test('conditions are said as people say them', () => {
  const condition = (text: string) => said(`filter ${text}`).slice('Keeps the rows where '.length, -1)

  assert.equal(condition('a >= 5 || b < 3'), 'a is at least 5 or b is less than 3')
  assert.equal(condition('(a == 1 || b != 2) && c == null'), '(a is 1 or b is not 2) and c is missing')
  assert.equal(condition("a.in('x', 'y') && !b.in(1)"), "a is one of 'x', 'y' and b is none of 1")
  assert.equal(
    condition("$d ~~ 'x' && !(msg ~ 'y')"),
    "the whole record mentions 'x' and msg does not mention 'y'",
  )
  assert.equal(
    condition('count_if(a == 1) / count() > 0.5'),
    '(the number of rows where a is 1) divided by the number of rows is greater than 0.5',
  )
  assert.equal(condition(Array(50).fill('a == 1').join(' || ')), '50 conditions hold')
})

test('sorting by time says which comes first', () => {
  assert.equal(
    said('orderby $m.timestamp desc, ms'),
    'Sorts by timestamp, newest first, then ms, smallest first.',
  )
})

test('every query of the corpus is explained', () => {
  for (const { query } of readCorpus().flatMap(({ cases }) => cases))
    assert.match(said(query), /^[A-Z(].*\.$/s)
})

test('no query is said to be none', () => {
  assert.equal(said(''), 'The query is empty.')
})
