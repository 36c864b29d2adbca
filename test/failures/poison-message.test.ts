import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertNothingLost } from './harness/counts'
import { countAmong } from './harness/every'
import { FailureRun, MESSAGES } from './harness/failure-run'
import { QUEUES } from './harness/queue-kinds'

/** So long that storage does not take it with its insights, which the queue does without them. */
const TOO_LONG = {
  every: 100,
  offset: 50,
  changes: { user_input: 'x'.repeat(19_400) },
} as const
const BODY_SIZE_MAX_BYTES = '20000'

/** Messages at which the processing service fails each time. */
const FAILING = { every: 100, code: 'internal-error' } as const
const RETRY_DELAYS_MS = '500,3000'
const ATTEMPTS = 3

/** Those that come right behind a poison message. */
const NEIGHBOURS = 16

for (const queue of QUEUES) {
  test(`(${queue.name}) poison messages end as dead letters and hold nobody up`, {
    skip: queue.skip,
  }, async (t) => {
    const run = await FailureRun.start(t, {
      scenario: 'poison among good messages',
      queue,
      env: { BODY_SIZE_MAX_BYTES, RETRY_DELAYS_MS },
      faults: [FAILING],
    })
    run.send({ variant: TOO_LONG })

    const { counts, verdictOf } = await run.finish()

    const failing = countAmong(FAILING, MESSAGES)
    const tooLong = countAmong(TOO_LONG, MESSAGES)
    assertNothingLost(counts, { deadLetters: failing + tooLong })
    const redeliveries = failing * (ATTEMPTS - 1)
    assert.deepEqual(
      { deliveries: counts.deliveries, redeliveries: counts.redeliveries },
      { deliveries: MESSAGES + redeliveries, redeliveries },
      'nothing but poison was delivered again',
    )
    for (let index = 0; index < MESSAGES; index += FAILING.every) {
      const { deliveredAtMs } = verdictOf(index)
      assert.equal(deliveredAtMs.length, ATTEMPTS)
      const neighbours = Array.from({ length: NEIGHBOURS }, (_, distance) => verdictOf(index + 1 + distance))
      const givenUpAtMs = Number(deliveredAtMs.at(-1))
      const heldUp = neighbours.filter(({ storedAtMs = Infinity }) => storedAtMs >= givenUpAtMs)
      assert.equal(heldUp.length, 0, `all behind ${index} were stored before that was given up`)
    }
  })
}
