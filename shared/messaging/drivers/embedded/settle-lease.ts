import type { LeaseSettlement } from '../../claimable-driver'
import type { Claim, MessageStore } from './message-store'

/** How long from now until a message that is settled like this is due again. */
export function waitOf(settlement: LeaseSettlement): number {
  if (settlement.action === 'nack') return settlement.delayMs
  return settlement.action === 'extend' ? settlement.leaseMs : 0
}

/** Must run inside `transact`. False when the lease no longer stands; nothing is changed then. */
export function settleLease(
  store: MessageStore,
  claim: Claim,
  settlement: LeaseSettlement,
  { at, until }: { readonly at: number; readonly until: number },
): boolean {
  switch (settlement.action) {
    case 'ack':
      return store.acknowledge(claim, at)
    case 'nack':
      return store.retry(claim, { delayMs: settlement.delayMs, until })
    case 'release':
      return store.release(claim)
    case 'dead-letter':
      return store.deadLetter(claim, settlement.cause, at)
    case 'extend':
      return store.extend(claim, until)
  }
}
