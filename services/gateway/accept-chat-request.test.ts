import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ChatRequest, ChatTurn } from '#shared/contracts'
import { AppError } from '#shared/errors'
import type { HttpClient } from '#shared/http'
import { createServiceStats } from '#shared/monitoring'
import type { Logger } from '#shared/telemetry'
import { createAcceptChatRequest } from './accept-chat-request'
import type { Config } from './config'
import type { Downstream } from './downstream'

const claim = { id: 'r-1', startedAt: '2025-03-12T10:20:00.000Z' }

/** Accepts a question ten minutes after its key was first taken; the queue answers this. */
async function accept(enqueue: () => unknown) {
  const sent: { payload: ChatRequest }[] = []
  const registered: ChatTurn[] = []
  const queue = {
    post: async (_path: string, body: { payload: ChatRequest }) => {
      sent.push(body)
      return enqueue()
    },
  } as unknown as HttpClient
  const storage = {
    post: async (_path: string, turn: ChatTurn) => {
      registered.push(turn)
      return { request_id: turn.request_id }
    },
  } as unknown as HttpClient
  const acceptChatRequest = createAcceptChatRequest({
    config: { CHAT_TIMEOUT_MS: 60_000, ENQUEUE_TIMEOUT_MS: 1_000 } as Config,
    downstream: { queue, storage } as Downstream,
    stats: createServiceStats(),
    logger: { warn() {} } as unknown as Logger,
    now: () => Date.parse('2025-03-12T10:30:00.000Z'),
  })
  const accepted = await acceptChatRequest({ user_input: 'errors of the last hour' }, claim)
  return { accepted, sent, registered }
}

describe('accepting a chat request', () => {
  test('begins its time limit and sets its clock now, however long its key has been taken', async () => {
    const enqueued = {
      message_id: 'r-1',
      queue: 'chat_requests',
      duplicate: false,
      queue_size: 1,
      events: [],
    }
    const { accepted, sent, registered } = await accept(() => enqueued)

    assert.deepEqual([accepted.request_id, accepted.conversation_id], ['r-1', 'r-1'])
    const { accepted_at, deadline_at, question } = sent[0]?.payload ?? assert.fail()
    assert.deepEqual(
      [accepted_at, deadline_at, question.now],
      ['2025-03-12T10:30:00.000Z', '2025-03-12T10:31:00.000Z', '2025-03-12T10:30:00.000Z'],
    )
    assert.deepEqual(registered, [
      {
        request_id: 'r-1',
        conversation_id: 'r-1',
        user_input: 'errors of the last hour',
        accepted_at,
        deadline_at,
      },
    ])
  })

  test('was done when the queue has its message from a beginning that nobody heard of, with other times', async () => {
    const { accepted, registered } = await accept(() => {
      throw new AppError('request-conflict', { service: 'queue_service' })
    })

    assert.deepEqual([accepted.request_id, accepted.status], ['r-1', 'accepted'])
    assert.deepEqual(registered, [], 'the times of the message are not these')
  })

  test('fails without the queue', async () => {
    const away = new AppError('connection-lost', { service: 'queue_service' })

    await assert.rejects(
      accept(() => {
        throw away
      }),
      { code: 'service-unavailable', service: 'queue_service' },
    )
  })
})
