import type { Intent } from '#shared/contracts'

export type { Intent } from '#shared/contracts'

/** What kind of question it is. Attached to spans and answers; never decides what the query says. */
export interface IntentClassification {
  readonly intent: Intent
  /** 0 (a guess) to 1. */
  readonly confidence: number
  /** The words of the question the decision rests on, as written, in order. */
  readonly keywordsFound: readonly string[]
}
