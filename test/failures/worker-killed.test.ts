import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PROCESSING_QUEUE } from '#shared/contracts'
import { getJson } from '../support/ask'
import { eventually } from '../support/eventually'
import type { WorkerProcess } from '../support/worker'
import { assertNothingLost } from './harness/counts'
import { FailureRun, MESSAGES } from './harness/failure-run'
import { QUEUES } from './harness/queue-kinds'

const PREFETCH = 8
const WORKERS = 2
const KILLS = [0.2, 0.4, 0.6, 0.8]

for (const queue of QUEUES) {
  test(`(${queue.name}) a worker killed mid-job loses nothing: others take over what it held`, {
    skip: queue.skip,
  }, async (t) => {
    const run = await FailureRun.start(t, {
      scenario: 'worker killed mid-job',
      queue,
      env: { WORKER_CONCURRENCY: '0' },
    })
    const startOne = () =>
      run.startWorker('--queue', PROCESSING_QUEUE, '--workers', '1', '--prefetch', String(PREFETCH))
    const workers = await Promise.all(Array.from({ length: WORKERS }, startOne))
    const sending = run.send()

    for (const part of KILLS) {
      await sending.accepted(part * MESSAGES)
      const letProcessingGoOn = run.freeze('processing')
      const oldest = workers.shift() as WorkerProcess
      await eventually('the worker has its hands full', async () => (await heldBy(oldest)) === PREFETCH)
      await run.killWorker(oldest)
      workers.push(await startOne())
      const storedBefore = run.storedCount()
      letProcessingGoOn()
      await eventually('others have taken over', () => run.storedCount() > storedBefore + WORKERS * PREFETCH)
    }

    const { counts } = await run.finish()
    assertNothingLost(counts)
    // Some of what it held may have been done, with the ack on its way.
    const { redeliveries } = counts
    assert.ok(redeliveries >= KILLS.length, `messages were being worked on at the kills: ${redeliveries}`)
    const held = KILLS.length * PREFETCH
    assert.ok(redeliveries <= held, `nothing came again but what the killed had held: ${redeliveries}`)
  })
}

/** Messages that it is working on. */
async function heldBy({ url }: WorkerProcess): Promise<number> {
  const { body } = await getJson<{ consumers: readonly { held: number }[] }>(`${url}/stats`)
  return body.consumers.reduce((sum, { held }) => sum + held, 0)
}
