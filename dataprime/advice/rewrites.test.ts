import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { analyse } from '../analyse'
import { arbitraryQuery } from '../testing/arbitrary-query'
import { readCorpus } from '../testing/corpus-file'
import { ADVICE, type ImprovementCode } from '.'
import { arbitraryPipeline, arbitraryRows } from './testing/arbitrary-pipeline'
import { assertConverges, assertValid, rewritesOf } from './testing/assert-rewrites'
import { runQuery } from './testing/run-query'

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
])

describe('a rewritten query', () => {
  test('gives the same rows unless the advice says what it gives instead', () => {
    const seen = new Set<ImprovementCode>()
    fc.assert(
      fc.property(arbitraryPipeline, arbitraryRows, (text, rows) => {
        const { query } = analyse(text)
        for (const { code, rewritten } of rewritesOf(query)) {
          seen.add(code)
          if (CHANGES_RESULTS.has(code)) continue
          const other = runQuery(analyse(rewritten).query, rows)
          assert.deepEqual(other, runQuery(query, rows), `${code}: ${rewritten}`)
        }
      }),
      { numRuns: 5000, seed: 3 },
    )

    const untried = ADVICE.filter(({ code }) => !seen.has(code) && !CHANGES_RESULTS.has(code))
    assert.deepEqual(
      untried.map(({ code }) => code),
      ['exact-distinct-count'],
    )
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
