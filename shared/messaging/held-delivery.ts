import type { Pathway } from '#shared/telemetry'
import type { Delivery } from './driver'

/** A delivery from the moment it arrives to its settlement. */
export interface HeldDelivery {
  readonly delivery: Delivery
  readonly abort: AbortController
  /** Rejects when a handler that does not heed its signal is no longer waited for. */
  readonly abandoned: PromiseWithResolvers<never>
  /** What the handler's work is a step of. */
  readonly pathway: Pathway
  /** True for the one message that finds out whether a callee is there again. */
  readonly isProbe: boolean
  /** When the lease was last begun, on the monotonic clock. */
  leasedAt: number
  /** From here on the lease is being given up, so it is not extended. */
  settling: boolean
}

export function holdDelivery(
  delivery: Delivery,
  at: Pick<HeldDelivery, 'leasedAt' | 'pathway' | 'isProbe'>,
): HeldDelivery {
  const abandoned = Promise.withResolvers<never>()
  // Nobody need be listening when it rejects.
  abandoned.promise.catch(() => {})
  return { delivery, abort: new AbortController(), abandoned, settling: false, ...at }
}
