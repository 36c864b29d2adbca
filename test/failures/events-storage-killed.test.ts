import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually'
import { assertNothingLost } from './harness/counts'
import { eventAnalytics, expectedAnalytics } from './harness/event-analytics'
import { FailureRun, MESSAGES } from './harness/failure-run'
import { QUEUES } from './harness/queue-kinds'

for (const queue of QUEUES) {
  test(`(${queue.name}) storage killed under events records each once, and its sums add up to its history`, {
    skip: queue.skip,
  }, async (t) => {
    const run = await FailureRun.start(t, {
      scenario: 'storage killed under events',
      queue,
      traffic: 'events',
      services: ['queue', 'storage'],
      env: { EVENTS: 'on' },
    })
    const sending = run.send()

    await sending.accepted(0.5 * MESSAGES)
    run.freeze('storage')
    await eventually('events wait because storage holds all it may', async () => {
      const { ready } = await run.queueState()
      return ready > 0
    })
    await run.kill('storage')
    await run.start('storage')

    await run.settled()
    const analytics = await eventAnalytics(run.mesh)
    const expected = expectedAnalytics(run.mesh)
    const { counts } = await run.finish()
    assertNothingLost(counts)
    assert.deepEqual(analytics, expected)
    assert.ok(counts.redeliveries > 0, 'storage had events in its hands when the kill came')
  })
}
