import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { createMessageBus, type MessageBus, type MessageDriver, openDriver } from '#shared/messaging'
import { type Measurement, perSecond } from '../report'
import { onBroker } from './bench-broker'
import { BODY, LENGTH_MAX, QUEUE } from './bench-message'

const WORKERS = [1, 3, 5]
const PREFETCHES = [1, 20, 100]
const HANDLER_MS = 1

/** More than any machine takes in a second, so that the queue is never empty. */
const SUPPLY_PER_SECOND = 40_000
const SUPPLY_IN_FLIGHT = 500

const bodySchema = z.object({ text: z.string() })

type SectionOptions = { readonly durationMs: number }

/** Workers of one process, each holding up to `prefetch` messages, whose handler waits for a millisecond. */
export async function measureConsume({ durationMs }: SectionOptions): Promise<Measurement[]> {
  const eachMs = durationMs / 4
  return [...(await measureEmbedded(eachMs)), ...(await measureOnBroker(eachMs))]
}

async function measureEmbedded(durationMs: number): Promise<Measurement[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mesh-bench-'))
  const driver = await openDriver('sqlite:', { dataDir: folder, queueLengthMax: LENGTH_MAX })
  try {
    return await measureGrid(driver, durationMs)
  } finally {
    await driver.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function measureOnBroker(durationMs: number): Promise<Measurement[]> {
  return onBroker('consumption from RabbitMQ', async (broker) => {
    const driver = await broker.open()
    try {
      return await measureGrid(driver, durationMs)
    } finally {
      await driver.close()
    }
  })
}

async function measureGrid(driver: MessageDriver, durationMs: number): Promise<Measurement[]> {
  const bus = createMessageBus({ driver, retryDelaysMs: [], leaseMs: 30_000 })
  const measurements: Measurement[] = []
  for (const workers of WORKERS) {
    for (const prefetch of PREFETCHES) {
      const rate = await measureWorkers(bus, { workers, prefetch, durationMs })
      measurements.push({
        what: `consumption, ${driver.system}: ${workers} workers at prefetch ${prefetch}, a ${HANDLER_MS} ms handler`,
        measured: perSecond(rate),
        figure: workers === 5 && prefetch === 20 ? '≥ 5,000/s' : '',
        ceiling: '',
      })
    }
  }
  return measurements
}

interface Run {
  readonly workers: number
  readonly prefetch: number
  readonly durationMs: number
}

async function measureWorkers(bus: MessageBus, { workers, prefetch, durationMs }: Run): Promise<number> {
  await supply(bus, Math.ceil((SUPPLY_PER_SECOND * durationMs) / 1_000))
  let handled = 0
  const handler = async () => {
    await wait(HANDLER_MS)
    handled++
  }
  const startedAt = performance.now()
  const subscriptions = await Promise.all(
    Array.from({ length: workers }, () =>
      bus.subscribe({ queue: QUEUE, schema: bodySchema, prefetch, handler }),
    ),
  )
  await wait(durationMs)
  const rate = handled / ((performance.now() - startedAt) / 1_000)
  await Promise.all(subscriptions.map((subscription) => subscription.drain(5_000)))
  return rate
}

async function supply(bus: MessageBus, count: number): Promise<void> {
  let missing = count - (await bus.queueStats(QUEUE)).ready
  const publish = async () => {
    while (missing-- > 0) await bus.publish({ queue: QUEUE, id: randomUUID(), body: BODY })
  }
  await Promise.all(Array.from({ length: SUPPLY_IN_FLIGHT }, publish))
}
