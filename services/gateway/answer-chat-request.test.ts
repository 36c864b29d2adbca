import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AnswerBody, BegunTurn, Question } from '#shared/contracts'
import { AppError } from '#shared/errors'
import type { HttpClient } from '#shared/http'
import type { Claim } from '#shared/idempotency'
import { createAnswerChatRequest } from './answer-chat-request'
import type { Config } from './config'
import type { Downstream } from './downstream'
import { anAnswer } from './testing/a-chat-status'

const never = new AbortController().signal

const work: AnswerBody = {
  request_id: 'r-1',
  conversation_id: 'c-1',
  accepted_at: '2025-03-12T10:20:00.000Z',
  deadline_at: '2025-03-12T10:21:00.000Z',
  question: { user_input: 'only the top 3', now: '2025-03-12T10:20:00.000Z' },
  attempt: 1,
  is_last_attempt: false,
}

const ready: BegunTurn = { answer: null, is_ready: true, previous_query: 'source logs' }

/** What the gateway does with a turn that storage says this of. */
function setUp(turn: BegunTurn) {
  const begun: unknown[] = []
  const asked: { question: Question; claim: Claim; comesAgain: boolean | undefined }[] = []
  const storage = {
    post: async (path: string, body: unknown) => {
      begun.push([path, body])
      return turn
    },
  } as unknown as HttpClient
  const answerChatRequest = createAnswerChatRequest({
    config: { CHAT_TURN_WAIT_MS: 5_000, SERVICE_TIMEOUT_MS: 1_000 } as Config,
    downstream: { storage } as Downstream,
    generateQuery: async (question, _signal, claim, options) => {
      asked.push({ question, claim, comesAgain: options?.comesAgain })
      return anAnswer()
    },
  })
  return { answerChatRequest, begun, asked }
}

describe('answering a chat request', () => {
  test('follows up on the turn before it, under the id and the time of its acceptance', async () => {
    const { answerChatRequest, begun, asked } = setUp(ready)

    assert.deepEqual(await answerChatRequest(work, never), anAnswer())

    assert.deepEqual(begun, [
      [
        '/chat-requests/begin',
        {
          request_id: 'r-1',
          conversation_id: 'c-1',
          user_input: 'only the top 3',
          accepted_at: work.accepted_at,
          deadline_at: work.deadline_at,
          attempt: 1,
          wait_ms: 5_000,
        },
      ],
    ])
    assert.deepEqual(asked, [
      {
        question: { ...work.question, previous_query: 'source logs' },
        claim: { id: 'r-1', startedAt: work.accepted_at },
        comesAgain: true,
      },
    ])
  })

  test('keeps a previous query of its own', async () => {
    const { answerChatRequest, asked } = setUp(ready)

    await answerChatRequest(
      { ...work, question: { ...work.question, previous_query: 'source spans' } },
      never,
    )

    assert.equal(asked[0]?.question.previous_query, 'source spans')
  })

  test('gives the answer that is kept, and generates no other', async () => {
    const kept = anAnswer({ query: 'source spans' })
    const { answerChatRequest, asked } = setUp({ ...ready, answer: kept })

    assert.deepEqual(await answerChatRequest({ ...work, attempt: 2 }, never), kept)
    assert.equal(asked.length, 0)
  })

  test('comes again while a turn before it is not answered, but not for ever', async () => {
    const { answerChatRequest, asked } = setUp({ ...ready, is_ready: false })

    await assert.rejects(answerChatRequest(work, never), (error: AppError) => {
      assert.deepEqual([error.code, error.retryable], ['turn-pending', true])
      return true
    })
    assert.equal(asked.length, 0)

    await answerChatRequest({ ...work, attempt: 4, is_last_attempt: true }, never)
    assert.deepEqual([asked[0]?.question.previous_query, asked[0]?.comesAgain], ['source logs', false])
  })

  test('fails with what generating failed with', async () => {
    const failure = new AppError('bad-gateway', { service: 'query_service' })
    const storage = { post: async () => ready } as unknown as HttpClient
    const answerChatRequest = createAnswerChatRequest({
      config: { CHAT_TURN_WAIT_MS: 0, SERVICE_TIMEOUT_MS: 1 } as Config,
      downstream: { storage } as Downstream,
      generateQuery: () => Promise.reject(failure),
    })

    await assert.rejects(answerChatRequest(work, never), failure)
  })
})
