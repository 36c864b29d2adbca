import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SERVICE_KEYS } from '#shared/config'
import { assertNothingLost } from './harness/counts'
import { FailureRun, MESSAGES } from './harness/failure-run'
import { QUEUES } from './harness/queue-kinds'

for (const queue of QUEUES) {
  test(`(${queue.name}) gateway and queue service killed under chat requests: each is answered once`, {
    skip: queue.skip,
  }, async (t) => {
    const run = await FailureRun.start(t, {
      scenario: 'chat, gateway and queue killed',
      queue,
      traffic: 'chat',
      services: SERVICE_KEYS,
      // A request whose gateway died keeps its key for so long.
      env: { IDEMPOTENCY_LEASE_MS: '5000' },
    })
    const sending = run.send()

    for (const [part, victim] of [
      [0.2, 'gateway'],
      [0.5, 'queue'],
      [0.8, 'gateway'],
    ] as const) {
      await sending.accepted(part * MESSAGES)
      await run.kill(victim)
      await run.start(victim)
    }

    const { counts } = await run.finish()
    assertNothingLost(counts)
    assert.ok(counts.unanswered > 0, 'senders were waiting for an answer when the kills came')
    assert.ok(counts.redeliveries > 0, 'requests were being answered when the kills came')
  })
}
