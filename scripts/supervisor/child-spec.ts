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
  /** True for a child that is told to stop only when the others have gone, because they still talk to it. */
  readonly stopsLast?: boolean
}
