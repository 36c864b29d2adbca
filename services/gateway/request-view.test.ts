import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ChatRequest } from '#shared/contracts'
import { AppError, toProblem } from '#shared/errors'
import { toChatStatus } from './request-view'
import { aMessage, anAnswer, aProgress, aStoredChat, aStoredRequest } from './testing/a-chat-status'

const NOW = Date.parse('2025-03-12T10:20:30.000Z')
const PASSED = '2025-03-12T10:20:29.999Z'

const chatRequest: ChatRequest = {
  request_id: 'r-1',
  conversation_id: 'c-9',
  accepted_at: '2025-03-12T10:20:00.000Z',
  deadline_at: '2025-03-12T10:21:00.000Z',
  question: { user_input: 'errors' },
}

describe('a request by chat', () => {
  const statusOf = (chat: Parameters<typeof aStoredChat>[0], now = NOW) =>
    toChatStatus({ progress: aProgress(1, { chat: aStoredChat(chat) }) }, now)

  test('stands where storage has it', () => {
    assert.equal(statusOf({ status: 'accepted' })?.status, 'accepted')
    assert.equal(statusOf({ status: 'processing' })?.status, 'processing')
    const answered = statusOf({ status: 'answered' })
    assert.deepEqual(
      [answered?.status, answered?.query, answered?.answer],
      ['answered', 'source logs', anAnswer()],
    )
  })

  test('is timed out from its deadline on, with what is known, until it is answered', () => {
    const timedOut = statusOf({ status: 'processing', attempts: 2, deadline_at: PASSED })
    assert.deepEqual([timedOut?.status, timedOut?.attempts, timedOut?.user_input], ['timed_out', 2, 'errors'])
    assert.equal(statusOf({ deadline_at: new Date(NOW).toISOString() })?.status, 'accepted')

    const late = statusOf({ status: 'answered', deadline_at: PASSED, late: true })
    assert.deepEqual([late?.status, late?.late], ['answered', true])
  })

  test('that failed says with what', () => {
    const problem = toProblem(new AppError('bad-gateway', { detail: 'odd answer' }))

    const failed = statusOf({ status: 'failed', problem, deadline_at: PASSED })

    assert.deepEqual([failed?.status, failed?.reason], ['failed', 'bad-gateway: odd answer'])
    assert.deepEqual(failed?.problem, problem)
  })

  test('failed when its message was given up in its queue, which nobody has told storage', () => {
    const message = aMessage({ queue: 'chat_requests', status: 'failed', reason: 'expired: it waited' })
    const progress = (status: 'accepted' | 'answered') =>
      aProgress(1, { chat: aStoredChat({ status, deadline_at: PASSED }) })

    const failed = toChatStatus({ progress: progress('accepted'), message }, NOW)
    const answered = toChatStatus({ progress: progress('answered'), message }, NOW)

    assert.deepEqual(
      [failed?.status, failed?.reason, failed?.problem],
      ['failed', 'expired: it waited', null],
    )
    assert.equal(answered?.status, 'answered')
  })

  test('is processed once its background work is stored, and failed when that was given up', () => {
    const chat = aStoredChat({ status: 'answered' })
    const stored = toChatStatus({ progress: aProgress(4, { chat, processed: aStoredRequest() }) }, NOW)
    assert.deepEqual(
      [stored?.status, stored?.processed_at, stored?.answer],
      ['processed', '2025-03-12T10:20:02.000Z', anAnswer()],
    )

    const message = aMessage({ status: 'failed', reason: 'not-retryable: odd' })
    const givenUp = toChatStatus({ progress: aProgress(3, { chat }), message }, NOW)
    assert.deepEqual(
      [givenUp?.status, givenUp?.reason, givenUp?.answer],
      ['failed', 'not-retryable: odd', anAnswer()],
    )
  })

  test('that storage has not heard of stands where its message is', () => {
    const message = aMessage({
      queue: 'chat_requests',
      status: 'processing',
      attempts: 1,
      payload: chatRequest,
    })

    const status = toChatStatus({ message }, NOW)
    assert.deepEqual(
      [status?.status, status?.attempts, status?.user_input, status?.conversation_id, status?.deadline_at],
      ['processing', 1, 'errors', 'c-9', chatRequest.deadline_at],
    )
    const later = Date.parse(chatRequest.deadline_at) + 1
    assert.equal(toChatStatus({ message }, later)?.status, 'timed_out')
    assert.equal(toChatStatus({ message: { ...message, status: 'failed' } }, later)?.status, 'failed')
  })
})

describe('a request that was answered at once', () => {
  test('is processed when it is stored, whatever its message says', () => {
    const progress = aProgress(1, { processed: aStoredRequest({ attempts: 2, conversation_id: 'c-3' }) })

    const status = toChatStatus({ progress, message: aMessage({ status: 'processing' }) }, NOW)

    assert.deepEqual([status?.status, status?.attempts, status?.conversation_id], ['processed', 2, 'c-3'])
    assert.deepEqual([status?.answer, status?.deadline_at, status?.late], [null, null, false])
  })

  test('stands where its message is until then', () => {
    for (const state of ['accepted', 'processing', 'failed'] as const) {
      assert.equal(toChatStatus({ message: aMessage({ status: state }) }, NOW)?.status, state)
    }
    assert.equal(toChatStatus({ message: aMessage({ status: 'processed' }) }, NOW), undefined)
    assert.equal(toChatStatus({}, NOW), undefined)
  })
})
