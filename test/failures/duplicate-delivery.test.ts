import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually'
import { assertNothingLost } from './harness/counts'
import { countAmong } from './harness/every'
import { FailureRun, MESSAGES } from './harness/failure-run'
import { QUEUES } from './harness/queue-kinds'

const CONCURRENCY = 64
/** What is surely on its way to storage when the worker holds all it may; the rest may not have left yet. */
const HALF = CONCURRENCY / 2
const REPEATED = { every: 10 }

for (const queue of QUEUES) {
  test(`(${queue.name}) messages that are sent twice or delivered twice are stored once`, {
    skip: queue.skip,
  }, async (t) => {
    const run = await FailureRun.start(t, {
      scenario: 'duplicate delivery',
      queue,
      env: { WORKER_CONCURRENCY: String(CONCURRENCY) },
    })
    const sending = run.send({ repeated: REPEATED })

    await sending.accepted(0.5 * MESSAGES)
    const letStorageGoOn = run.freeze('storage')
    await eventually('the worker waits for storage with all it may hold', () => run.isWorking(CONCURRENCY))
    const storedBefore = run.storedCount()
    run.freeze('queue')
    letStorageGoOn()
    await eventually(
      'half of what the worker holds is stored',
      () => run.storedCount() >= storedBefore + HALF,
    )
    // The effects are there and the acks are not: the worst moment to die.
    await run.kill('queue')
    await run.start('queue')

    await run.settled()
    const { rows_duplicate = 0 } = await run.counters('storage')
    const { counts } = await run.finish()
    assertNothingLost(counts)
    const found = `${counts.duplicates} by the queue, ${rows_duplicate} by storage`
    assert.ok(
      counts.duplicates >= countAmong(REPEATED, MESSAGES),
      `what was sent again after it was confirmed was known: ${found}`,
    )
    assert.ok(rows_duplicate >= HALF, `what was delivered again was stored already: ${found}`)
  })
}
