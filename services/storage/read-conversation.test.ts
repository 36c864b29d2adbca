import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type PageCursor, pageCursorSchema } from '#shared/contracts'
import { createReadConversation, type ReadConversation } from './read-conversation'
import { aChatStore, anAnswer, answered, aResult, aTurn, failed } from './testing/a-chat-store'

const cursorSchema = pageCursorSchema('next_after')

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

    assert.deepEqual(pagesOf(read, 2), [['r-1', 'r-2'], ['r-3', 'r-4'], ['r-5']])
    assert.deepEqual(idsAfter(read, aTurn(4).accepted_at), ['r-5'])
    assert.deepEqual(idsAfter(read, '2025-03-12T12:20:04+02:00'), ['r-5'], 'in any time zone')
    assert.deepEqual(idsAfter(read, aTurn(5).accepted_at), [])
  })

  test('has its turns on one page or the other in whatever order they became known', async (t) => {
    const { chats, requests } = aChatStore(t)
    for (const number of [4, 1, 5, 3, 2]) await chats.register(aTurn(number), null)

    const read = createReadConversation({ chats, requests })

    for (const limit of [1, 2, 3, 4, 5]) {
      assert.deepEqual(pagesOf(read, limit).flat(), ['r-1', 'r-2', 'r-3', 'r-4', 'r-5'], `${limit} to a page`)
    }
  })

  test('has each turn once when many were accepted in one millisecond', async (t) => {
    const { chats, requests, storeResult } = aChatStore(t)
    const { accepted_at } = aTurn(1)
    await chats.register(aTurn(1), null)
    for (const number of [9, 4, 6]) await chats.register(aTurn(number, { accepted_at }), null)
    for (const number of [8, 4, 2, 6, 3]) await storeResult(aResult(number, { created_at: accepted_at }))
    await chats.register(aTurn(7), null)

    const read = createReadConversation({ chats, requests })

    for (const limit of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const turns = ['r-2', 'r-3', 'r-8', 'r-1', 'r-9', 'r-4', 'r-6', 'r-7']
      assert.deepEqual(pagesOf(read, limit).flat(), turns, `${limit} to a page`)
    }
  })
})

function pagesOf(read: ReadConversation, limit: number): string[][] {
  const pages: string[][] = []
  let after: PageCursor | undefined
  do {
    const { turns, next_after } = read('c-1', { limit, after })
    if (turns.length > 0) pages.push(turns.map(({ request_id }) => request_id))
    after = next_after === null ? undefined : cursorSchema.parse(next_after)
  } while (after !== undefined)
  return pages
}

function idsAfter(read: ReadConversation, time: string): string[] {
  return read('c-1', { limit: 2, after: cursorSchema.parse(time) }).turns.map(({ request_id }) => request_id)
}
