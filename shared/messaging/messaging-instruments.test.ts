import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { AppError } from '#shared/errors'
import { recordMetrics } from '../telemetry/testing/record-metrics'
import { createMemoryDriver } from './drivers/memory/memory-driver'
import { createMessageBus } from './message-bus'
import { ManualClock } from './testing/manual-clock'
import { waitUntil } from './testing/wait-until'

const read = recordMetrics()

const QUEUE = 'measured.jobs'
const schema = z.object({ text: z.string() })

const attributes = (operation: string, type = operation) => ({
  'messaging.system.name': 'memory',
  'messaging.operation.name': operation,
  'messaging.operation.type': type,
  'messaging.destination.name': QUEUE,
})

async function readHistograms(name: string) {
  const points = await read(name)
  return points.map(({ attributes, value }) => {
    const { count, sum } = value as { count: number; sum: number }
    return { attributes, count, sum }
  })
}

test('a bus records the metrics of the messaging conventions, failures by their code', async (t) => {
  const clock = new ManualClock()
  const bus = createMessageBus({
    driver: createMemoryDriver({ clock, queueLengthMax: 1 }),
    clock,
    retryDelaysMs: [1_000],
    leaseMs: 30_000,
  })
  t.after(() => bus.close(0))
  await bus.publish({ queue: QUEUE, id: 'm1', body: { text: 'hello' } })
  await assert.rejects(bus.publish({ queue: QUEUE, id: 'm2', body: { text: 'hello' } }), {
    code: 'queue-full',
  })

  let attempts = 0
  const handler = async () => {
    clock.advance(40)
    attempts += 1
    if (attempts === 1) throw new AppError('bad-gateway')
  }
  await bus.subscribe({ queue: QUEUE, schema, handler })
  await waitUntil('it waits', async () => (await bus.queueStats(QUEUE)).delayed === 1)
  clock.advance(1_000)
  await waitUntil('it is done', async () => (await bus.status('m1'))?.state === 'processed')

  assert.deepEqual(await read('messaging.client.sent.messages'), [
    { attributes: attributes('send'), value: 1 },
    { attributes: { ...attributes('send'), 'error.type': 'queue-full' }, value: 1 },
  ])
  assert.deepEqual(await read('messaging.client.consumed.messages'), [
    { attributes: attributes('process'), value: 2 },
  ])
  assert.deepEqual(await readHistograms('messaging.process.duration'), [
    { attributes: { ...attributes('process'), 'error.type': 'bad-gateway' }, count: 1, sum: 0.04 },
    { attributes: attributes('process'), count: 1, sum: 0.04 },
  ])
  const operations = await readHistograms('messaging.client.operation.duration')
  assert.deepEqual(
    operations.map(({ attributes, count }) => ({ attributes, count })),
    [
      { attributes: attributes('send'), count: 1 },
      { attributes: { ...attributes('send'), 'error.type': 'queue-full' }, count: 1 },
      { attributes: attributes('nack', 'settle'), count: 1 },
      { attributes: attributes('ack', 'settle'), count: 1 },
    ],
  )
})
