import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertNothingLost } from './harness/counts'
import { FailureRun, MESSAGES } from './harness/failure-run'
import { QUEUES } from './harness/queue-kinds'

for (const queue of QUEUES) {
  test(`(${queue.name}) a worker that gets SIGTERM finishes what it holds: nothing is delivered twice`, {
    skip: queue.skip,
  }, async (t) => {
    // A job then ends with an event, which comes back to the service that is about to end.
    const env = { EVENTS: 'on' }
    const run = await FailureRun.start(t, { scenario: 'SIGTERM drain', queue, env })
    const sending = run.send()

    for (const part of [0.2, 0.5, 0.8]) {
      await sending.accepted(part * MESSAGES)
      assert.ok(await run.isWorking(1), 'messages are being worked on when SIGTERM comes')
      assert.deepEqual(await run.terminate('queue'), { code: 0, signal: null })
      await run.start('queue')
    }

    const { counts } = await run.finish()
    assertNothingLost(counts)
    assert.deepEqual(
      { deliveries: counts.deliveries, redeliveries: counts.redeliveries, cut: counts.cut },
      { deliveries: MESSAGES, redeliveries: 0, cut: 0 },
    )
  })
}
