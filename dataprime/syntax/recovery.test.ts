import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { analyse } from '../analyse'
import { arbitraryStageSlip } from '../testing/arbitrary-slip'

function errorsOf(text: string) {
  return analyse(text).diagnostics.filter(({ severity }) => severity === 'error')
}

/** What each error is about, in the order of the text. */
function mistakesIn(text: string): readonly string[] {
  return errorsOf(text).map(({ code, range }) => `${code} ${text.slice(range.start, range.end)}`)
}

describe('three mistakes are three errors', () => {
  const cases: readonly (readonly [text: string, expected: readonly string[]])[] = [
    ['source logs | filtr a == 1 | limit | orderby b dsc', ['DP0103 filtr', 'DP0109 ', 'DP0104 dsc']],
    ['source logs | filter a = 1 and b <> 2', ['DP0201 =', 'DP0203 and', 'DP0202 <>']],
    ['source logs | choose a b, c d, e f | limit 5', ['DP0106 b', 'DP0106 d', 'DP0106 f']],
    ['source logs | filter in(a b, [1 2]) && (c', ['DP0106 b', 'DP0106 2', 'DP0106 ']],
    [
      'source logs | groupby a agregate count() as n | filter upper(b) == 1 | limit -1',
      ['DP0104 agregate', 'DP0301 upper', 'DP0305 -1'],
    ],
    ['source logs last | extract a using kv() | explode b into', ['DP0105 ', 'DP0108 using', 'DP0107 ']],
    ['source logs | | filter a == § | limit 5;', ['DP0102 ', 'DP0001 §', 'DP0211 ;']],
    [
      'source logs | join (source spans | filtr x) on a > b into c | top x by y',
      ['DP0103 filtr', 'DP0118 >', 'DP0109 x'],
    ],
    [
      "source logs | create a from case { b > 1 'x', c > 2 -> } | replace d 5",
      ["DP0106 'x'", 'DP0105 }', 'DP0108 5'],
    ],
  ]
  for (const [text, expected] of cases) {
    test(text, () => {
      assert.deepEqual(mistakesIn(text), expected)
    })
  }
})

test('mistakes in different stages are reported as they are alone', () => {
  let seen = 0
  const property = fc.property(
    fc.tuple(arbitraryStageSlip, arbitraryStageSlip, arbitraryStageSlip),
    (slips) => {
      const texts = slips.map(({ wrong }) => wrong)
      // What is told of several stages at once, such as an aggregate behind its grouping, is not of one mistake.
      fc.pre(texts.every((text) => errorsOf(`source logs | ${text}`).length === 1))
      seen++
      const query = `source logs | ${texts.join(' | ')}`

      const errors = errorsOf(query)

      assert.equal(errors.length, 3, query)
      let start = 'source logs | '.length
      for (const [index, text] of texts.entries()) {
        const { range } = errors[index] as (typeof errors)[number]
        assert.ok(range.start >= start && range.end <= start + text.length, query)
        start += text.length + ' | '.length
      }
    },
  )
  fc.assert(property, { seed: 3, numRuns: 1500 })
  assert.ok(seen >= 1500)
})
