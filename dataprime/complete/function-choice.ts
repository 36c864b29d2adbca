/** Which functions are offered where, the usual ones first. */

import type { Slot } from '../catalogue/clauses'
import { FUNCTIONS, type FunctionSignature, isAggregation, signaturesOf } from '../catalogue/functions'
import type { ExpressionPlace, Frame } from './expression-place'

/** The signatures of one kind that nothing replaces, those that are documented first. */
function offered(kind: FunctionSignature['kind']): readonly FunctionSignature[] {
  const lasting = FUNCTIONS.filter((signature) => signature.kind === kind && signature.deprecatedFor === null)
  return [
    ...lasting.filter(({ documented }) => documented),
    ...lasting.filter(({ documented }) => !documented),
  ]
}

export const SCALAR_FUNCTIONS = offered('scalar')

const USUAL_AGGREGATIONS = ['count', 'sum', 'avg', 'max', 'min', 'percentile', 'count_if', 'distinct_count']

export const AGGREGATE_FUNCTIONS: readonly FunctionSignature[] = [
  ...USUAL_AGGREGATIONS.flatMap((name) => signaturesOf(name).filter(({ kind }) => kind === 'aggregate')),
  ...offered('aggregate').filter(({ name }) => !USUAL_AGGREGATIONS.includes(name)),
]

/** Whether aggregations may stand here: in a clause for them, and not within another aggregation. */
export function mayAggregate(slot: Slot, { frame, outer }: ExpressionPlace): boolean {
  return (slot === 'aggregate' || slot === 'result') && ![...outer, frame].some(aggregates)
}

function aggregates({ kind, name, argument, target }: Frame): boolean {
  return kind === 'call' && isAggregation(name, argument + (target === null ? 1 : 2))
}
