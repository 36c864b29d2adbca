import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually'
import { assertNothingLost } from './harness/counts'
import { countAmong } from './harness/every'
import { FailureRun, MESSAGES } from './harness/failure-run'
import { QUEUES } from './harness/queue-kinds'

const QUEUE_LEASE_MS = 2_000
const QUEUE_LENGTH_MAX = 200

/** Messages that take three leases. */
const SLOW = { every: 50, delayMs: 3 * QUEUE_LEASE_MS } as const

for (const queue of QUEUES) {
  test(`(${queue.name}) a slow consumer keeps what it holds, and a full queue refuses what it cannot`, {
    skip: queue.skip,
  }, async (t) => {
    const run = await FailureRun.start(t, {
      scenario: 'slow consumer, queue full',
      queue,
      env: {
        QUEUE_LEASE_MS: String(QUEUE_LEASE_MS),
        QUEUE_LENGTH_MAX: String(QUEUE_LENGTH_MAX),
        WORKER_CONCURRENCY: '64',
      },
      faults: [SLOW],
    })
    const sending = run.send()

    await sending.accepted(0.5 * MESSAGES)
    const letProcessingGoOn = run.freeze('processing')
    // A broker lets its limit be passed by a few messages.
    await eventually('the queue is full', async () => (await run.queueState()).ready >= QUEUE_LENGTH_MAX)
    await sending.refused()
    letProcessingGoOn()

    const { counts, verdictOf } = await run.finish()
    assertNothingLost(counts)
    assert.equal(counts.deliveries, MESSAGES, 'no message was taken from a slow holder')
    assert.equal(run.faultyIndexes.length, countAmong(SLOW, MESSAGES))
    for (const index of run.faultyIndexes) {
      const { deliveredAtMs, storedAtMs = 0 } = verdictOf(index)
      assert.ok(storedAtMs - Number(deliveredAtMs[0]) > 2 * QUEUE_LEASE_MS, `${index} was held for long`)
    }
  })
}
