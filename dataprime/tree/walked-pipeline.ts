/** A query as checks want it: pipeline by pipeline, with the nodes of each stage in a list. It is walked once for all of them. */
import type { Keypath, Node, Query, Segment, Stage } from './ast'
import { pushChildren } from './walk'

export interface WalkedPipeline {
  /** The query itself or a sub-query. */
  readonly query: Query
  readonly stages: readonly WalkedStage[]
}

export interface WalkedStage {
  readonly stage: Stage
  /** The pipeline it is a stage of, and its place there. */
  readonly pipeline: Query
  readonly index: number
  /** The stage and all below it in the order of the text, but for its sub-query and the names in keypaths. */
  readonly nodes: readonly Node[]
  /** Where in the list the node is that each node is a part of; -1 for the stage itself. */
  readonly parents: readonly number[]
  /** Those of the nodes that are keypaths. */
  readonly keypaths: readonly Keypath[]
  readonly subquery: WalkedPipeline | null
}

export function walkPipeline(query: Query): WalkedPipeline {
  return { query, stages: query.stages.map((stage, index) => walkStage(stage, query, index)) }
}

function walkStage(stage: Stage, pipeline: Query, index: number): WalkedStage {
  const nodes: Node[] = []
  const parents: number[] = []
  const keypaths: Keypath[] = []
  let subquery: WalkedPipeline | null = null
  const stack: Node[] = [stage]
  const parentsOnStack: number[] = [-1]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const parent = parentsOnStack.pop() as number
    if (node.kind === 'Query') {
      subquery = walkPipeline(node)
      continue
    }
    parents.push(parent)
    nodes.push(node)
    if (node.kind === 'Keypath') {
      keypaths.push(node)
      pushIndexes(node, stack)
    } else pushChildren(node, stack)
    while (parentsOnStack.length < stack.length) parentsOnStack.push(nodes.length - 1)
  }
  return { stage, pipeline, index, nodes, parents, keypaths, subquery }
}

/** Names in keypaths would be a third of all nodes, and there is nothing to be said about them by themselves. */
function pushIndexes({ segments }: Keypath, stack: Node[]): void {
  for (let index = segments.length - 1; index >= 0; index--) {
    const segment = segments[index] as Segment
    if (segment.kind === 'IndexSegment') stack.push(segment)
  }
}

/** A pipeline and those of its sub-queries, each after the one around it. */
export function allPipelines(pipeline: WalkedPipeline): readonly WalkedPipeline[] {
  const pipelines = [pipeline]
  // The list grows while it is gone through.
  for (const { stages } of pipelines) {
    for (const { subquery } of stages) if (subquery !== null) pipelines.push(subquery)
  }
  return pipelines
}
