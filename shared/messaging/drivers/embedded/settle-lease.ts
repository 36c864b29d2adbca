import type { LeaseSettlement } from '../../claimable-driver'
import type { Claim, MessageStore } from './message-store'

/** Must run inside `transact`. False when the lease no longer stands; nothing is changed then. */
export function settleLease(
  store: MessageStore,
  claim: Claim,
  settlement: LeaseSettlement,
  at: number,
): boolean {
  switch (settlement.action) {
    case 'ack':
      return store.acknowledge(claim, at)
    case 'nack':
      return store.retry(claim, { delayMs: settlement.delayMs, at })
    case 'release':
      return store.release(claim, at)
    case 'dead-letter':
      return store.deadLetter(claim, settlement.cause, at)
    case 'extend':
      return store.extend(claim, { at, leaseMs: settlement.leaseMs })
  }
}
