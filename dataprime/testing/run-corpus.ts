import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { type Results, readCorpus, rewriteCorpus } from './corpus-file'

/**
 * A test for each case of the corpus in a folder: `results` gives what stands in the case's blocks, and
 * `assertMore` finds nothing else wrong with the query. UPDATE_CORPUS=1 first writes the results into the
 * files; read the difference before keeping it.
 */
export function runCorpus(folder: string, results: Results, assertMore: (query: string) => void): void {
  if (process.env.UPDATE_CORPUS === '1') {
    for (const file of readCorpus(folder)) writeFileSync(file.path, rewriteCorpus(file, results))
  }
  for (const { name, cases } of readCorpus(folder)) {
    describe(name, () => {
      test('there are cases', () => {
        assert.ok(cases.length > 0)
      })
      for (const { title, query, options, expected } of cases) {
        test(title, () => {
          assert.deepEqual(Object.fromEntries(results(query, options)), Object.fromEntries(expected))
          assertMore(query)
        })
      }
    })
  }
}
