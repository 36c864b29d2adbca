import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyse, hasErrors, repair } from '#dataprime'
import { countTokens } from './moo-tokenizer'
import { longPipeline, TEN_STAGES, TEN_STAGES_WITH_MISTAKES } from './sample-queries'

test('the public tokenizer takes the measured queries apart, blanks and comments left out', () => {
  assert.equal(countTokens('source logs last 1h30m | filter $d.a >= 1.5 // note\n| limit 5 /* x */'), 14)
  assert.equal(countTokens("filter a['x\\'y'] != `{b}`"), 7)
  assert.ok(countTokens(TEN_STAGES) > 100)
  assert.throws(() => countTokens('filter a == #'))
})

test('the measured queries are what they are said to be', () => {
  assert.ok(!hasErrors(analyse(TEN_STAGES).diagnostics))
  assert.equal(TEN_STAGES.split(' | ').length, 10)
  assert.equal(
    analyse(TEN_STAGES_WITH_MISTAKES).diagnostics.filter(({ severity }) => severity === 'error').length,
    3,
  )
  assert.ok(repair(TEN_STAGES_WITH_MISTAKES).valid)

  const long = longPipeline(20_000)
  assert.ok(long.length >= 20_000 && long.length < 21_000)
  assert.ok(!hasErrors(analyse(long).diagnostics))
  assert.ok(countTokens(long) > 2_000)
})
