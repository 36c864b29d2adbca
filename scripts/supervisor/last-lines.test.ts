import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LastLines } from './last-lines'

test('only the most recent lines are kept, oldest first', () => {
  const lines = new LastLines(2)

  for (const line of ['a', 'b', 'c']) lines.add(line)

  assert.deepEqual(lines.toArray(), ['b', 'c'])
})
