import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDuration } from './format-duration'

const MS = 1e6
const SECOND = 1e9

test('durations keep three digits and eight columns', () => {
  const durations: [number, string][] = [
    [0, '0 ms'],
    [900, '<0.01 ms'],
    [85_000, '0.09 ms'],
    [1.234 * MS, '1.23 ms'],
    [9.996 * MS, '10.0 ms'],
    [42.04 * MS, '42.0 ms'],
    [99.96 * MS, '100 ms'],
    [999.4 * MS, '999 ms'],
    [999.6 * MS, '1.00 s'],
    [12.34 * SECOND, '12.3 s'],
    [59.97 * SECOND, '1m 00s'],
    [125 * SECOND, '2m 05s'],
    [3_598 * SECOND, '1h 00m'],
    [7_260 * SECOND, '2h 01m'],
    [10 * 86_400 * SECOND, '10 d'],
    [2 ** 64, '213504 d'],
  ]

  for (const [durationNs, text] of durations) {
    assert.equal(formatDuration(durationNs), text)
    assert.ok(text.length <= 8)
  }
})
