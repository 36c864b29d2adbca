import type { Guarantees } from '../../../testing/contract'

/** What drivers promise that keep messages in this process. */
export const EMBEDDED_GUARANTEES: Guarantees = {
  durable: true,
  ordered: true,
  ordersReturned: true,
  manualClock: true,
  leases: true,
  deduplicates: true,
  tellsStatus: true,
  tellsExpiry: true,
  showsMessages: true,
  countsHeld: true,
  tellsAge: true,
  tellsQueueSize: true,
  strictPriorities: true,
  renewsTimeToLive: true,
  exactLengthLimit: true,
  fansOutAtomically: true,
  pagesDeadLetters: true,
}
