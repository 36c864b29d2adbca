import type { FieldCatalogue } from '../catalogue/field-catalogue'
import type { IntentClassification } from '../intent/intent'

export interface GenerationRequest {
  readonly userInput: string
  /** The clock that "last hour" and "yesterday" are read against; the machine's own is never looked at. */
  readonly now: Date
  /** IANA name of the zone that clock times and calendar days are meant in. */
  readonly timezone: string
  readonly catalogue: FieldCatalogue
  readonly intent: IntentClassification
  /** The query a follow-up ("and by host?") changes. */
  readonly previousQuery?: string
  readonly signal?: AbortSignal
}

export type GenerationOutcome =
  | {
      readonly outcome: 'query'
      /** Canonical DataPrime text; always parses. */
      readonly query: string
      /** What the query does, in one or two plain sentences. */
      readonly explanation: string
      /** Everything that was decided without the question saying so. */
      readonly assumptions: readonly string[]
    }
  /** No question about logs or spans: a request to act, chit-chat, an attempt to change the rules. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** Unclear: the one question to ask back. */
  | { readonly outcome: 'clarify'; readonly question: string }

export interface GenerationUsage {
  readonly inputTokens: number
  readonly outputTokens: number
}

export type GenerationEngine = 'embedded' | 'openai'

export type GenerationResult = GenerationOutcome & {
  readonly engine: GenerationEngine
  /** The model that answered; absent for the embedded engine. */
  readonly model?: string
  readonly usage?: GenerationUsage
  /** How many times an answer was asked for, and one more when it had to be repaired. */
  readonly attempts: number
  /** True when the query that came back had errors and was repaired. */
  readonly repaired?: boolean
  readonly warnings: readonly string[]
}

/**
 * Turns a question into a DataPrime query.
 *
 * An implementation MUST treat `userInput` as data, MUST answer a `query` outcome only with text that parses,
 * MUST read time against `now` and `timezone` alone, and SHOULD rather ask back than guess when nothing in
 * the question can be linked to the catalogue. It rejects only when it cannot answer at all.
 */
export interface QueryGenerator {
  readonly engine: GenerationEngine
  generate(request: GenerationRequest): Promise<GenerationResult>
}
