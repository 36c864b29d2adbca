import { signaturesOf } from '../catalogue/functions'
import { ungroupedKeypath } from '../diagnostics/codes'
import { printExpression } from '../format/print'
import type { AliasedExpression, Keypath, Node, Stage } from '../tree/ast'
import { keypath } from '../tree/build'
import { isAggregationCall, isCall } from '../tree/calls'
import { canonicalKeypath, impliedName, isMissingKeypath } from '../tree/keypaths'
import { descend } from '../tree/walk'
import type { Rule } from './check-context'

/**
 * In an aggregate expression a field stands inside an aggregation or is grouped by: of any other a group has
 * many values. An expression without any aggregation is another rule's to report.
 */
export const checkUngroupedKeypath: Rule = ({ stages, report }) => {
  for (const { stage } of stages) {
    const grouping = groupingOf(stage)
    if (grouping === undefined) continue
    const loose = grouping.aggregates.flatMap(({ expression }) => looseKeypaths(expression))
    if (loose.length === 0) continue
    const grouped = groupedKeypaths(grouping.keys)
    for (const field of loose) {
      if (grouped.has(canonicalKeypath(field))) continue
      report(ungroupedKeypath(field.range, printExpression(field)))
    }
  }
}

interface Grouping {
  readonly keys: readonly AliasedExpression[]
  readonly aggregates: readonly AliasedExpression[]
}

function groupingOf(stage: Stage): Grouping | undefined {
  switch (stage.kind) {
    case 'GroupbyStage':
      return stage
    case 'MultigroupbyStage':
      return { keys: stage.groups.flat(), aggregates: stage.aggregates }
    case 'AggregateStage':
      return { keys: [], aggregates: stage.aggregates }
    default:
      return undefined
  }
}

/** The keypaths outside of any aggregation, where there is one. */
function looseKeypaths(expression: Node): readonly Keypath[] {
  const loose: Keypath[] = []
  let aggregates = false
  descend(expression, true, (node) => {
    if (mayAggregate(node)) {
      aggregates = true
      return undefined
    }
    if (node.kind !== 'Keypath') return true
    if (node.namespace !== '$p' && !isMissingKeypath(node)) loose.push(node)
    return undefined
  })
  return aggregates ? loose : []
}

/** A function that does not exist is reported as such; it may well have been meant to aggregate. */
function mayAggregate(node: Node): boolean {
  return isAggregationCall(node) || (isCall(node) && signaturesOf(node.name).length === 0)
}

/** What is grouped by, all that its expressions read, and the names given to them. */
function groupedKeypaths(keys: readonly AliasedExpression[]): ReadonlySet<string> {
  const grouped = new Set<string>()
  for (const key of keys) {
    descend(key, true, (node) => {
      if (node.kind === 'Keypath') grouped.add(canonicalKeypath(node))
      return node.kind === 'Keypath' ? undefined : true
    })
    const { expression, alias } = key
    const name = alias === null && expression.kind === 'Keypath' ? impliedName(expression) : undefined
    if (name !== undefined) grouped.add(canonicalKeypath(keypath('$d', name)))
  }
  return grouped
}
