import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aChatStore, anAnswer, answered, aResult, aTurn, failed } from './testing/a-chat-store'

const TRACE_ID = 'a'.repeat(32)

describe('a chat request in the store', () => {
  test('is accepted, then processing, then answered, with everything about it', async (t) => {
    const { chats } = aChatStore(t)

    await chats.register(aTurn(1), TRACE_ID)
    const accepted = chats.find('r-1')
    await chats.begin({ ...aTurn(1), attempt: 1, wait_ms: 0 }, TRACE_ID)
    const begun = chats.find('r-1')
    assert.equal(await chats.settle(answered(1), TRACE_ID), true)
    const settled = chats.find('r-1')

    assert.deepEqual(
      [accepted, begun, settled].map((record) => record?.chat.status),
      ['accepted', 'processing', 'answered'],
    )
    assert.deepEqual(settled?.chat, {
      ...aTurn(1),
      trace_id: TRACE_ID,
      status: 'answered',
      attempts: 1,
      answered_at: '2025-03-12T10:20:01.040Z',
      late: false,
      answer: anAnswer(1),
      problem: null,
    })
    const versions = [accepted, begun, settled].map((record) => record?.version ?? 0)
    assert.deepEqual(versions, [...new Set(versions)].sort(), 'every change has a later version')
  })

  test('keeps its first answer, whatever comes after it', async (t) => {
    const { chats } = aChatStore(t)
    await chats.settle(answered(1), TRACE_ID)
    const before = chats.find('r-1')

    assert.equal(await chats.settle(answered(1, { query: 'source spans' }), TRACE_ID), false)
    assert.equal(await chats.settle(failed(1), TRACE_ID), false)
    const begun = await chats.begin({ ...aTurn(1), attempt: 2, wait_ms: 0 }, TRACE_ID)
    await chats.register(aTurn(1, { user_input: 'another' }), 'b'.repeat(32))

    assert.deepEqual(chats.find('r-1'), before)
    assert.deepEqual(begun, before)
  })

  test('becomes known by whatever is heard of it first', async (t) => {
    const { chats } = aChatStore(t)

    await chats.begin({ ...aTurn(1), attempt: 2, wait_ms: 0 }, TRACE_ID)
    await chats.settle(answered(2), TRACE_ID)
    await chats.settle(failed(3), TRACE_ID)

    assert.deepEqual(
      chats.listConversation('c-1', 10, undefined).map(({ request_id, status }) => [request_id, status]),
      [
        ['r-1', 'processing'],
        ['r-2', 'answered'],
        ['r-3', 'failed'],
      ],
    )
  })

  test('that failed may be answered by a replay', async (t) => {
    const { chats } = aChatStore(t)
    await chats.settle(failed(1), TRACE_ID)
    assert.equal(chats.find('r-1')?.chat.problem?.code, 'bad-gateway')

    await chats.begin({ ...aTurn(1), attempt: 1, wait_ms: 0 }, TRACE_ID)
    assert.equal(chats.find('r-1')?.chat.status, 'processing')
    assert.equal(chats.find('r-1')?.chat.problem, null)
    await chats.settle(answered(1), TRACE_ID)

    assert.equal(chats.find('r-1')?.chat.status, 'answered')
  })

  test('is late when its answer is kept after its deadline', async (t) => {
    const { chats } = aChatStore(t)
    const turn = aTurn(1, { deadline_at: '2025-03-12T10:21:00.000Z' })

    await chats.settle(answered(1, {}, turn), TRACE_ID)

    assert.equal(chats.find('r-1')?.chat.late, true)
  })

  test('a failure of a message that could not be read changes only what is known already', async (t) => {
    const { chats } = aChatStore(t)
    await chats.register(aTurn(1), TRACE_ID)

    assert.equal(await chats.settle(failed(1, null), TRACE_ID), true)
    assert.equal(await chats.settle(failed(2, null), TRACE_ID), false)

    assert.equal(chats.find('r-1')?.chat.status, 'failed')
    assert.equal(chats.find('r-2'), undefined)
  })
})

describe('chat requests that are older than they are kept', () => {
  test('are forgotten, a few with those that come after, but for those that may still be answered', async (t) => {
    let now = Date.parse('2025-03-12T10:20:00.000Z')
    const { chats } = aChatStore(t, { retentionMs: 3_600_000, now: () => now })
    const deadline_at = new Date(now + 60_000).toISOString()
    for (let number = 0; number < 100; number++)
      await chats.settle(answered(number, {}, aTurn(number, { deadline_at })), null)
    await chats.register(aTurn(100), null)

    now += 3_600_001
    for (let number = 200; number < 400; number++) await chats.register(aTurn(number, { deadline_at }), null)

    const known = chats.listConversation('c-1', 1_000, undefined).map(({ request_id }) => request_id)
    assert.equal(known.length, 201)
    assert.deepEqual(known.slice(0, 2), ['r-100', 'r-200'])
  })

  test('are kept from when they became known, not from when they were accepted', async (t) => {
    const { chats } = aChatStore(t, { retentionMs: 3_600_000 })

    for (let number = 0; number < 200; number++) {
      await chats.settle(
        answered(number, {}, aTurn(number, { deadline_at: '2025-03-12T11:00:00.000Z' })),
        null,
      )
    }

    assert.equal(chats.listConversation('c-1', 1_000, undefined).length, 200)
  })

  test('stay for ever without a limit', async (t) => {
    let now = Date.parse('2025-03-12T10:20:00.000Z')
    const { chats } = aChatStore(t, { retentionMs: 0, now: () => now })
    await chats.settle(answered(1), null)

    now += 1e12
    for (let number = 2; number < 200; number++) await chats.register(aTurn(number), null)

    assert.equal(chats.find('r-1')?.chat.status, 'answered')
  })
})

describe('the turns before a turn', () => {
  test('are waited for in the order of acceptance, in the same conversation', async (t) => {
    const { chats } = aChatStore(t)
    for (const turn of [1, 2, 3].map((number) => aTurn(number))) await chats.register(turn, null)
    await chats.register(aTurn(4, { conversation_id: 'c-2' }), null)
    const pendingBefore = (id: string) => chats.findPendingBefore(id)?.request_id

    assert.deepEqual(['r-1', 'r-2', 'r-3', 'r-4'].map(pendingBefore), [undefined, 'r-1', 'r-1', undefined])
    await chats.settle(answered(1), null)
    assert.deepEqual(['r-2', 'r-3'].map(pendingBefore), [undefined, 'r-2'])
    await chats.settle(failed(2), null)
    assert.equal(pendingBefore('r-3'), undefined)
  })

  test('are those that were accepted before it, whichever storage heard of first', async (t) => {
    const { chats } = aChatStore(t)
    await chats.register(aTurn(3), null)
    await chats.register(aTurn(1), null)
    await chats.begin({ ...aTurn(2), attempt: 1, wait_ms: 0 }, null)

    assert.equal(chats.findPendingBefore('r-1'), undefined)
    assert.equal(chats.findPendingBefore('r-2')?.request_id, 'r-1')
    assert.equal(chats.findPendingBefore('r-3')?.request_id, 'r-1')
    await chats.settle(answered(1), null)
    assert.equal(chats.findPreviousQuery('r-2'), 'source logs | limit 1')
    await chats.settle(answered(2), null)
    await chats.settle(answered(3), null)
    assert.equal(chats.findPreviousQuery('r-2'), 'source logs | limit 1')
    assert.equal(chats.findPreviousQuery('r-3'), 'source logs | limit 2')
  })

  test('are ordered and timed out by moments, whatever offsets their times have', async (t) => {
    const { chats } = aChatStore(t, { now: () => Date.parse('2025-03-12T10:21:00.000Z') })
    await chats.register(aTurn(2, { accepted_at: '2025-03-12T10:20:02.000Z' }), null)
    await chats.register(
      aTurn(1, { accepted_at: '2025-03-12T11:20:01+01:00', deadline_at: '2025-03-12T09:30:00-01:00' }),
      null,
    )

    assert.equal(chats.findPendingBefore('r-2')?.request_id, 'r-1')
    assert.equal(chats.findPendingBefore('r-1'), undefined)
  })

  test('never wait for each other when they were accepted in one millisecond', async (t) => {
    const { chats } = aChatStore(t)
    const { accepted_at } = aTurn(1)
    for (const number of [2, 1, 3]) await chats.register(aTurn(number, { accepted_at }), null)

    const pending = ['r-2', 'r-1', 'r-3'].map((id) => chats.findPendingBefore(id)?.request_id)

    assert.deepEqual(pending, [undefined, 'r-2', 'r-2'])
  })

  test('are not waited for past their deadlines', async (t) => {
    const { chats } = aChatStore(t)
    await chats.register(aTurn(1, { deadline_at: '2025-03-12T10:21:00.000Z' }), null)
    await chats.register(aTurn(2), null)

    assert.equal(chats.findPendingBefore('r-2'), undefined)
  })

  test('give their last valid query', async (t) => {
    const { chats } = aChatStore(t)
    await chats.settle(answered(1), null)
    await chats.settle(answered(2), null)
    await chats.settle(answered(3, { success: false, outcome: 'refused', query: null }), null)
    await chats.settle(answered(4, { success: false, query: 'source logs | filtr' }), null)
    await chats.settle(failed(5), null)
    await chats.register(aTurn(6), null)
    await chats.settle(answered(7), null)

    assert.equal(chats.findPreviousQuery('r-6'), 'source logs | limit 2')
    assert.equal(chats.findPreviousQuery('r-1'), null)
  })

  test('count when they were answered at once, too', async (t) => {
    const { chats, storeResult } = aChatStore(t)
    const valid = { is_valid: true } as never
    await chats.settle(answered(1), null)
    await storeResult(aResult(2, { validation: valid }))
    await storeResult(aResult(3, { validation: { is_valid: false } as never }))
    // The background work of a chat request is not a turn of its own.
    await storeResult(aResult(1, { validation: valid, query: 'source spans' }))
    await chats.register(aTurn(4), null)
    await storeResult(aResult(5, { validation: valid }))

    assert.equal(chats.findPreviousQuery('r-4'), 'source logs | limit 2')
    assert.equal(chats.findPreviousQuery('r-1'), null)
  })
})
