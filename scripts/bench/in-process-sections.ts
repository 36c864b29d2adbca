import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createMessageBus, openDriver } from '#shared/messaging'
import { openDatabase } from '#shared/sqlite'
import { loadCatalogue } from '../../services/query/catalogue/load-catalogue'
import { createEmbeddedGenerator } from '../../services/query/generation/embedded/create-embedded-generator'
import { createIndexCache } from '../../services/query/generation/embedded/link/catalogue-index-cache'
import { classifyIntent } from '../../services/query/intent/classify-intent'
import { percentile } from './open-loop'
import { type Measurement, milliseconds, perSecond } from './report'

const QUESTIONS = [
  'Show me errors from the last hour grouped by service',
  'p95 latency per endpoint over the past 6 hours, slowest first, top 10',
  'how many distinct users logged in yesterday by country',
  'spans of checkout longer than 750 milliseconds in the last 30 minutes',
  'warnings each 5 minutes during the last 2 hours',
  'which hosts logged at least 30 criticals since 06:00?',
]

/** The embedded engine and the durable queue, without any network. */
export async function measureInProcess({ durationMs }: { durationMs: number }): Promise<Measurement[]> {
  return [await measureGeneration(durationMs), await measureEnqueue(durationMs)]
}

async function measureGeneration(durationMs: number): Promise<Measurement> {
  const indexOf = createIndexCache()
  const generator = createEmbeddedGenerator(indexOf)
  const catalogue = loadCatalogue()
  const now = new Date('2025-03-12T10:20:00Z')
  const latenciesMs: number[] = []
  const until = performance.now() + durationMs / 2
  for (let index = 0; performance.now() < until; index++) {
    const userInput = QUESTIONS[index % QUESTIONS.length] as string
    const startedAt = performance.now()
    await generator.generate({
      userInput,
      now,
      timezone: 'UTC',
      catalogue,
      intent: classifyIntent(userInput, indexOf(catalogue)),
    })
    if (index >= 200) latenciesMs.push(performance.now() - startedAt)
  }
  latenciesMs.sort((one, other) => one - other)
  return {
    what: 'embedded generation, intent included',
    measured: `p50 ${milliseconds(percentile(latenciesMs, 0.5))}, p95 ${milliseconds(percentile(latenciesMs, 0.95))}`,
    figure: 'p95 ≤ 3 ms',
    ceiling: '',
  }
}

const IN_FLIGHT = 500
const BODY = { text: randomBytes(512).toString('hex') }

async function measureEnqueue(durationMs: number): Promise<Measurement> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mesh-bench-'))
  try {
    const enqueued = await enqueueRate(folder, durationMs / 2)
    const ceiling = handTunedRate(folder, durationMs / 2)
    return {
      what: 'durable enqueue in process, synchronous=FULL',
      measured: `${perSecond(enqueued)} (${(enqueued / ceiling).toFixed(2)} of the loop)`,
      figure: '≥ half of a hand-tuned loop',
      ceiling: `${perSecond(ceiling)}: better-sqlite3, ${IN_FLIGHT} rows a transaction`,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function enqueueRate(dataDir: string, durationMs: number): Promise<number> {
  const driver = await openDriver('sqlite:', { dataDir, queueLengthMax: 10_000_000 })
  const bus = createMessageBus({ driver, retryDelaysMs: [], leaseMs: 30_000 })
  const startedAt = performance.now()
  let confirmed = 0
  const publishUntilDone = async () => {
    while (performance.now() - startedAt < durationMs) {
      await bus.publish({ queue: 'bench', id: randomUUID(), body: BODY })
      confirmed++
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, publishUntilDone))
  const rate = confirmed / ((performance.now() - startedAt) / 1_000)
  await bus.close(1_000)
  return rate
}

/** What the disk and SQLite allow: the same bodies under the same kind of key, in transactions of that size. */
function handTunedRate(folder: string, durationMs: number): number {
  const migration = {
    id: 1,
    name: 'bench',
    sql: 'CREATE TABLE message (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL) STRICT',
  }
  const database = openDatabase({ path: path.join(folder, 'loop.db'), migrations: [migration] })
  const insert = database.prepare<[string, Buffer]>('INSERT INTO message (id, body) VALUES (?, ?)')
  const body = Buffer.from(JSON.stringify(BODY))
  const startedAt = performance.now()
  let inserted = 0
  while (performance.now() - startedAt < durationMs) {
    database.transaction(() => {
      for (let index = 0; index < IN_FLIGHT; index++) insert.run(randomUUID(), body)
    })
    inserted += IN_FLIGHT
  }
  const rate = inserted / ((performance.now() - startedAt) / 1_000)
  database.close()
  return rate
}
