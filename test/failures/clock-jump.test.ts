import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually'
import { assertNothingLost } from './harness/counts'
import { countAmong } from './harness/every'
import { FailureRun, MESSAGES } from './harness/failure-run'
import { QUEUES } from './harness/queue-kinds'

const HOUR_MS = 3_600_000

/** Messages that fail once, so that some always wait for their retry. */
const FAILING = { every: 10, times: 1, code: 'internal-error' } as const

for (const queue of QUEUES) {
  test(`(${queue.name}) a clock that jumps an hour ends no lease and holds no retry`, {
    skip: queue.skip,
  }, async (t) => {
    const run = await FailureRun.start(t, {
      scenario: 'clock jumps an hour',
      queue,
      env: { RETRY_DELAYS_MS: '2000,2000' },
      faults: [FAILING],
      setsClock: true,
    })
    const sending = run.send()

    for (const [part, aheadMs] of [
      [0.2, HOUR_MS],
      [0.4, 0],
      [0.6, -HOUR_MS],
    ] as const) {
      await sending.accepted(part * MESSAGES)
      // A broker cannot tell how many wait while one of them is on its way there.
      await eventually('retries are waiting and leases are held', async () => {
        const { delayed, in_flight } = await run.queueState()
        return delayed > 0 && in_flight > 0
      })
      await run.setClock(aheadMs)
    }
    // A queue service that starts by the wrong clock finds retries that are due in an hour, by what it reads.
    await sending.accepted(0.8 * MESSAGES)
    await run.setClock(0)
    await run.terminate('queue')
    await run.setClock(-HOUR_MS)
    await run.start('queue')

    const { counts } = await run.finish()
    assertNothingLost(counts)
    const redeliveries = countAmong(FAILING, MESSAGES)
    assert.deepEqual(
      { deliveries: counts.deliveries, redeliveries: counts.redeliveries },
      { deliveries: MESSAGES + redeliveries, redeliveries },
      'nothing came again but what had failed',
    )
  })
}
