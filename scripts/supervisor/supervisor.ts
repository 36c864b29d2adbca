import type { ChildSpec } from './child-spec'
import { type Clock, systemClock } from './clock'
import { type ChildEvent, KeptChild } from './kept-child'
import type { RestartLimits } from './restart-delay'

export interface SupervisorOptions {
  /** How long children may take to end before they are killed. */
  readonly stopTimeoutMs: number
  readonly report: (child: KeptChild, event: ChildEvent) => void
  readonly clock?: Clock
  readonly limits?: RestartLimits
}

/** Why nothing runs any more. */
export type SupervisorEnd = 'stopped' | 'misconfigured'

/** Starts children all at once, keeps each running, and stops them in order. */
export class Supervisor {
  readonly children: readonly KeptChild[]
  #end: SupervisorEnd = 'stopped'
  readonly #clock: Clock

  constructor(
    specs: readonly ChildSpec[],
    private readonly options: SupervisorOptions,
  ) {
    this.#clock = options.clock ?? systemClock
    this.children = specs.map((spec) => this.#keep(spec))
  }

  /** Starts all children; to be called once. */
  start(): void {
    for (const child of this.children) child.start()
  }

  /** Resolves when every child was ready once. */
  get ready(): Promise<void> {
    return Promise.all(this.children.map((child) => child.firstReady)).then(() => undefined)
  }

  /** Resolves when every child has ended for good. */
  get ended(): Promise<SupervisorEnd> {
    return Promise.all(this.children.map((child) => child.ended)).then(() => this.#end)
  }

  /** Asks the children to end, phase by phase; those that do not in time are killed. */
  async stop(): Promise<void> {
    const phaseOf = ({ spec }: KeptChild) => spec.stopPhase ?? 0
    const phases = [...new Set(this.children.map(phaseOf))].sort((one, other) => one - other)
    for (const phase of phases) await this.#stopAll(this.children.filter((child) => phaseOf(child) === phase))
  }

  /** Ends all children now. */
  kill(): void {
    for (const child of this.children) child.kill()
  }

  #keep(spec: ChildSpec): KeptChild {
    const { report, limits } = this.options
    const child: KeptChild = new KeptChild(spec, {
      clock: this.#clock,
      limits,
      report: (event) => {
        report(child, event)
        if (event.kind === 'misconfigured') this.#giveUp()
      },
    })
    return child
  }

  #giveUp(): void {
    if (this.#end === 'misconfigured') return
    this.#end = 'misconfigured'
    void this.stop()
  }

  async #stopAll(children: readonly KeptChild[]): Promise<void> {
    const allEnded = new AbortController()
    for (const child of children) child.stop()
    const ended = Promise.all(children.map((child) => child.ended)).then(() => allEnded.abort())
    await Promise.race([ended, this.#clock.sleep(this.options.stopTimeoutMs, allEnded.signal)])
    for (const child of children) child.kill()
    await ended
  }
}
