import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually'
import { assertNothingLost } from './harness/counts'
import { FailureRun, MESSAGES } from './harness/failure-run'
import { QUEUES } from './harness/queue-kinds'

const CONCURRENCY = 16

for (const queue of QUEUES) {
  test(`(${queue.name}) storage killed with rows on their way stores each of them once`, {
    skip: queue.skip,
  }, async (t) => {
    const run = await FailureRun.start(t, {
      scenario: 'storage killed',
      queue,
      env: { WORKER_CONCURRENCY: String(CONCURRENCY) },
    })
    const sending = run.send()

    await sending.accepted(0.2 * MESSAGES)
    await run.kill('storage')
    await run.start('storage')

    await sending.accepted(0.6 * MESSAGES)
    run.freeze('storage')
    await eventually('the worker waits for storage with all it may hold', () => run.isWorking(CONCURRENCY))
    await eventually('rows have reached storage', () => run.hasUnreadRequests('storage'))
    await run.kill('storage')
    await run.start('storage')

    const { counts } = await run.finish()
    assertNothingLost(counts)
    // What storage had counts as tried, what had not left yet does not; both are delivered again.
    assert.ok(counts.redeliveries > 0, 'storage had rows in its hands when the kills came')
    assert.ok(counts.deliveries >= MESSAGES + CONCURRENCY, `all was delivered again: ${counts.deliveries}`)
  })
}
