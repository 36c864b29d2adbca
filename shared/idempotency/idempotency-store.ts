import type { Beginning, Ending, KeyedRequest } from '#shared/contracts'

/**
 * Keeps which requests were done, and with which answer. A key is
 *
 * - free:     unknown, or forgotten after the retention
 * - taken:    a holder works on its request, until it ends it or its lease runs out
 * - answered: its answer is given again to everyone who sends the same body
 *
 * A holder that dies leaves the key taken until the lease runs out. Whoever begins then gets the claim id of the
 * first, so that an effect under that id is there once even if the first got as far as that.
 */
export interface IdempotencyStore {
  /** Takes a free key, or tells why it cannot be had. Resolves after COMMIT. */
  begin(request: KeyedRequest): Promise<Beginning>
  /**
   * Keeps the answer, or frees the key when there is none. Resolves after COMMIT; false when the lease had run
   * out and the key is someone else's, and then nothing is changed.
   */
  end(ending: Ending): Promise<boolean>
}
