import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { instantOf, isTimezone, startOfDay, wallClockOf, weekdayOf } from './zoned-time'

function wall(year: number, month: number, day: number, hour = 0, minute = 0) {
  return { year, month, day, hour, minute, second: 0 }
}

describe('wall clocks', () => {
  it('are read and set in a zone', () => {
    assert.deepEqual(wallClockOf(new Date('2025-03-12T23:30:00Z'), 'Asia/Tokyo'), wall(2025, 3, 13, 8, 30))
    assert.equal(instantOf(wall(2025, 3, 13, 8, 30), 'Asia/Tokyo').toISOString(), '2025-03-12T23:30:00.000Z')
  })

  it('a time that daylight saving skips is read with the offset before the jump', () => {
    assert.equal(
      instantOf(wall(2025, 3, 30, 2, 30), 'Europe/Zurich').toISOString(),
      '2025-03-30T01:30:00.000Z',
    )
  })

  it('a time that daylight saving repeats is the first of the two', () => {
    assert.equal(
      instantOf(wall(2025, 10, 26, 2, 30), 'Europe/Zurich').toISOString(),
      '2025-10-26T00:30:00.000Z',
    )
  })

  it('midnight is right on both sides of a change', () => {
    assert.equal(instantOf(wall(2025, 3, 30), 'Europe/Zurich').toISOString(), '2025-03-29T23:00:00.000Z')
    assert.equal(instantOf(wall(2025, 3, 31), 'Europe/Zurich').toISOString(), '2025-03-30T22:00:00.000Z')
  })

  it('days carry over months and years', () => {
    assert.deepEqual(startOfDay(wall(2025, 1, 1, 5), -1), wall(2024, 12, 31))
    assert.deepEqual(startOfDay(wall(2024, 2, 28), 1), wall(2024, 2, 29))
  })

  it('weeks begin on Monday', () => {
    assert.equal(weekdayOf({ year: 2025, month: 3, day: 10 }), 1)
    assert.equal(weekdayOf({ year: 2025, month: 3, day: 16 }), 7)
  })

  it('zones are checked', () => {
    assert.equal(isTimezone('Europe/Zurich'), true)
    assert.equal(isTimezone('Nowhere/Land'), false)
  })
})
