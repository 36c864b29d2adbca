import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CHAT_REQUESTS_QUEUE, PROCESSING_QUEUE } from '#shared/contracts'
import { toConsumerShares } from './create-pool'
import { concurrencyOf, type WorkerTask } from './create-worker-app'

const task: WorkerTask = { queues: [], workers: 3, prefetch: 20, concurrency: undefined }

function concurrencies(share: Parameters<typeof toConsumerShares>[0]): number[] {
  return toConsumerShares(share).map(({ concurrency }) => concurrency)
}

test('the concurrency is divided among the consumers, none of it lost', () => {
  assert.deepEqual(concurrencies({ consumers: 3, prefetch: 20, concurrency: 60 }), [20, 20, 20])
  assert.deepEqual(concurrencies({ consumers: 3, prefetch: 20, concurrency: 8 }), [3, 3, 2])
  assert.deepEqual(concurrencies({ consumers: 1, prefetch: 16, concurrency: 16 }), [16])
})

test('a consumer that would handle nothing is left out', () => {
  assert.deepEqual(concurrencies({ consumers: 3, prefetch: 20, concurrency: 2 }), [1, 1])
  assert.deepEqual(concurrencies({ consumers: 3, prefetch: 20, concurrency: 0 }), [])
})

test('a consumer handles no more than it holds', () => {
  assert.deepEqual(concurrencies({ consumers: 2, prefetch: 5, concurrency: 100 }), [5, 5])
})

test('a worker handles as much as it holds, unless told otherwise', () => {
  const limits = { CHAT_CONCURRENCY: 4 }

  assert.equal(concurrencyOf(PROCESSING_QUEUE, task, limits), 60)
  assert.equal(concurrencyOf(PROCESSING_QUEUE, { ...task, concurrency: 7 }, limits), 7)
})

test('chat requests are never answered more at a time than a model may get', () => {
  const limits = { CHAT_CONCURRENCY: 4 }

  assert.equal(concurrencyOf(CHAT_REQUESTS_QUEUE, task, limits), 4)
  assert.equal(concurrencyOf(CHAT_REQUESTS_QUEUE, { ...task, concurrency: 100 }, limits), 4)
  assert.equal(concurrencyOf(CHAT_REQUESTS_QUEUE, { ...task, concurrency: 2 }, limits), 2)
})
