import type { Claim } from '#shared/idempotency'
import type { EventBatch } from './publish-events'

/**
 * The batch with an id and a time for each event that has no id. Both come from the claim: when a request with an
 * `Idempotency-Key` begins anew after a crash, what was published before is found again under the same id, with
 * the same body. An event that has an id must have its time, too: a time of ours would make another event of it each
 * time it is sent.
 */
export function identifyEvents(batch: EventBatch, claim: Claim): EventBatch {
  const isOne = batch.inputs.length === 1
  return {
    ...batch,
    inputs: batch.inputs.map((input, index) => {
      if (typeof input !== 'object' || input === null || Array.isArray(input) || 'event_id' in input) {
        return input
      }
      const event_id = isOne ? claim.id : `${claim.id}.${index}`
      return { event_id, occurred_at: claim.startedAt, ...input }
    }),
  }
}
