import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ChatStatus } from '#shared/contracts'
import { isFinished, readLastEventId, toRequestEvents } from './request-events'
import { aChatStatus, anAnswer } from './testing/a-chat-status'

const namesOf = (status: ChatStatus) => toRequestEvents(status).map(({ name }) => name)
const answer = anAnswer()

describe('the events of a request', () => {
  for (const [what, status, names, finished] of [
    ['accepted', aChatStatus(), ['accepted'], false],
    ['begun', aChatStatus({ status: 'processing', attempts: 1 }), ['accepted', 'processing'], false],
    ['timed out before it was begun', aChatStatus({ status: 'timed_out' }), ['accepted', 'timed_out'], false],
    [
      'timed out afterwards',
      aChatStatus({ status: 'timed_out', attempts: 1 }),
      ['accepted', 'processing', 'timed_out'],
      false,
    ],
    ['failed', aChatStatus({ status: 'failed', attempts: 4 }), ['accepted', 'processing', 'failed'], true],
    [
      'answered',
      aChatStatus({ status: 'answered', attempts: 1, answer }),
      ['accepted', 'processing', 'answered'],
      false,
    ],
    [
      'answered without background work',
      aChatStatus({ status: 'answered', attempts: 1, answer: anAnswer({ message_id: null }) }),
      ['accepted', 'processing', 'answered'],
      true,
    ],
    [
      'processed',
      aChatStatus({ status: 'processed', attempts: 1, answer }),
      ['accepted', 'processing', 'answered', 'processed'],
      true,
    ],
    [
      'answered, and failed in the background',
      aChatStatus({ status: 'failed', attempts: 1, answer }),
      ['accepted', 'processing', 'answered', 'failed'],
      true,
    ],
    [
      'answered at once and processed',
      aChatStatus({ status: 'processed', attempts: 1, deadline_at: null }),
      ['accepted', 'processing', 'processed'],
      true,
    ],
  ] as const) {
    test(`that is ${what} are ${names.join(', ')}`, () => {
      assert.deepEqual(namesOf(status), names)
      assert.equal(isFinished(status), finished)
    })
  }

  test('have ids that grow, and that a client of any moment can go on from', () => {
    const life = [
      aChatStatus(),
      aChatStatus({ status: 'processing', attempts: 1 }),
      aChatStatus({ status: 'timed_out', attempts: 1 }),
      aChatStatus({ status: 'answered', attempts: 1, answer, late: true }),
      aChatStatus({ status: 'processed', attempts: 1, answer, late: true }),
    ]
    const seen: string[] = []
    let last = 0
    for (const status of life) {
      for (const event of toRequestEvents(status).filter(({ id }) => id > last)) {
        seen.push(event.name)
        last = event.id
      }
    }

    assert.deepEqual(seen, ['accepted', 'processing', 'timed_out', 'answered', 'processed'])
    const failedAtOnce = toRequestEvents(aChatStatus({ status: 'failed', deadline_at: null })).at(-1)
    assert.ok((failedAtOnce?.id ?? 0) > 5, 'the background fails after the answer')
  })

  test('have the whole answer once', () => {
    const events = toRequestEvents(aChatStatus({ status: 'processed', attempts: 1, answer }))

    assert.deepEqual(
      events.filter(({ data }) => 'answer' in data).map(({ name, data }) => [name, data.answer]),
      [['answered', answer]],
    )
    for (const { name, data } of events) assert.equal(data.status, name)
  })
})

test('a last event id that is none of ours begins from the start', () => {
  assert.deepEqual(
    ['3', ' 5 ', undefined, '', '0', '8', '-1', '3x', 'abc'].map(readLastEventId),
    [3, 5, 0, 0, 0, 0, 0, 0, 0],
  )
})
