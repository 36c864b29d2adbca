import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createServiceStats } from '#shared/monitoring'
import { createReadProgress } from './read-progress'
import { createRegisterChatTurn } from './register-chat-turn'
import { createStoreProcessingData } from './store-processing-data'
import { aChatStore, answered, aResult, aTurn, storeResponseOf } from './testing/a-chat-store'

const never = new AbortController().signal

function setUp(t: Parameters<typeof aChatStore>[0]) {
  const stores = aChatStore(t)
  const deps = { ...stores, stats: createServiceStats() }
  return {
    read: createReadProgress(stores),
    register: createRegisterChatTurn(deps),
    storeResponse: storeResponseOf(stores),
    storeResult: createStoreProcessingData({ ...deps, recordDirectly: () => undefined }),
  }
}

describe('the progress of a request', () => {
  test('nobody knows of is undefined, after the time to wait', async (t) => {
    const { read } = setUp(t)

    assert.equal(await read('r-1', { waitMs: 0 }, never), undefined)
    assert.equal(await read('r-1', { waitMs: 20 }, never), undefined)
  })

  test('is told as soon as there is any, and then with every change', async (t) => {
    const { read, register, storeResponse, storeResult } = setUp(t)
    const first = read('r-1', { waitMs: 60_000 }, never)
    await register(aTurn(1))
    const accepted = await first
    assert.equal(accepted?.chat?.status, 'accepted')

    const second = read('r-1', { after: accepted.version, waitMs: 60_000 }, never)
    await storeResponse(answered(1))
    const settled = await second
    assert.equal(settled?.chat?.status, 'answered')
    assert.equal(settled.processed, null)

    const third = read('r-1', { after: settled.version, waitMs: 60_000 }, never)
    await storeResult(aResult(1))
    const processed = await third
    assert.equal(processed?.processed?.request_id, 'r-1')
    assert.ok(processed.version > settled.version)
  })

  test('is told at once when it is later than what is known', async (t) => {
    const { read, register, storeResponse } = setUp(t)
    await register(aTurn(1))
    await storeResponse(answered(1))

    assert.equal((await read('r-1', { after: 1, waitMs: 60_000 }, never))?.chat?.status, 'answered')
  })

  test('is told as it is when nothing changes in time, or the caller has gone', async (t) => {
    const { read, register } = setUp(t)
    await register(aTurn(1))
    const gone = new AbortController()
    const waiting = read('r-1', { after: 1, waitMs: 60_000 }, gone.signal)

    assert.equal((await read('r-1', { after: 1, waitMs: 20 }, never))?.version, 1)
    gone.abort()
    assert.equal((await waiting)?.version, 1)
  })

  test('of one that was answered at once is its result', async (t) => {
    const { read, storeResult } = setUp(t)
    const waiting = read('r-1', { waitMs: 60_000 }, never)

    await storeResult(aResult(1))

    const progress = await waiting
    assert.equal(progress?.chat, null)
    assert.equal(progress.processed?.query, 'source logs | limit 1')
  })
})
