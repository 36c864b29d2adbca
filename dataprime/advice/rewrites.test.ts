import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { analyse } from '../analyse'
import { arbitraryQuery } from '../testing/arbitrary-query'
import { readCorpus } from '../testing/corpus-file'
import { ADVICE, type ImprovementCode } from '.'
import { arbitraryPipeline, arbitraryRows, pairsOfStages } from './testing/arbitrary-pipeline'
import { assertConverges, assertValid, rewritesOf } from './testing/assert-rewrites'
import { type Row, runQuery } from './testing/run-query'

/** Advice whose message says what comes out instead. */
const CHANGES_RESULTS: ReadonlySet<ImprovementCode> = new Set([
  'missing-time-range',
  'search-everywhere',
  'unbounded-rows',
  'unbounded-sort',
  'early-limit',
  'fine-time-key',
  'many-valued-key',
  'unbounded-collect',
  'exact-distinct-count',
])

function assertGivesTheSame(text: string, rows: readonly Row[], seen: Set<ImprovementCode>): void {
  const { query } = analyse(text)
  for (const { code, rewritten } of rewritesOf(query)) {
    seen.add(code)
    if (CHANGES_RESULTS.has(code)) continue
    const given = runQuery(analyse(rewritten).query, rows)
    assert.deepEqual(given, runQuery(query, rows), `${code}: ${text} became ${rewritten}`)
  }
}

describe('a rewritten query', () => {
  test('gives the same rows unless the advice says what it gives instead', () => {
    const seen = new Set<ImprovementCode>()
    const samples = fc.sample(arbitraryRows, { numRuns: 4, seed: 2 })
    for (const text of pairsOfStages()) {
      for (const rows of samples) assertGivesTheSame(text, rows, seen)
    }
    fc.assert(
      fc.property(arbitraryPipeline, arbitraryRows, (text, rows) => assertGivesTheSame(text, rows, seen)),
      { numRuns: 8000, seed: 3 },
    )

    const untried = ADVICE.map(({ code }) => code).filter((code) => !seen.has(code))
    assert.deepEqual(untried, ['fine-time-key', 'many-valued-key', 'exact-distinct-count'])
  })

  test('has no new errors, and taking all advice comes to an end', () => {
    fc.assert(
      fc.property(arbitraryPipeline, (text) => {
        const { query } = analyse(text)
        assertValid(query)
        assertConverges(query)
      }),
      { numRuns: 1000, seed: 4 },
    )
  })

  test('has no new errors and comes to an end for any tree at all', () => {
    fc.assert(
      fc.property(arbitraryQuery, (query) => {
        assertValid(query)
        assertConverges(query)
      }),
      { numRuns: 500, seed: 5 },
    )
  })

  test('has no new errors and comes to an end for the queries of the corpus', () => {
    const cases = readCorpus().flatMap((file) => file.cases)
    assert.ok(cases.length > 100)
    for (const { query: text } of cases) {
      const { query } = analyse(text)
      assertValid(query)
      assertConverges(query)
    }
  })
})
