import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { loadConfig } from '#shared/config'
import type { Generation } from '#shared/contracts'
import { AppError, type ErrorCode } from '#shared/errors'
import type { HttpClient } from '#shared/http'
import { createServiceStats } from '#shared/monitoring'
import type { Logger } from '#shared/telemetry'
import { configSchema } from './config'
import type { Downstream } from './downstream'
import { createGenerateQuery, type GenerateQueryOptions } from './generate-query'

const refused: Generation = {
  outcome: 'refused',
  query: null,
  intent: 'unknown',
  intent_confidence: 0,
  keywords_found: [],
  explanation: 'No question about logs.',
  assumptions: [],
  engine: 'embedded',
  attempts: 1,
  warnings: [],
}

/** Asks a question of a gateway whose queue fails with this. */
function askWhileQueueFails(code: ErrorCode, options?: GenerateQueryOptions) {
  const query = { post: async () => refused } as unknown as HttpClient
  const queue = {
    post: async () => {
      throw new AppError(code, { service: 'queue_service' })
    },
  } as unknown as HttpClient
  const generateQuery = createGenerateQuery({
    config: loadConfig(configSchema, {}),
    downstream: { query, queue } as unknown as Downstream,
    stats: createServiceStats(),
    logger: { warn() {} } as unknown as Logger,
  })
  const claim = { id: 'r-1', startedAt: '2025-03-12T10:20:00.000Z' }
  return generateQuery({ user_input: 'errors' }, new AbortController().signal, claim, options)
}

const away = ['service-unavailable', 'shutting-down', 'connection-lost'] as const
const slowOrFull = ['service-timeout', 'queue-full', 'storage-full'] as const

describe('a question whose background work the queue does not take', () => {
  for (const code of [...away, ...slowOrFull]) {
    test(`is answered all the same when its answer is given but once (${code})`, async () => {
      const answer = await askWhileQueueFails(code)

      assert.equal(answer.message_id, null)
      assert.equal(answer.warnings.length, 1)
    })
  }

  for (const code of away) {
    test(`is answered when it comes again and the queue is back (${code})`, async () => {
      await assert.rejects(askWhileQueueFails(code, { comesAgain: true }), { code, service: 'queue_service' })
    })
  }

  for (const code of slowOrFull) {
    test(`does not wait for a queue that may stay as it is (${code})`, async () => {
      assert.equal((await askWhileQueueFails(code, { comesAgain: true })).message_id, null)
    })
  }

  test('has the message of an earlier beginning', async () => {
    const answer = await askWhileQueueFails('request-conflict', { comesAgain: true })

    assert.deepEqual([answer.message_id, answer.warnings], ['r-1', []])
  })
})
