/** What a piece of advice is: a named look at one pipeline that finds stages worth changing. */

import type { FieldCatalogue } from '../catalogue/field-catalogue'
import type { Query, Stage } from '../tree/ast'

/** The stages of a query or of one of its sub-queries. */
export interface Pipeline {
  readonly stages: readonly Stage[]
  /** The query it is a sub-query of; null for the whole query. */
  readonly outer: Query | null
  /** The fields of the data, where they are known. */
  readonly catalogue: FieldCatalogue | null
}

/** One place in a pipeline that could be better. */
export interface Finding {
  /** The stage it is about. */
  readonly index: number
  /** What was found and what would be better, in lower case and without a full stop. */
  readonly message: string
  /** All stages of the pipeline with the advice taken; left out where only the query's writer can tell how. */
  readonly stages?: readonly Stage[]
}

export interface Advice<Code extends string = string> {
  readonly code: Code
  /** For the documentation. */
  readonly summary: string
  /**
   * Looks at one pipeline. The stages it proposes give the same rows, unless its message says which rows or
   * values they give instead.
   */
  readonly find: (pipeline: Pipeline) => readonly Finding[]
}

/** Advice under a stable code, which is never given another meaning. */
export function defineAdvice<const Code extends string>(
  code: Code,
  summary: string,
  find: Advice['find'],
): Advice<Code> {
  return { code, summary, find }
}
