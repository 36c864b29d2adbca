import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../testing/manual-clock'
import { DelayedMessages } from './delayed-messages'
import { WaitingLine } from './waiting-line'

test('counts what is not due, by queue, whichever delay began first', () => {
  const clock = new ManualClock()
  const delayed = new DelayedMessages(clock)
  delayed.add('jobs', 5_000)
  delayed.add('jobs', 200)
  clock.advance(100)
  delayed.add('jobs', 200)
  delayed.add('audit', 200)
  assert.deepEqual([delayed.count('jobs'), delayed.count('audit'), delayed.countAll()], [3, 1, 4])

  clock.advance(100)
  assert.deepEqual([delayed.count('jobs'), delayed.countAll()], [2, 3])
  clock.advance(100)
  assert.deepEqual([delayed.count('jobs'), delayed.countAll()], [1, 1])
  clock.advance(4_700)
  assert.equal(delayed.countAll(), 0)
  assert.equal(delayed.count('unknown'), 0)
})

test('a waiting line keeps its order through pushes, shifts and what is put before it', () => {
  const line = new WaitingLine<number>()
  const expected: number[] = []
  for (let item = 0; item < 5_000; item++) {
    line.push(item)
    expected.push(item)
    if (item % 3 === 0) assert.equal(line.shift(), expected.shift())
  }
  while (expected.length > 100) assert.equal(line.shift(), expected.shift())

  line.unshift(-2, -1)
  expected.unshift(-2, -1)

  assert.equal(line.length, expected.length)
  assert.equal(line.first(), -2)
  while (expected.length > 0) assert.equal(line.shift(), expected.shift())
  assert.deepEqual([line.length, line.first(), line.shift()], [0, undefined, undefined])
})
