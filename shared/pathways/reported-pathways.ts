import type { PathwaySnapshot } from '#shared/contracts'

export interface ReportedPathwaysOptions {
  /** Most processes whose reports are kept; the one that was silent longest makes room. */
  readonly instancesMax: number
  /** How long a report is kept when no further one comes. */
  readonly keptMs: number
  /** Milliseconds that never go back. */
  readonly elapsed?: () => number
}

/** The latest report of each process that has no port of its own, until it falls silent. */
export class ReportedPathways {
  readonly #options: ReportedPathwaysOptions
  readonly #elapsed: () => number
  /** In the order in which they were last heard of. */
  readonly #reports = new Map<string, { readonly snapshot: PathwaySnapshot; readonly heardAtMs: number }>()

  constructor(options: ReportedPathwaysOptions) {
    this.#options = options
    this.#elapsed = options.elapsed ?? (() => performance.now())
  }

  /** @returns how many processes are known */
  take(snapshot: PathwaySnapshot): number {
    this.#reports.delete(snapshot.instance)
    this.#reports.set(snapshot.instance, { snapshot, heardAtMs: this.#elapsed() })
    this.#dropSilent()
    return this.#reports.size
  }

  current(): PathwaySnapshot[] {
    this.#dropSilent()
    return [...this.#reports.values()].map(({ snapshot }) => snapshot)
  }

  #dropSilent(): void {
    const { instancesMax, keptMs } = this.#options
    const oldestMs = this.#elapsed() - keptMs
    for (const [instance, { heardAtMs }] of this.#reports) {
      if (heardAtMs >= oldestMs && this.#reports.size <= instancesMax) return
      this.#reports.delete(instance)
    }
  }
}
