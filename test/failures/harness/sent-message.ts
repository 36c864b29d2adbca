import { randomBytes } from 'node:crypto'

/** A message in the sender's ledger, with the trace that it is the root of. */
export interface SentMessage {
  readonly id: string
  /** The id of the row that it ends as; its own unless the service gave it another. */
  rowId: string
  readonly traceId: string
  /** The sender's own span: never exported, and the parent that every span of the trace leads up to. */
  readonly spanId: string
  /** How often it was confirmed. */
  confirmations: number
  /** How many of these said that it was there before. */
  duplicates: number
  /** Answers that it was not taken, such as 429 and 507. */
  refusals: number
  /** Sends whose connection broke before an answer, so that nobody could know whether it was taken. */
  unanswered: number
}

export function aSentMessage(index: number): SentMessage {
  const id = `m-${index}`
  return {
    id,
    rowId: id,
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    confirmations: 0,
    duplicates: 0,
    refusals: 0,
    unanswered: 0,
  }
}

/** What the promise is about: it was confirmed at least once. */
export function isAccepted({ confirmations }: SentMessage): boolean {
  return confirmations > 0
}

export function traceparentOf({ traceId, spanId }: SentMessage): string {
  return `00-${traceId}-${spanId}-01`
}
