import type {
  ComparisonOperator,
  Condition,
  GroupKey,
  Measure,
  NamedUnit,
  Order,
  SortDirection,
} from './intermediate'
import type { SourceIndex } from './link/catalogue-index'
import type { Field } from './link/field'
import type { LinkCache } from './link/mentions'
import type { Question } from './question'
import type { Timeframe } from './time/timeframe'

/** A condition and where in the question it was said. */
export interface PlacedCondition {
  readonly condition: Condition
  readonly start: number
  readonly end: number
  /** Said by the noun the question is about ("shipping warnings"), which then leads the filter. */
  readonly isHead: boolean
  /** Values set side by side ("kafka vs sqs"): their field also groups. */
  readonly isComparison: boolean
  /** What must not occur at all, where it was said so ("without errors"): the condition before it was turned round. */
  readonly absent?: Condition
}

export interface PlacedKey {
  readonly key: GroupKey
  readonly start: number
}

/** A measure, where it was said, and the words its alias may be made of. */
export interface PlacedMeasure {
  readonly measure: Measure
  readonly start: number
  readonly end: number
  /** The superlative or noun the question used: biggest, fraction, hits. */
  readonly said: string
  /** Only what an adjective ranks by ("slowest paths"): a measure that is named takes its place. */
  readonly isImplied?: boolean
}

export interface DraftHaving {
  /** Null for the share, which becomes a measure last. */
  readonly measure: PlacedMeasure | null
  readonly operator: ComparisonOperator
  readonly value: number
}

/** The noun a question is about when that is a field: "pods using …", "which hosts …". */
export interface Subject {
  readonly field: Field
  readonly start: number
  readonly end: number
  /** Asked for by "which", "what" or "list". */
  readonly isAsked: boolean
}

export interface DraftShare {
  readonly scale: 1 | 100
  /** fraction, share, rate. */
  readonly said: string
  readonly start: number
  readonly end: number
}

/** How the result is ordered, before it is known what there is to order by. */
export type DraftOrder =
  | Order
  /** By the measure, else by the field when one is named, else by the number the question compares. */
  | { readonly by: 'rank'; readonly field: Field | null; readonly direction: SortDirection }
  /** By what groups the result or is listed. */
  | { readonly by: 'key'; readonly direction: SortDirection }
  | { readonly by: 'placed'; readonly measure: PlacedMeasure; readonly direction: SortDirection }

/** What the mechanisms have gathered so far; each adds to it, and what replaces what is settled when all is read. */
export interface Draft {
  timeframe: Timeframe | null
  readonly conditions: PlacedCondition[]
  readonly groupKeys: PlacedKey[]
  readonly measures: PlacedMeasure[]
  readonly having: DraftHaving[]
  readonly projection: Field[]
  /** A share whose counted part is told apart only when all conditions are known. */
  share: DraftShare | null
  /** The question sets things side by side ("compare", "beside"). */
  isComparison: boolean
  subject: Subject | null
  /** Fields listed together with the subject. */
  readonly alsoListed: Field[]
  order: DraftOrder | null
  limit: number | null
  /** What measures are to be told in: "in GB". */
  resultUnit: NamedUnit | null
  readonly assumptions: string[]
}

/** One attempt to read a question over one source. */
export interface Reading {
  readonly question: Question
  readonly index: SourceIndex
  readonly links: LinkCache
  readonly draft: Draft
  /** The number that an earlier query measures, which a follow-up may go on with: "use the median". */
  readonly measured?: Field | undefined
}

export function emptyDraft(): Draft {
  return {
    timeframe: null,
    conditions: [],
    groupKeys: [],
    measures: [],
    having: [],
    projection: [],
    share: null,
    isComparison: false,
    subject: null,
    alsoListed: [],
    order: null,
    limit: null,
    resultUnit: null,
    assumptions: [],
  }
}

export function assume(reading: Reading, text: string): void {
  if (!reading.draft.assumptions.includes(text)) reading.draft.assumptions.push(text)
}
