/** Ways to make the stages of a rewritten query from those of the query. */

import type { Expression, Node, Stage } from '../tree/ast'
import { stage as buildStage, number } from '../tree/build'
import { nodesOf } from '../tree/walk'

export function without(stages: readonly Stage[], index: number): readonly Stage[] {
  return stages.toSpliced(index, 1)
}

/** The stages with the one at `from` standing at `to`, an index into the others. */
export function moved(stages: readonly Stage[], from: number, to: number): readonly Stage[] {
  return without(stages, from).toSpliced(to, 0, stages[from] as Stage)
}

/** The stages with one of them exchanged for any number of others. */
export function replaced(
  stages: readonly Stage[],
  index: number,
  ...others: readonly Stage[]
): readonly Stage[] {
  return stages.toSpliced(index, 1, ...others)
}

export function inserted(
  stages: readonly Stage[],
  index: number,
  ...others: readonly Stage[]
): readonly Stage[] {
  return stages.toSpliced(index, 0, ...others)
}

export function limitTo(rows: number): Stage {
  return buildStage({ kind: 'LimitStage', count: number(rows) })
}

/** Larger trees are written by programs; they are left alone rather than rebuilt. */
const NODES_MAX = 500

/**
 * A stage or expression with some of its expressions exchanged: `replace` gives the new one, or undefined
 * to keep an expression and look at what is inside it. Sub-queries stay as they are. Undefined for a tree of more than `NODES_MAX` nodes,
 * which also bounds how deep this goes.
 */
export function replaceExpressions<Tree extends Stage | Expression>(
  tree: Tree,
  replace: (node: Node) => Expression | undefined,
): Tree | undefined {
  return nodesOf(tree).length > NODES_MAX ? undefined : (rebuild(tree, replace) as Tree)
}

function rebuild(value: unknown, replace: (node: Node) => Expression | undefined): unknown {
  if (Array.isArray(value)) return value.map((element) => rebuild(element, replace))
  if (typeof value !== 'object' || value === null) return value
  if ('kind' in value && value.kind === 'Query') return value
  const other = 'kind' in value ? replace(value as Node) : undefined
  if (other !== undefined) return other
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, rebuild(part, replace)]))
}
