import type { ChildSpec } from './child-spec'
import type { Clock } from './clock'
import { LastLines } from './last-lines'
import { RESTART_LIMITS, type RestartLimits, restartDelayMs } from './restart-delay'
import { type ChildExit, type RunningChild, startChild } from './start-child'
import { waitUntilReady } from './wait-until-ready'

/** Exit code that says the configuration is wrong (`EX_CONFIG` of sysexits.h): a restart cannot help. */
export const EXIT_MISCONFIGURED = 78

export type ChildEvent =
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'started'; readonly pid: number | undefined }
  | { readonly kind: 'ready'; readonly tookMs: number; readonly restarts: number }
  | { readonly kind: 'exited'; readonly exit: ChildExit; readonly restart: number; readonly delayMs: number }
  | { readonly kind: 'misconfigured'; readonly lastLines: readonly string[] }
  | { readonly kind: 'killed' }

export interface KeptChildOptions {
  readonly clock: Clock
  readonly report: (event: ChildEvent) => void
  readonly limits?: RestartLimits
}

/**
 * One command that is kept running. It is always in one of these states:
 *
 * - starting:  its process exists and is probed until it is ready
 * - ready:     its process exists and was ready once
 * - waiting:   its process ended unasked; a restart follows after the delay
 * - stopping:  it was told to end, and no restart follows
 * - ended:     its process is gone for good: it was stopped, or its configuration is wrong
 */
export type ChildState = 'starting' | 'ready' | 'waiting' | 'stopping' | 'ended'

export class KeptChild {
  #state: ChildState = 'starting'
  #restarts = 0
  #process: RunningChild | undefined
  #lastLines = new LastLines()
  readonly #stop = new AbortController()
  readonly #firstReady = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<void>()

  constructor(
    readonly spec: ChildSpec,
    private readonly options: KeptChildOptions,
  ) {}

  /** Starts it; to be called once. */
  start(): void {
    void this.#keepRunning().then(this.#ended.resolve, this.#ended.reject)
  }

  get name(): string {
    return this.spec.name
  }

  get state(): ChildState {
    return this.#state
  }

  get pid(): number | undefined {
    return this.#state === 'waiting' || this.#state === 'ended' ? undefined : this.#process?.pid
  }

  get restarts(): number {
    return this.#restarts
  }

  /** Resolves when the child is ready for the first time; stays open when it never is. */
  get firstReady(): Promise<void> {
    return this.#firstReady.promise
  }

  /** Resolves when the child has ended for good. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** Asks the child to end. */
  stop(): void {
    this.#endWith('SIGTERM')
  }

  /** Ends the child at once. */
  kill(): void {
    if (this.#state === 'ended') return
    this.#endWith('SIGKILL')
    this.options.report({ kind: 'killed' })
  }

  #endWith(signal: NodeJS.Signals): void {
    if (this.#state === 'ended') return
    this.#state = 'stopping'
    this.#stop.abort()
    this.#process?.signal(signal)
  }

  async #keepRunning(): Promise<void> {
    const { clock, report, limits = RESTART_LIMITS } = this.options
    let restart = 0
    while (!this.#stop.signal.aborted) {
      const { exit, readyForMs } = await this.#runOnce()
      if (this.#stop.signal.aborted) break
      if (exit.code === EXIT_MISCONFIGURED) {
        report({ kind: 'misconfigured', lastLines: this.#lastLines.toArray() })
        break
      }
      restart = readyForMs >= limits.resetAfterMs ? 1 : restart + 1
      this.#restarts += 1
      this.#state = 'waiting'
      const delayMs = restartDelayMs(restart, limits)
      report({ kind: 'exited', exit, restart, delayMs })
      await clock.sleep(delayMs, this.#stop.signal)
    }
    this.#state = 'ended'
  }

  /** One process from its start to its end. */
  async #runOnce(): Promise<{ exit: ChildExit; readyForMs: number }> {
    const { clock, report } = this.options
    const startedAt = clock.now()
    let readyAt: number | undefined
    this.#state = 'starting'
    this.#lastLines = new LastLines()
    const child = startChild(this.spec, (line) => {
      this.#lastLines.add(line)
      report({ kind: 'line', line })
    })
    this.#process = child
    report({ kind: 'started', pid: child.pid })
    const ended = new AbortController()
    const signal = AbortSignal.any([ended.signal, this.#stop.signal])
    void waitUntilReady(this.spec.isReady, { signal, clock }).then((ready) => {
      if (!ready) return
      readyAt = clock.now()
      this.#state = 'ready'
      report({ kind: 'ready', tookMs: readyAt - startedAt, restarts: this.#restarts })
      this.#firstReady.resolve()
    })
    const exit = await child.exit
    ended.abort()
    return { exit, readyForMs: readyAt === undefined ? 0 : clock.now() - readyAt }
  }
}
