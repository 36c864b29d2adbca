/** Stages that make one row of each group: what their keys are called, and what they stand for. */

import type {
  AliasedExpression,
  CountbyStage,
  DistinctStage,
  Expression,
  GroupbyStage,
  Keypath,
  Stage,
} from '../tree/ast'

import { hasAggregation } from '../tree/has-aggregation'
import { canonicalKeypath, keypathsIn, resultKeypath } from '../tree/keypaths'
import { replaceExpressions } from './edit-stages'
import { isField, isRandom } from './stage-effects'

/** A stage that makes one row of each combination of its keys. */
export type Grouping = GroupbyStage | CountbyStage | DistinctStage

export function isGrouping(stage: Stage): stage is Grouping {
  return stage.kind === 'GroupbyStage' || stage.kind === 'CountbyStage' || stage.kind === 'DistinctStage'
}

/** The keys of a stage that groups, those of all groups of a `multigroupby` and of a `top` of groups. */
export function groupKeysOf(stage: Stage): readonly AliasedExpression[] {
  if (isGrouping(stage)) return stage.keys
  if (stage.kind === 'MultigroupbyStage') return stage.groups.flat()
  if (stage.kind !== 'TopStage') return []
  const plain = stage.results.filter(({ expression }) => !hasAggregation(expression))
  return plain.length === stage.results.length &&
    !stage.by.some(({ expression }) => hasAggregation(expression))
    ? []
    : plain
}

/** The canonical keypath that a result is found under in the rows after the stage; undefined where no rule tells. */
export function resultName(result: AliasedExpression): string | undefined {
  const keypath = resultKeypath(result)
  return keypath === undefined ? undefined : canonicalKeypath(keypath)
}

/**
 * What results stand for in the rows before the stage, by their names after it. Left out are those whose
 * name is not certain, that share it with another or with one of `others`, or that read no field.
 */
export function sourcesOf(
  results: readonly AliasedExpression[],
  others: readonly AliasedExpression[] = [],
): ReadonlyMap<string, Expression> {
  const byName = Map.groupBy([...results, ...others], resultName)
  const sources = new Map<string, Expression>()
  for (const result of results) {
    const name = resultName(result)
    if (name === undefined || byName.get(name)?.length !== 1) continue
    const { expression } = result
    if (keypathsIn(expression).some(isField) && isRepeatable(expression)) sources.set(name, expression)
  }
  return sources
}

/** Whether the expression has the same value wherever it stands; an aggregation depends on the stage. */
function isRepeatable(expression: Expression): boolean {
  return !isRandom(expression) && !hasAggregation(expression)
}

/** What the keys of a grouping stand for in the rows before it. */
export function keySources(grouping: Grouping): ReadonlyMap<string, Expression> {
  return sourcesOf(grouping.keys, grouping.kind === 'GroupbyStage' ? grouping.aggregates : [])
}

/** The same tree for the rows before, every name put back to what it stands for; undefined when it reads anything else. */
export function putBack<Tree extends Stage | Expression>(
  tree: Tree,
  read: readonly Keypath[] | undefined,
  sources: ReadonlyMap<string, Expression>,
): Tree | undefined {
  if (read === undefined || read.length === 0) return undefined
  if (!read.every((field) => sources.has(canonicalKeypath(field)))) return undefined
  const earlier: Stage | Expression | undefined = replaceExpressions(tree, (node) =>
    node.kind === 'Keypath' ? sources.get(canonicalKeypath(node)) : undefined,
  )
  // `find` takes a keypath and no other expression.
  if (earlier?.kind === 'FindStage' && earlier.target.kind !== 'Keypath') return undefined
  return earlier as Tree | undefined
}
