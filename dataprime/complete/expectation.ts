import type { Slot, WordPart } from '../catalogue/clauses'
import type { ExpressionPlace } from './expression-place'

/** Something that the grammar allows at the caret. Indexes are those of the tokens of the stage. */
export type Expectation =
  | { readonly kind: 'command' }
  /** A word of a clause; of several words in a row those that are not written yet. */
  | { readonly kind: 'word'; readonly text: string; readonly part: WordPart }
  | { readonly kind: 'sign'; readonly text: string }
  | ExpectedExpression
  /** A dataset or an enrichment table whose first token is at `from`. */
  | { readonly kind: 'dataset'; readonly slot: 'dataset' | 'table'; readonly from: number }
  | { readonly kind: 'type' }
  | { readonly kind: 'extractor' }
  | { readonly kind: 'extractor-argument'; readonly place: ExpressionPlace }
  | { readonly kind: 'stage-end' }

export interface ExpectedExpression {
  readonly kind: 'expression'
  readonly slot: Slot
  readonly place: ExpressionPlace
  /** It may stand here only because the word before it may be left out. */
  readonly wordLeftOut: boolean
}
