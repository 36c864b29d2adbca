import type { Guarantees } from '../../../testing/contract'

/** What a broker promises by itself. */
export const RABBITMQ_GUARANTEES: Guarantees = {
  durable: true,
  ordered: true,
  ordersReturned: false,
  manualClock: false,
  leases: false,
  deduplicates: false,
  tellsStatus: false,
  tellsExpiry: false,
  showsMessages: false,
  countsHeld: false,
  tellsAge: false,
  tellsQueueSize: false,
  renewsTimeToLive: false,
  exactLengthLimit: false,
  fansOutAtomically: false,
  pagesDeadLetters: false,
  strictPriorities: false,
}
