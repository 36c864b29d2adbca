import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertNothingLost } from './harness/counts'
import { FailureRun, MESSAGES } from './harness/failure-run'
import { QUEUES } from './harness/queue-kinds'

for (const queue of QUEUES) {
  test(`(${queue.name}) the queue service killed mid-publish loses nothing that it confirmed`, {
    skip: queue.skip,
  }, async (t) => {
    const run = await FailureRun.start(t, { scenario: 'queue service killed mid-publish', queue })
    const sending = run.send()

    for (const part of [0.2, 0.5, 0.8]) {
      await sending.accepted(part * MESSAGES)
      await run.kill('queue')
      await run.start('queue')
    }

    const { counts } = await run.finish()
    assertNothingLost(counts)
    assert.ok(counts.unanswered > 0, 'senders were waiting for an answer when the kills came')
    assert.ok(counts.redeliveries > 0, 'messages were being worked on when the kills came')
  })
}
