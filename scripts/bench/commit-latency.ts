import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { openDatabase } from '#shared/sqlite'
import { percentile } from './open-loop'
import { milliseconds } from './report'

const COMMITS = 200
const PAUSE_MS = 10

/**
 * What the disk takes for one durable commit of one row, with nothing else going on. No request that waits for
 * its message to be on disk can be faster, and its slowest are those of the disk.
 */
export async function measureCommitLatency(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mesh-bench-'))
  try {
    const migration = { id: 1, name: 'bench', sql: 'CREATE TABLE row (text TEXT NOT NULL) STRICT' }
    const database = openDatabase({ path: path.join(folder, 'commit.db'), migrations: [migration] })
    const insert = database.prepare<[string]>('INSERT INTO row (text) VALUES (?)')
    const latenciesMs: number[] = []
    for (let index = 0; index < COMMITS; index++) {
      const startedAt = performance.now()
      insert.run('x'.repeat(1_000))
      latenciesMs.push(performance.now() - startedAt)
      await wait(PAUSE_MS)
    }
    database.close()
    latenciesMs.sort((one, other) => one - other)
    return `p50 ${milliseconds(percentile(latenciesMs, 0.5))}, p99 ${milliseconds(percentile(latenciesMs, 0.99))}: one durable commit`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
