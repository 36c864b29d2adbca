import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readComparison } from './conditions/comparators'
import { readAmount, readQuantity } from './quantity'
import { tokenise } from './tokenise'
import { convertUnit, findUnit, type Unit } from './units'

describe('numbers converted to a field’s unit', () => {
  const table: readonly (readonly [string, string, number])[] = [
    ['750 milliseconds', 'microseconds', 750_000],
    ['a quarter second', 'microseconds', 250_000],
    ['4 seconds', 'ms', 4_000],
    ['1.5 s', 'ms', 1_500],
    ['half a second', 'ms', 500],
    ['two and a half minutes', 'seconds', 150],
    ['an hour', 'minutes', 60],
    ['an hour and a half', 'minutes', 90],
    ['90m', 'hours', 1.5],
    ['250us', 'ms', 0.25],
    ['6 GB', 'MB', 6_000],
    ['3.5 MB', 'bytes', 3_500_000],
    ['2 GiB', 'bytes', 2_147_483_648],
    ['512 kB', 'KB', 512],
    ['90 percent', 'percent', 90],
    ['90%', 'ratio', 0.9],
    ['50 dollars', 'cents', 5_000],
    ['$2.5', 'USD', 2.5],
    ['five hundred ms', 'ms', 500],
  ]
  for (const [text, unitName, expected] of table) {
    it(`${text} is ${expected} ${unitName}`, () => {
      const quantity = readQuantity(tokenise(text), 0)

      assert.ok(quantity !== null)
      assert.equal(convertUnit(quantity.value, quantity.unit, findUnit(unitName) as Unit), expected)
    })
  }
})

describe('amounts', () => {
  const table: readonly (readonly [string, number | null])[] = [
    ['15', 15],
    ['1,200', 1_200],
    ['12k', 12_000],
    ['ten', 10],
    ['twenty five', 25],
    ['twenty-five', 25],
    ['two hundred', 200],
    ['a dozen', 12],
    ['a couple of', 2],
    ['errors', null],
    ['the', null],
  ]
  for (const [text, expected] of table) {
    it(`${text} is ${expected}`, () => assert.equal(readAmount(tokenise(text), 0)?.value ?? null, expected))
  }
})

describe('comparisons', () => {
  const table: readonly (readonly [string, string])[] = [
    ['above 750 ms', '> 750'],
    ['more than 30', '> 30'],
    ['at least ten', '>= 10'],
    ['no more than 5', '<= 5'],
    ['30 or more', '>= 30'],
    ['less than 2 seconds', '< 2'],
    ['slower than 2s', '> 2'],
    ['faster than 90', '< 90'],
    ['>= 500', '>= 500'],
    ['more than once', '> 1'],
    ['between 2 and 5 seconds', '>= 2 to 5'],
    ['exactly 3', '== 3'],
    ['above average', 'none'],
    ['12 errors', 'none'],
  ]
  for (const [text, expected] of table) {
    it(`${text} is ${expected}`, () => {
      const found = readComparison(tokenise(text), 0)
      const upper = found?.upper ? ` to ${found.upper.value}` : ''

      assert.equal(found === null ? 'none' : `${found.operator} ${found.magnitude.value}${upper}`, expected)
    })
  }
})
