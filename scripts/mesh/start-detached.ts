import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Environment } from '#shared/config'
import { CommandError, EXIT } from '../cli/command-error'
import type { ReadySummary } from './ready-summary'
import type { RunFolder } from './run-record'

export interface DetachedStart {
  /** The start command itself, compiled, with its arguments. */
  readonly program: string
  readonly args: readonly string[]
  readonly environment: Environment
  readonly run: RunFolder
  readonly timeoutMs: number
}

/**
 * Starts the mesh in a process of its own that outlives this one, with its output in the log file, and
 * returns when it is ready. The caller has the run lock, which the mesh takes over. Until it is ready the two belong together: when this one is interrupted, so is the start.
 *
 * @throws CommandError with the end of the log when the mesh ends instead, or is not ready in time
 */
export async function startDetached({
  program,
  args,
  environment,
  run,
  timeoutMs,
}: DetachedStart): Promise<ReadySummary> {
  mkdirSync(run.folder, { recursive: true })
  const log = openSync(run.log, 'w')
  const mesh = spawn(process.execPath, [program, ...args], {
    detached: true,
    env: environment,
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  const timedOut = new AbortController()
  try {
    const outcome = await Promise.race([
      readyOf(mesh),
      exitOf(mesh),
      delay(timeoutMs, 'timeout' as const, { signal: timedOut.signal }),
    ])
    if (typeof outcome === 'object') return outcome
    const log = endOfFile(run.log)
    if (outcome === EXIT.OK) throw new CommandError(`the mesh was stopped before it was ready:\n${log}`)
    if (outcome !== 'timeout') throw new CommandError(log, outcome)
    throw new CommandError(`the mesh was not ready within ${timeoutMs} ms:\n${log}`)
  } finally {
    timedOut.abort()
    // A mesh that is not ready takes this as the order to stop; see `followLauncher`.
    if (mesh.connected) mesh.disconnect()
    mesh.unref()
  }
}

function readyOf(mesh: ChildProcess): Promise<ReadySummary> {
  return new Promise((resolve) => mesh.once('message', (summary) => resolve(summary as ReadySummary)))
}

function exitOf(mesh: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    mesh.once('error', reject)
    mesh.once('exit', (code) => resolve(code ?? EXIT.FAILURE))
  })
}

const LOG_LINES_SHOWN = 30

function endOfFile(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n')
}

/**
 * The other side of `startDetached`, in the mesh's process: `tellReady` lets the launcher go, and until then
 * `onLauncherGone` is called when it ends. In a process that nobody launched this way nothing happens.
 */
export function followLauncher(onLauncherGone: () => void): { tellReady: (summary: ReadySummary) => void } {
  const send = process.send?.bind(process)
  if (send === undefined) return { tellReady: () => undefined }
  process.once('disconnect', onLauncherGone)
  // It may have ended before anybody listened.
  if (!process.connected) onLauncherGone()
  // Waiting for the launcher must not keep a mesh alive that has ended.
  process.channel?.unref()
  return {
    tellReady: (summary) => {
      process.off('disconnect', onLauncherGone)
      send(summary)
    },
  }
}
