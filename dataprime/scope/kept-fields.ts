/** Where the fields of a row are found after a stage that kept them under other names. */
import { calledAggregation } from '../tree/aggregation'
import type { AliasedExpression, Keypath, Stage } from '../tree/ast'
import { canonicalKeypath, resultKeypath, resultsOf } from '../tree/keypaths'

export interface KeptField {
  readonly keypath: Keypath
  /** Whether the field is found under this name only, as documented. */
  readonly certain: boolean
}

/** Where each field that a stage kept is found after it, by the canonical text of its keypath. */
export function keptFieldsOf(stage: Stage): ReadonlyMap<string, KeptField> {
  if (stage.kind === 'MoveStage') {
    return new Map([[canonicalKeypath(stage.from), { keypath: stage.to, certain: true }]])
  }
  const kept = new Map<string, KeptField>()
  for (const result of resultsOf(stage)) {
    const keypath = resultKeypath(result)
    if (keypath === undefined || result.expression.kind !== 'Keypath') continue
    kept.set(canonicalKeypath(result.expression), { keypath, certain: isNameCertain(result) })
  }
  return kept
}

/** The name of a nested key that is not given one is documented by examples of one level only. */
function isNameCertain({ expression, alias }: AliasedExpression): boolean {
  return alias !== null || (expression.kind === 'Keypath' && expression.segments.length === 1)
}

/** The aggregations among the results of a stage that were given no name. */
export function namelessResultsOf(stage: Stage): readonly AliasedExpression[] {
  return resultsOf(stage).filter(isNameless)
}

export function isNameless(result: AliasedExpression): boolean {
  return resultKeypath(result) === undefined && calledAggregation(result.expression) !== undefined
}
