import type { SettlementJson, SettleResult } from '#shared/contracts'
import {
  type ClaimableDriver,
  type LeaseSettlement,
  type SettledEvent,
  toFailedStep,
} from '#shared/messaging'
import { assertLease } from './assert-lease'

export interface SettleMessagesDeps {
  readonly driver: ClaimableDriver
  /** Whose leases they are; those of another mean nothing here. */
  readonly owner: string
  /** Longest lease that an extension may ask for. */
  readonly leaseMaxMs: number
  /** Told of every delivery that has ended. */
  readonly settled: (event: Pick<SettledEvent, 'queue' | 'outcome'>) => void
}

/** Settles what workers hold, each by itself, and tells what became of it. Never rejects. */
export type SettleMessages = (settlements: readonly SettlementJson[]) => Promise<SettleResult[]>

const OUTCOMES = {
  ack: 'acked',
  nack: 'retried',
  release: 'released',
  'dead-letter': 'dead-lettered',
  extend: undefined,
} as const satisfies Record<LeaseSettlement['action'], SettledEvent['outcome'] | undefined>

export function createSettleMessages({
  driver,
  owner,
  leaseMaxMs,
  settled,
}: SettleMessagesDeps): SettleMessages {
  // All in one turn of the event loop, so that they share a transaction.
  return (settlements) =>
    Promise.all(
      settlements.map(async (settlement): Promise<SettleResult> => {
        // The messages of another owner are gone, and its numbers may be given anew.
        if (settlement.owner !== owner) return { outcome: 'stale' }
        try {
          if (settlement.action === 'extend') assertLease(settlement.lease_ms, leaseMaxMs)
          const outcome = await driver.settle(settlement, toLeaseSettlement(settlement))
          const end = OUTCOMES[settlement.action]
          if (outcome === 'settled' && end !== undefined) settled({ queue: settlement.queue, outcome: end })
          return { outcome }
        } catch (error) {
          return toFailedStep(error)
        }
      }),
    )
}

function toLeaseSettlement(settlement: SettlementJson): LeaseSettlement {
  switch (settlement.action) {
    case 'nack':
      return { action: 'nack', delayMs: settlement.delay_ms }
    case 'extend':
      return { action: 'extend', leaseMs: settlement.lease_ms }
    case 'dead-letter':
      return { action: 'dead-letter', cause: settlement.cause }
    default:
      return { action: settlement.action }
  }
}
