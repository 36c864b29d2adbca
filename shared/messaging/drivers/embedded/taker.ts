import type { Lease } from './message-store'

/** Whoever takes messages of one queue from an embedded driver: a subscription, or a claim that waits. */
export interface Taker {
  /** Told that there may be something to claim. */
  wake(): void
  /** Told that the lease of a delivery ran out. */
  forget(lease: Lease): void
  /** Told of a failure of the store. */
  report(error: unknown): void
  /** Resolves when it takes nothing more. */
  stop(): Promise<void>
}
