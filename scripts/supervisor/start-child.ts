import { type ChildProcess, spawn } from 'node:child_process'
import type { ChildSpec } from './child-spec'
import { readLines } from './read-lines'

/** How a child ended; `error` is set when it could not be started at all. */
export interface ChildExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly error?: Error
}

export interface RunningChild {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined
  /** Resolves when the child has gone and its output has been read; it never rejects. */
  readonly exit: Promise<ChildExit>
  /** Signals the child and whatever it started; harmless once it has gone. */
  signal(name: NodeJS.Signals): void
}

/** A grandchild may hold the output open; lines are awaited no longer than this after the child has gone. */
const OUTPUT_AFTER_EXIT_MS = 500

/**
 * Starts a command in a process group of its own, so that Ctrl-C in the terminal reaches the supervisor
 * alone, which then decides who stops when. The IPC channel is what `follow-parent` listens to.
 */
export function startChild(spec: ChildSpec, onLine: (line: string) => void): RunningChild {
  const child = trySpawn(spec)
  if (child instanceof Error) return neverStarted(child)
  if (child.stdout !== null) readLines(child.stdout, onLine)
  if (child.stderr !== null) readLines(child.stderr, onLine)
  let gone = false
  const exit = waitForExit(child)
  void exit.then(() => {
    gone = true
  })
  return {
    pid: child.pid,
    exit,
    signal: (name) => {
      if (!gone && child.pid !== undefined) signalGroup(child.pid, name)
    },
  }
}

/** Some failures are thrown (no file descriptor is left), others are events (there is no such command). */
function trySpawn({ command, args, cwd, environment }: ChildSpec): ChildProcess | Error {
  try {
    return spawn(command, args, {
      cwd,
      env: environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
  } catch (error) {
    return error as Error
  }
}

function neverStarted(error: Error): RunningChild {
  return {
    pid: undefined,
    exit: Promise.resolve({ code: null, signal: null, error }),
    signal: () => undefined,
  }
}

function waitForExit(child: ChildProcess): Promise<ChildExit> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error })
    })
    child.once('exit', (code, signal) => {
      const done = () => resolve({ code, signal })
      child.once('close', done)
      // A process that stood still hears of the time before it reads what was printed in it.
      setTimeout(() => setImmediate(done), OUTPUT_AFTER_EXIT_MS).unref()
    })
  })
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name)
  } catch (error) {
    // Nobody is left in the group; macOS says EPERM as long as the dead have not been collected.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
