import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createBeginChatTurn } from './begin-chat-turn'
import { aChatStore, anAnswer, answered, aTurn, storeResponseOf } from './testing/a-chat-store'

const never = new AbortController().signal

function setUp(t: Parameters<typeof aChatStore>[0], options: Parameters<typeof aChatStore>[1] = {}) {
  const stores = aChatStore(t, options)
  const store = storeResponseOf(stores)
  const begin = createBeginChatTurn(stores)
  return {
    ...stores,
    store,
    begin: (number: number, waitMs: number, signal = never) =>
      begin({ ...aTurn(number), attempt: 1, wait_ms: waitMs }, signal),
  }
}

describe('beginning to answer a turn', () => {
  test('the first one is ready at once, with nothing to follow up on', async (t) => {
    const { begin, chats } = setUp(t)

    assert.deepEqual(await begin(1, 10_000), { answer: null, is_ready: true, previous_query: null })
    assert.equal(chats.find('r-1')?.chat.status, 'processing')
  })

  test('the next one waits for it, and follows up on its query', async (t) => {
    const { begin, store } = setUp(t)
    await begin(1, 0)
    const second = begin(2, 60_000)
    let isDone = false
    void second.then(() => {
      isDone = true
    })
    assert.equal((await begin(3, 0)).is_ready, false)
    assert.equal(isDone, false)

    await store(answered(1))

    assert.deepEqual(await second, {
      answer: null,
      is_ready: true,
      previous_query: 'source logs | limit 1',
    })
  })

  test('is not ready when the time to wait is over', async (t) => {
    const { begin } = setUp(t)
    await begin(1, 0)

    assert.deepEqual(await begin(2, 30), { answer: null, is_ready: false, previous_query: null })
  })

  test('waits no longer than to the deadline of the turn before it', async (t) => {
    const { begin, chats } = setUp(t)
    const deadline = new Date(Date.now() + 60).toISOString()
    await chats.register(aTurn(1, { deadline_at: deadline }), null)

    const { is_ready } = await begin(2, 60_000)

    assert.equal(is_ready, true)
    assert.ok(new Date().toISOString() >= deadline)
  })

  test('stops waiting when its caller goes, and when too many wait', async (t) => {
    const { begin } = setUp(t, { waitsMax: 1 })
    await begin(1, 0)
    const gone = new AbortController()
    const second = begin(2, 60_000, gone.signal)

    assert.equal((await begin(3, 60_000)).is_ready, false)
    gone.abort()
    assert.equal((await second).is_ready, false)
  })

  test('one that is answered already gets its answer', async (t) => {
    const { begin, store } = setUp(t)
    await store(answered(1))

    assert.deepEqual((await begin(1, 60_000)).answer, anAnswer(1))
  })
})
