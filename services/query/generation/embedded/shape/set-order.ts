import type { DraftOrder, Reading } from '../draft'

/** The first order a question names stands. */
export function setOrder(reading: Reading, order: DraftOrder): void {
  reading.draft.order ??= order
}

/** The first limit a question names stands; a limit is a positive whole number. */
export function setLimit(reading: Reading, limit: number): void {
  if (Number.isInteger(limit) && limit > 0) reading.draft.limit ??= limit
}
