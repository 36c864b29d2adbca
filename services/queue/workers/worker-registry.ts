import type { Clock } from '#shared/messaging'

/** Who takes messages of a queue from outside of this process. */
export interface RemoteWorker {
  readonly worker: string
  readonly queue: string
  /** Set while it takes none, because what it hands messages to is away. */
  readonly paused?: WorkerPause
}

export interface WorkerPause {
  /** Wall clock, milliseconds since the epoch. */
  readonly until: number
  readonly reason: string
}

export interface WorkerRegistryOptions {
  readonly clock: Pick<Clock, 'elapsed'>
  /** How long a worker that does not claim is still taken for one: longer than a claim waits. */
  readonly silentMs: number
  /** Workers known at a time; those that were silent longest are forgotten first. */
  readonly countMax: number
}

/** How long a worker may say nothing beyond what it announced. It says something every ten seconds. */
const SILENT_MS = 25_000
const WORKERS_MAX = 10_000

/** Longest pause that is believed, the longest that a callee may ask for: beyond it some clock is wrong. */
const PAUSE_MAX_MS = 3_600_000

export function createWorkerRegistry(clock: Pick<Clock, 'elapsed'>): WorkerRegistry {
  return new WorkerRegistry({ clock, silentMs: SILENT_MS, countMax: WORKERS_MAX })
}

interface Entry extends RemoteWorker {
  /** On the monotonic clock. */
  readonly forgottenAt: number
}

/**
 * The workers that claim messages. None says goodbye when it is killed, so each is forgotten a while after its last
 * claim; one that is busy with what it holds may be missing for a moment.
 */
export class WorkerRegistry {
  readonly #options: WorkerRegistryOptions
  /** Least recently seen first. */
  readonly #entries = new Map<string, Entry>()

  constructor(options: WorkerRegistryOptions) {
    this.#options = options
  }

  /** A worker asks for messages. */
  seen(worker: string, queue: string, waitMs: number): void {
    this.#keep({ worker, queue }, waitMs)
  }

  /** A worker asks for no more, for good or for as long as its pause lasts. */
  left(worker: string, queue: string, paused: WorkerPause | undefined, now: number): void {
    if (paused === undefined) this.#entries.delete(keyOf(worker, queue))
    else this.#keep({ worker, queue, paused }, Math.min(Math.max(0, paused.until - now), PAUSE_MAX_MS))
  }

  ofQueue(queue: string): readonly RemoteWorker[] {
    this.#forgetSilent()
    return [...this.#entries.values()].filter((entry) => entry.queue === queue)
  }

  #keep(worker: RemoteWorker, expectedMs: number): void {
    const { clock, silentMs, countMax } = this.#options
    const key = keyOf(worker.worker, worker.queue)
    this.#entries.delete(key)
    this.#entries.set(key, { ...worker, forgottenAt: clock.elapsed() + expectedMs + silentMs })
    if (this.#entries.size <= countMax) return
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      return
    }
  }

  #forgetSilent(): void {
    const now = this.#options.clock.elapsed()
    for (const [key, { forgottenAt }] of this.#entries) if (forgottenAt <= now) this.#entries.delete(key)
  }
}

function keyOf(worker: string, queue: string): string {
  return `${queue}\n${worker}`
}
