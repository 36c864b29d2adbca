import type { ReadinessProbe } from './wait-until-ready'

/** A command to keep running. */
export interface ChildSpec {
  /** Short name, the prefix of its output. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly isReady: ReadinessProbe
  /**
   * When it is told to stop: children of a lower phase go first, and only when they have gone the next, because
   * they still talk to it. 0 unless told otherwise.
   */
  readonly stopPhase?: number
}
