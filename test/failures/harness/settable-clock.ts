import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'

/** The wall clock of processes that were started with `env`. */
export interface SettableClock {
  readonly env: Readonly<Record<string, string>>
  /** Tells these processes, and those to be started, that it is so much later; negative is earlier. */
  set(aheadMs: number, pids: readonly number[]): void
}

export function startSettableClock(test: TestContext): SettableClock {
  const folder = mkdtempSync(path.join(tmpdir(), 'mesh-clock-'))
  test.after(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'shift')
  writeFileSync(file, '0')
  return {
    env: {
      NODE_OPTIONS: `--require ${path.join(__dirname, 'jumping-clock.js')}`,
      CLOCK_SHIFT_FILE: file,
    },
    set(aheadMs, pids) {
      writeFileSync(file, String(aheadMs))
      for (const pid of pids) process.kill(pid, 'SIGUSR2')
    },
  }
}
