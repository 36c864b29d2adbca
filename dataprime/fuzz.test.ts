import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { analyse } from './analyse'
import { complete } from './complete/complete'
import { hasErrors } from './diagnostics/diagnostic'
import { DIAGNOSTICS_KEPT_MAX } from './diagnostics/diagnostic-list'
import { formatText } from './format/format-text'
import { print } from './format/print'
import { repair } from './repair/repair'
import { parse } from './syntax/parser'
import { REPEATED_PIECES, SOUP_WORDS } from './testing/fuzz-texts'
import { timeGrowth } from './testing/time-growth'
import { useAll } from './testing/use-all'
import { sameTree } from './tree/same-tree'

test('no soup of words throws, and what has no error prints to itself', () => {
  const soup = fc
    .array(fc.tuple(fc.constantFrom(...SOUP_WORDS), fc.constantFrom('', ' ')), { maxLength: 40 })
    .map((words) => words.flat().join(''))
  const property = fc.property(soup, (text) => {
    useAll(text)
    const { query, diagnostics } = parse(text)
    if (!hasErrors(diagnostics)) assert.ok(sameTree(parse(print(query)).query, query), print(query))
  })
  fc.assert(property, { seed: 7, numRuns: 5000, examples: [['source last '], ['count into ERROR ']] })
})

test('no text throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), useAll), { seed: 7, numRuns: 2000 })
})

function repeated(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / piece.length))
}

describe('a megabyte', () => {
  for (const piece of REPEATED_PIECES) {
    test(`of ${JSON.stringify(piece)} is answered, and so is a part of one without a stage before it`, () => {
      for (const [start, length] of [
        ['filter ', 1_000_000],
        ['', 200_000],
      ] as const) {
        const text = start + repeated(piece, length)

        const { query, diagnostics } = analyse(text)

        assert.ok(diagnostics.length <= 3 * (DIAGNOSTICS_KEPT_MAX + 1))
        print(query)
      }
    })
  }

  test('of a query is read whole', () => {
    const stages = 50_000
    const { query, diagnostics } = parse(Array(stages).fill("filter a == 'x'").join('\n| '))

    assert.equal(query.stages.length, stages)
    assert.deepEqual(diagnostics, [])
  })
})

describe('twice the text takes less than three times as long', () => {
  const uses: readonly (readonly [name: string, use: (text: string) => unknown])[] = [
    ['analyse', (text) => analyse(`filter ${text}`)],
    ['analyse, from its first character on,', analyse],
    ['repair', (text) => repair(`filter ${text}`)],
    ['formatText', (text) => formatText(`filter ${text}`)],
    ['complete', (text) => complete(`filter ${text}`, text.length)],
  ]
  for (const [name, use] of uses) {
    for (const piece of REPEATED_PIECES) {
      test(`${name} of ${JSON.stringify(piece)}`, () => {
        const growth = timeGrowth((size) => repeated(piece, size), use)

        assert.ok(growth < 3, `${growth}`)
      })
    }
  }

  test('analyse of a soup of words', () => {
    const [words] = fc.sample(
      fc.array(fc.constantFrom(...SOUP_WORDS), { minLength: 20_000, maxLength: 20_000 }),
      { seed: 7, numRuns: 1 },
    ) as [string[]]
    const soup = words.join(' ')

    const growth = timeGrowth((size) => repeated(soup, size).slice(0, size), analyse)

    assert.ok(growth < 3, `${growth}`)
  })
})
