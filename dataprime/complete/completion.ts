import type { TextRange } from '../tree/ast'

export type CompletionKind =
  | 'command'
  | 'clause'
  | 'function'
  | 'aggregation'
  | 'argument'
  | 'field'
  | 'value'
  | 'unit'
  | 'dataset'
  | 'type'
  | 'extractor'
  | 'operator'
  /** A comma, pipe or bracket. */
  | 'punctuation'

/** Something that may stand at a place of a query. */
export interface Completion {
  readonly label: string
  readonly kind: CompletionKind
  /** What replaces `range`; for a call it ends behind its opening parenthesis. */
  readonly insertText: string
  /** The word being typed, a half-typed keypath or a string from its quote on; empty where nothing is typed yet. */
  readonly range: TextRange
  /** A signature, a line of syntax or a type; empty where the label says it all. */
  readonly detail: string
  /** A sentence; empty where there is nothing to say. */
  readonly documentation: string
}
