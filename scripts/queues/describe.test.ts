import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeAge } from './describe'

test('an age is told in its largest unit', () => {
  const ages = [null, 0, 12.4, 999, 1_000, 59_999, 60_000, 3_599_999, 3_600_000, 100 * 3_600_000]

  assert.deepEqual(ages.map(describeAge), [
    '–',
    '0 ms',
    '12 ms',
    '999 ms',
    '1 s',
    '59 s',
    '1 min',
    '59 min',
    '1 h',
    '4 d',
  ])
})
