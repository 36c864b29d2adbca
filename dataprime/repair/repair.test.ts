import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { analyse } from '../analyse'
import { hasErrors } from '../diagnostics/diagnostic'
import { print } from '../format/print'
import { parse } from '../syntax/parser'
import { arbitraryQuery } from '../testing/arbitrary-query'
import { arbitrarySlip } from '../testing/arbitrary-slip'
import { readCorpus } from '../testing/corpus-file'
import { sameTree } from '../tree/same-tree'
import { type Repair, repair } from './repair'

const SEED = 20260312

function isValid(text: string): boolean {
  return !hasErrors(analyse(text).diagnostics)
}

/** What the edits make of the text they are for. */
function applyEdits(text: string, edits: Repair['edits']): string {
  let edited = ''
  let at = 0
  for (const { range, was, now } of edits) {
    assert.ok(range.start >= at, 'edits are in order and do not overlap')
    assert.equal(text.slice(range.start, range.end), was)
    edited += text.slice(at, range.start) + now
    at = range.end
  }
  return edited + text.slice(at)
}

function assertSameQuery(actual: string, expected: string): void {
  const same = sameTree(parse(actual).query, parse(expected).query)
  assert.ok(same, `repaired to\n  ${actual}\ninstead of\n  ${expected}`)
}

const slipsMet = new Map<string, number>()

test('a slip in a valid query is repaired to the query it was made from', () => {
  const property = fc.property(arbitrarySlip, ({ name, right, wrong }) => {
    assert.ok(isValid(right), `not valid: ${right}`)
    slipsMet.set(name, (slipsMet.get(name) ?? 0) + 1)

    const { query, valid, edits } = repair(wrong)

    assert.ok(valid, `${name}: not repaired: ${wrong}\n  ${query}`)
    assert.ok(edits.length > 0, `${name}: taken for valid: ${wrong}`)
    assert.equal(applyEdits(wrong, edits), query)
    assert.ok(edits.every(({ why }) => why.length > 0))
    assertSameQuery(query, right)
  })
  fc.assert(property, { seed: SEED, numRuns: 10_000, endOnFailure: true })
})

test('each kind of slip was met', () => {
  assert.ok(slipsMet.size > 60, `${slipsMet.size} kinds`)
  for (const [name, times] of slipsMet) assert.ok(times > 2, `${name}: ${times}`)
})

test('a valid query is not touched', () => {
  let seen = 0
  for (const { cases } of readCorpus()) {
    for (const { query: text } of cases) {
      if (!isValid(text)) continue
      seen++
      const { query, valid, edits, diagnostics } = repair(text)
      assert.deepEqual({ query, valid, edits }, { query: text, valid: true, edits: [] })
      assert.deepEqual(diagnostics, analyse(text).diagnostics)
    }
  }
  assert.ok(seen > 150, `${seen}`)
})

test('random queries are given back as they are, or changed by the edits that are listed', () => {
  const property = fc.property(arbitraryQuery, (tree) => {
    const text = print(tree)
    const { query, valid, edits } = repair(text)
    if (isValid(text)) assert.deepEqual([query, edits], [text, []])
    assert.equal(applyEdits(text, edits), query)
    assert.equal(valid, isValid(query))
  })
  fc.assert(property, { seed: SEED, numRuns: 1000, endOnFailure: true })
})

test('what was repaired is repaired no further', () => {
  for (const { cases } of readCorpus()) {
    for (const { query: text } of cases) {
      const { query, valid } = repair(text)
      if (valid) assert.equal(repair(query).query, query)
    }
  }
})

describe('doubts', () => {
  const doubtful = `source logs | groupby $d.host | aggregate count() as n | filter $m.severity == "error"`

  test('are left alone in a query that is valid', () => {
    assert.equal(repair(doubtful).query, doubtful)
  })

  test('are settled when that is asked for', () => {
    const { query, valid } = repair(doubtful, { settleWarnings: true })

    assert.equal(valid, true)
    assertSameQuery(
      query,
      'source logs | groupby $d.host aggregate count() as n | filter $m.severity == ERROR',
    )
  })

  test('are settled along with errors', () => {
    const { query } = repair(`${doubtful} and n = 1`)

    assertSameQuery(
      query,
      'source logs | groupby $d.host aggregate count() as n | filter $m.severity == ERROR && n == 1',
    )
  })
})

test('every edit says what was wrong and what was done', () => {
  const { edits } = repair('source logs | filter a = 1 | sort b')

  assert.deepEqual(edits, [
    { range: { start: 23, end: 24 }, was: '=', now: '==', why: '"=" does not compare: use ==' },
    {
      range: { start: 29, end: 33 },
      was: 'sort',
      now: 'orderby',
      why: 'there is no command "sort": use orderby',
    },
  ])
})

test('edits of several rounds are told as edits of the text that was given', () => {
  const text = 'source logs | stats count_distinct(a) as n by coalesce(b, c) as d'

  const { query, edits } = repair(text)

  assert.equal(query, 'source logs | groupby firstNonNull(b, c) as d aggregate distinct_count(a) as n')
  assert.equal(applyEdits(text, edits), query)
})

test('what cannot be repaired is given back with what is left to say', () => {
  const { query, valid, diagnostics } = repair('source logs | filter a = 1 | limit many')

  assert.equal(query, 'source logs | filter a == 1 | limit many')
  assert.equal(valid, false)
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code),
    ['DP0305'],
  )
})

test('comments are kept', () => {
  const { query } = repair(
    'source logs // all\n| filter a = 1 # one\n| groupby b // why | not\n| aggregate count() as n\n',
  )

  assert.equal(
    query,
    'source logs // all\n| filter a == 1 # one\n| groupby b // why | not\naggregate count() as n\n',
  )
})

describe('queries of SQL', () => {
  const cases = [
    ['SELECT * FROM logs', 'source logs'],
    ['select a, b.c as d from spans limit 5', 'source spans | limit 5 | choose a, b.c as d'],
    [
      "SELECT a FROM logs WHERE b = 'x' AND c LIKE 'y%'",
      "source logs | filter b == 'x' && c.startsWith('y') | choose a",
    ],
    [
      'SELECT host, COUNT(*) AS n FROM logs WHERE status >= 500 GROUP BY host HAVING COUNT(*) > 5 ORDER BY n DESC LIMIT 10',
      'source logs | filter status >= 500 | groupby host aggregate count() as n | filter n > 5 | orderby n desc | limit 10',
    ],
    ['SELECT COUNT(*), AVG(x) FROM logs', 'source logs | aggregate count() as count, avg(x) as avg'],
    ['SELECT DISTINCT a FROM logs ORDER BY a', 'source logs | distinct a | orderby a'],
    ['SELECT a AS x FROM logs ORDER BY x', 'source logs | choose a as x | orderby x'],
    ['SELECT a FROM logs ORDER BY b', 'source logs | orderby b | choose a'],
  ] as const
  for (const [sql, expected] of cases) {
    test(sql, () => {
      const { query, valid } = repair(sql)

      assert.equal(valid, true, query)
      assertSameQuery(query, expected)
    })
  }
})
