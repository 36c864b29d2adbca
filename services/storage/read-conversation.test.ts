import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createReadConversation } from './read-conversation'
import { aChatStore, anAnswer, answered, aResult, aTurn, failed } from './testing/a-chat-store'

describe('a conversation', () => {
  test('has its turns in order, each once, with question and answer', async (t) => {
    const { chats, requests, storeResult } = aChatStore(t)
    await chats.register(aTurn(1), 'trace-1')
    await chats.settle(answered(1), 'trace-1')
    await storeResult(aResult(1), 'trace-1')
    await storeResult(aResult(2), 'trace-2')
    await chats.settle(failed(3), null)
    await chats.settle(answered(4), null)
    await chats.register(aTurn(5, { deadline_at: '2025-03-12T10:21:00.000Z' }), null)
    await chats.register(aTurn(6), null)
    await chats.register(aTurn(7, { conversation_id: 'c-2' }), null)

    const { conversation_id, turns } = createReadConversation({ chats, requests })('c-1', { limit: 10 })

    assert.equal(conversation_id, 'c-1')
    assert.deepEqual(
      turns.map(({ request_id, status, query }) => [request_id, status, query]),
      [
        ['r-1', 'processed', 'source logs | limit 1'],
        ['r-2', 'processed', 'source logs | limit 2'],
        ['r-3', 'failed', null],
        ['r-4', 'answered', 'source logs | limit 4'],
        ['r-5', 'timed_out', null],
        ['r-6', 'accepted', null],
      ],
    )
    assert.deepEqual(turns[0]?.answer, anAnswer(1))
    assert.equal(turns[0]?.user_input, 'question 1')
    assert.equal(turns[1]?.answer, null)
    assert.equal(turns[2]?.problem?.service, 'query_service')
  })

  test('is read page by page', async (t) => {
    const { chats, requests, storeResult } = aChatStore(t)
    for (const number of [1, 3, 5]) await chats.register(aTurn(number), null)
    for (const number of [2, 4]) await storeResult(aResult(number))
    const read = createReadConversation({ chats, requests })
    const idsOf = (after?: string) =>
      read('c-1', { limit: 2, after }).turns.map(({ request_id }) => request_id)

    assert.deepEqual(idsOf(), ['r-1', 'r-2'])
    assert.deepEqual(idsOf(aTurn(2).accepted_at), ['r-3', 'r-4'])
    assert.deepEqual(idsOf(aTurn(4).accepted_at), ['r-5'])
    assert.deepEqual(idsOf(aTurn(5).accepted_at), [])
  })
})
