import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertNothingLost } from './harness/counts'
import { FailureRun, MESSAGES } from './harness/failure-run'
import { SQLITE } from './harness/queue-kinds'

/** Room for some hundred messages. */
const QUEUE_FILE_SIZE_MAX_BYTES = '700000'

test('(sqlite) a full disk refuses new messages and keeps those it has', async (t) => {
  const run = await FailureRun.start(t, {
    scenario: 'disk full',
    queue: SQLITE,
    env: { QUEUE_FILE_SIZE_MAX_BYTES },
  })
  const sending = run.send()

  await sending.accepted(0.3 * MESSAGES)
  const letProcessingGoOn = run.freeze('processing')
  await sending.refused()
  const { ready } = await run.queueState()
  assert.ok(ready > 0, 'the queue is full of messages that wait')
  letProcessingGoOn()

  const { counts } = await run.finish()
  assertNothingLost(counts)
  assert.equal(counts.deliveries, MESSAGES, 'claims and acks had their room')
})
