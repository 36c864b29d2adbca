import type { Severity } from '#dataprime'
import type { SourceName } from './link/catalogue-index'
import type { Field } from './link/field'
import type { Interval, Timeframe } from './time/timeframe'
import type { Unit } from './units'

/**
 * The intermediate form: what a question asks for, free of its wording and of the query language. Fields are
 * entries of the catalogue, numbers are in their field's unit.
 */
export interface QueryPlan {
  readonly source: SourceName
  readonly timeframe: Timeframe | null
  /** All of them hold. */
  readonly conditions: readonly Condition[]
  readonly groupKeys: readonly GroupKey[]
  readonly measures: readonly NamedMeasure[]
  /** Conditions on the measures. */
  readonly having: readonly Having[]
  /** Fields whose distinct values are listed; empty unless that is the question. */
  readonly distinct: readonly Field[]
  readonly order: Order | null
  readonly limit: number | null
  /** Fields to show of each record; empty for all of them. */
  readonly projection: readonly Field[]
}

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>='
export type TextOperator = 'contains' | 'startsWith' | 'endsWith' | 'matches'
export type Literal = string | number | boolean

export type Condition =
  | {
      readonly kind: 'compare'
      readonly field: Field
      readonly operator: ComparisonOperator
      readonly value: Literal
    }
  | {
      readonly kind: 'oneOf'
      readonly field: Field
      readonly values: readonly Literal[]
      readonly isNegated: boolean
    }
  | {
      readonly kind: 'text'
      /** Null searches the whole record. */
      readonly field: Field | null
      readonly operator: TextOperator
      /** For `matches` the pattern, a slash escaped. */
      readonly text: string
      readonly isNegated: boolean
    }
  | { readonly kind: 'present'; readonly field: Field; readonly isPresent: boolean }
  | { readonly kind: 'subnet'; readonly field: Field; readonly subnet: string; readonly isNegated: boolean }
  | { readonly kind: 'severity'; readonly severities: readonly Severity[]; readonly isNegated: boolean }
  | { readonly kind: 'severityRange'; readonly operator: ComparisonOperator; readonly severity: Severity }
  | { readonly kind: 'any'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'all'; readonly conditions: readonly Condition[] }

export type GroupKey =
  | { readonly kind: 'field'; readonly field: Field }
  | { readonly kind: 'severity' }
  | { readonly kind: 'bucket'; readonly interval: Interval }

export type StatisticName = 'avg' | 'sum' | 'min' | 'max' | 'stddev' | 'variance'

/** A unit and the word for it in a question, such as `gb`; a measure shown in it is not in its field's own. */
export interface NamedUnit {
  readonly unit: Unit
  readonly name: string
}

/** One value computed over the records of a group. */
export type Measure =
  | { readonly kind: 'count' }
  | { readonly kind: 'countIf'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'distinct'; readonly field: Field }
  | {
      readonly kind: 'statistic'
      readonly name: StatisticName
      readonly field: Field
      readonly shownIn?: NamedUnit
    }
  /** `rank` from 0 to 1. */
  | {
      readonly kind: 'percentile'
      readonly rank: number
      readonly field: Field
      readonly shownIn?: NamedUnit
    }
  /** The share of the records for which the conditions hold, times `scale`. */
  | { readonly kind: 'share'; readonly conditions: readonly Condition[]; readonly scale: 1 | 100 }
  | {
      readonly kind: 'quotient'
      readonly numerator: QuotientPart
      readonly denominator: QuotientPart
      readonly scale: 1 | 100
    }

/** A sum (or with no field a count) over the records for which the conditions hold. */
export interface QuotientPart {
  readonly field: Field | null
  readonly conditions: readonly Condition[]
}

export interface NamedMeasure {
  readonly measure: Measure
  readonly alias: string
}

export interface Having {
  /** Place in `measures`. */
  readonly measure: number
  readonly operator: ComparisonOperator
  readonly value: number
}

export type SortDirection = 'asc' | 'desc'

export type Order =
  | { readonly by: 'measure'; readonly measure: number; readonly direction: SortDirection }
  | { readonly by: 'field'; readonly field: Field; readonly direction: SortDirection }
  | { readonly by: 'timestamp'; readonly direction: SortDirection }
  | { readonly by: 'bucket'; readonly direction: SortDirection }
