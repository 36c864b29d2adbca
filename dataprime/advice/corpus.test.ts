import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyse } from '../analyse'
import { readCorpus } from '../testing/corpus-file'
import { runCorpus } from '../testing/run-corpus'
import { ADVICE, suggestImprovements } from '.'
import { assertConverges, assertValid } from './testing/assert-rewrites'

/** `advice`, a line a piece or "none", and `rewritten`, the queries of those that have one. */
function results(text: string): ReadonlyMap<string, string> {
  const advice = suggestImprovements(analyse(text).query)
  const lines = advice.map(({ code, stageIndex, message }) => `${code} stage ${stageIndex + 1}: ${message}`)
  const rewritten = advice.flatMap((improvement) => improvement.rewritten ?? [])
  const blocks = new Map([['advice', lines.join('\n') || 'none']])
  return rewritten.length === 0 ? blocks : blocks.set('rewritten', rewritten.join('\n'))
}

runCorpus('advice/corpus', results, (text) => {
  const { query, diagnostics } = analyse(text)
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  )
  assertValid(query)
  assertConverges(query)
})

test('every piece of advice is given and withheld in a corpus file of its name', () => {
  for (const { code } of ADVICE) {
    const file = readCorpus('advice/corpus').find(({ name }) => name === `${code}.md`)
    const advice = file?.cases.map(({ expected }) => expected.get('advice') ?? '') ?? []

    assert.ok(
      advice.some((text) => text.includes(`${code} stage`)),
      `${code} is not given`,
    )
    assert.ok(
      advice.some((text) => !text.includes(`${code} stage`)),
      `${code} is not withheld`,
    )
  }
})
