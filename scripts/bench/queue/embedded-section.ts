import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createMessageBus, openDriver } from '#shared/messaging'
import { openDatabase } from '#shared/sqlite'
import { type Measurement, perSecond } from '../report'
import { BODY, BODY_BYTES, LENGTH_MAX, QUEUE } from './bench-message'
import { measureInTurns, rateOf } from './rounds'

const IN_FLIGHT = 500

/** The queue file beside the best that can be done with SQLite for the same bodies. */
export async function measureEmbeddedEnqueue({
  durationMs,
}: {
  readonly durationMs: number
}): Promise<Measurement[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mesh-bench-'))
  const driver = await openDriver('sqlite:', { dataDir: folder, queueLengthMax: LENGTH_MAX })
  const bus = createMessageBus({ driver, retryDelaysMs: [], leaseMs: 30_000 })
  const loop = openHandTunedLoop(path.join(folder, 'loop.db'))
  try {
    const publish = () => bus.publish({ queue: QUEUE, id: randomUUID(), body: BODY })
    const { rate, ceiling, ratio } = await measureInTurns(
      durationMs,
      (partMs) => rateOf(publish, { inFlight: IN_FLIGHT, durationMs: partMs }),
      async (partMs) => loop.rate(partMs),
    )
    return [
      {
        what: 'durable enqueue in process, synchronous=FULL',
        measured: `${perSecond(rate)} (${ratio.toFixed(2)} of the loop)`,
        figure: '≥ half of a hand-tuned loop',
        ceiling: `${perSecond(ceiling)}: better-sqlite3, ${IN_FLIGHT} rows a transaction`,
      },
    ]
  } finally {
    await bus.close(1_000)
    loop.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the disk and SQLite allow: the same bodies under the same kind of key, in transactions of that size. */
function openHandTunedLoop(file: string) {
  const migration = {
    id: 1,
    name: 'bench',
    sql: 'CREATE TABLE message (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL) STRICT',
  }
  const database = openDatabase({ path: file, migrations: [migration] })
  const insert = database.prepare<[string, Buffer]>('INSERT INTO message (id, body) VALUES (?, ?)')
  return {
    rate(durationMs: number): number {
      const startedAt = performance.now()
      let inserted = 0
      while (performance.now() - startedAt < durationMs) {
        database.transaction(() => {
          for (let index = 0; index < IN_FLIGHT; index++) insert.run(randomUUID(), BODY_BYTES)
        })
        inserted += IN_FLIGHT
      }
      return inserted / ((performance.now() - startedAt) / 1_000)
    },
    close: () => database.close(),
  }
}
