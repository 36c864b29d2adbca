import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ask } from './testing/ask'

/** How often sets of words are looked into while a question is answered: the work, counted without a clock. */
async function lookups(question: string): Promise<number> {
  const { has } = Set.prototype
  let count = 0
  // `mock.method` would keep a stack trace of each of the calls.
  Set.prototype.has = function (this: Set<unknown>, value: unknown) {
    count += 1
    return has.call(this, value)
  }
  try {
    await ask(question)
    return count
  } finally {
    Set.prototype.has = has
  }
}

describe('one word said over and over', () => {
  for (const word of [
    'top',
    'by',
    'per',
    'p99',
    'count',
    'average',
    'slowest',
    'errors and',
    'not',
    'top 5',
    'most',
  ]) {
    it(`costs twice as much for twice the length: ${word}`, async () => {
      const repeat = (length: number) => `${word} `.repeat(length / (word.length + 1))
      await ask(repeat(100))
      const short = await lookups(repeat(1_000))
      const long = await lookups(repeat(2_000))

      assert.ok(long <= 2.3 * short, `${long} look-ups for the longer question, ${short} for the shorter`)
    })
  }
})
