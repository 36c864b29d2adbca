import assert from 'node:assert/strict'
import { test } from 'node:test'
import { identifyEvents } from './identify-events'
import { aDomainEvent } from './testing/a-domain-event'

const claim = { id: 'claim-1', startedAt: '2025-03-12T10:20:00.000Z' }
const { event_id: _, occurred_at: __, ...anonymous } = aDomainEvent()

const identify = (...inputs: unknown[]) => identifyEvents({ inputs, pointerOf: () => '' }, claim).inputs

test('an event without an id gets that of the claim, and its time', () => {
  assert.deepEqual(identify(anonymous), [
    { ...anonymous, event_id: 'claim-1', occurred_at: '2025-03-12T10:20:00.000Z' },
  ])
})

test('each of several gets one of its own, the same whenever the claim is the same', () => {
  const idsOf = () => identify(anonymous, anonymous).map((event) => (event as { event_id: string }).event_id)

  assert.deepEqual(idsOf(), ['claim-1.0', 'claim-1.1'])
  assert.deepEqual(idsOf(), idsOf())
})

test('a time that is given stays, and so does whatever has an id or is no event', () => {
  const timed = { ...anonymous, occurred_at: '2020-01-01T00:00:00Z' }
  const { occurred_at: ___, ...timeless } = aDomainEvent()

  const [first, ...others] = identify(timed, timeless, null, 'hello', [])

  assert.equal((first as { occurred_at: string }).occurred_at, '2020-01-01T00:00:00Z')
  assert.deepEqual(others, [timeless, null, 'hello', []])
})
