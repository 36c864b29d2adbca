/** Conditions taken apart at their `&&` and put together again. */

import type { Expression, FilterStage, Stage } from '../tree/ast'
import { allOf, stage as buildStage } from '../tree/build'

/**
 * What all has to be true for a condition to be true: `a && b && c` gives three. Taking a filter apart at
 * its `&&` is safe with null, too, since a filter drops the rows whose condition is null.
 */
export function conjunctsOf(condition: Expression): readonly Expression[] {
  const conjuncts: Expression[] = []
  const pending = [condition]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.kind === 'BinaryExpression' && node.operator === '&&') pending.push(node.right, node.left)
    else conjuncts.push(node)
  }
  return conjuncts
}

/** A filter for all the conditions; none when there are none. */
export function filterOn(conjuncts: readonly Expression[]): readonly FilterStage[] {
  const predicate = allOf(conjuncts)
  return predicate === undefined ? [] : [buildStage<FilterStage>({ kind: 'FilterStage', predicate })]
}

/** The stages that a stage which drops rows can be split into: only a `filter` falls apart. */
export function partsOf(stage: Stage): readonly Stage[] {
  if (stage.kind !== 'FilterStage') return [stage]
  return conjunctsOf(stage.predicate).map((predicate): FilterStage => ({ ...stage, predicate }))
}

/** The parts put together again. */
export function joinFilters(parts: readonly Stage[]): readonly Stage[] {
  const predicates = parts.flatMap((part) => (part.kind === 'FilterStage' ? [part.predicate] : []))
  return predicates.length === parts.length ? filterOn(predicates) : parts
}
