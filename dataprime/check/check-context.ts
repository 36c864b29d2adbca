/** What the rules look at: the stages, calls and other nodes of a query, found in one pass for all of them. */

import type { AnalyseOptions } from '../analyse'
import { isAggregation } from '../catalogue/functions'
import type { Report } from '../diagnostics/diagnostic'
import { DIAGNOSTICS_KEPT_MAX } from '../diagnostics/diagnostic-list'
import { createSuggester, type Suggest } from '../diagnostics/suggestion'
import { type Readings, readingsOf } from '../scope/readings'
import type {
  AliasedExpression,
  Argument,
  CallExpression,
  Expression,
  Keypath,
  MethodCallExpression,
  Node,
  Query,
  Stage,
  TextRange,
} from '../tree/ast'
import { isCall, operandsOf } from '../tree/calls'
import { descend } from '../tree/walk'
import { type BoundArgument, type BoundCall, bindArguments } from '../types/bind-arguments'
import { type InferredTypes, inferTypes } from '../types/infer-types'

/** A stage with its place. */
export interface StageScope {
  readonly stage: Stage
  /** The pipeline it is a stage of, the query itself or a sub-query. */
  readonly pipeline: Query
  readonly index: number
  /** The stage and all below it in the order of the text, but for its sub-query. */
  readonly nodes: readonly Node[]
}

/** A call in either form; the target of a method is its first operand. */
export interface Call {
  readonly node: CallExpression | MethodCallExpression
  readonly name: string
  readonly nameRange: TextRange
  readonly arguments: readonly Argument[]
  readonly operands: readonly Expression[]
  /** The arguments with their parameters; none where that cannot be told. */
  readonly bound: readonly BoundArgument[]
  readonly aggregates: boolean
  readonly scope: StageScope
  /** The part of the stage it stands in, where aggregations may stand; null anywhere else. */
  readonly aggregateClause: AliasedExpression | null
  /** The aggregation it stands inside of. */
  readonly within: Call | null
  /** The node that it is a direct part of. */
  readonly parent: Node
}

/** A keypath with the stage it occurs in, read or written there. */
export interface KeypathOccurrence {
  readonly keypath: Keypath
  readonly scope: StageScope
}

type NodeKind = Node['kind']
type NodeOfKind<Kind extends NodeKind> = Extract<Node, { kind: Kind }>

export interface CheckContext {
  readonly query: Query
  readonly options: AnalyseOptions
  /** The text the query was read from; null for a tree that was made by a program. */
  readonly text: string | null
  /** All stages, those of a sub-query after those of the query around it. */
  readonly stages: readonly StageScope[]
  /** All calls of functions; extractors are none. */
  readonly calls: readonly Call[]
  readonly keypaths: readonly KeypathOccurrence[]
  /** What is known of each keypath where it is read. */
  readonly readings: Readings
  nodesOfKind<Kind extends NodeKind>(kind: Kind): readonly NodeOfKind<Kind>[]
  readonly types: InferredTypes
  readonly report: Report
  readonly suggest: Suggest
}

/** One check. It reports what it finds and changes nothing. */
export type Rule = (context: CheckContext) => void

/** The text a query was read from; left out for a query that was made. */
export interface ReadText {
  readonly text?: string | null
  /** Where the text could not be read, in order. */
  readonly mistakes?: readonly number[]
}

/** Where in its stage a node stands. */
interface Place {
  readonly aggregateClause: AliasedExpression | null
  readonly within: Call | null
}

const OUTERMOST: Place = { aggregateClause: null, within: null }

const NO_NODES: readonly never[] = []

export function createCheckContext(
  query: Query,
  report: Report,
  options: AnalyseOptions,
  { text = null, mistakes = [] }: ReadText,
): CheckContext {
  const stages: StageScope[] = []
  const calls: Call[] = []
  const keypaths: KeypathOccurrence[] = []
  const byKind = new Map<NodeKind, Node[]>()
  const nodesByStage = new Map<Stage, readonly Node[]>()
  const bindings = new Map<Node, BoundCall | undefined>()

  const pipelines = [query]
  // The list grows while it is gone through.
  for (const pipeline of pipelines) {
    for (const [index, stage] of pipeline.stages.entries()) {
      const nodes: Node[] = []
      const scope = { stage, pipeline, index, nodes }
      stages.push(scope)
      nodesByStage.set(stage, nodes)
      const aggregateClauses = aggregateClausesOf(stage)
      descend<Place>(stage, OUTERMOST, (node, place, parent) => {
        if (node.kind === 'Query') {
          pipelines.push(node)
          return undefined
        }
        nodes.push(node)
        keep(byKind, node)
        if (node.kind === 'Keypath') keypaths.push({ keypath: node, scope })
        if (node.kind === 'AliasedExpression') {
          return aggregateClauses.has(node) ? { aggregateClause: node, within: null } : place
        }
        if (!isCall(node)) return place
        if (stage.kind === 'ExtractStage' && stage.extractor === node) return place
        const binding = bindArguments(node)
        bindings.set(node, binding)
        const call = describeCall(node, binding, place, parent ?? stage, scope)
        calls.push(call)
        return call.aggregates ? { ...place, within: call } : place
      })
    }
  }
  const types = inferTypes(query, options.catalogue, {
    nodesOf: (stage) => nodesByStage.get(stage) ?? NO_NODES,
    bindingOf: (call) => bindings.get(call),
  })

  return {
    query,
    options,
    text,
    stages,
    calls,
    keypaths,
    readings: readingsOf(query, { ...options, mistakes }, (stage) => nodesByStage.get(stage) ?? NO_NODES),
    types,
    report,
    suggest: createSuggester(DIAGNOSTICS_KEPT_MAX),
    nodesOfKind: <Kind extends NodeKind>(kind: Kind) =>
      (byKind.get(kind) ?? NO_NODES) as readonly NodeOfKind<Kind>[],
  }
}

function keep(byKind: Map<NodeKind, Node[]>, node: Node): void {
  const nodes = byKind.get(node.kind)
  if (nodes === undefined) byKind.set(node.kind, [node])
  else nodes.push(node)
}

const NO_CLAUSES: ReadonlySet<Node> = new Set()

function aggregateClausesOf(stage: Stage): ReadonlySet<Node> {
  switch (stage.kind) {
    case 'GroupbyStage':
    case 'MultigroupbyStage':
    case 'AggregateStage':
      return new Set(stage.aggregates)
    case 'TopStage':
      return new Set([...stage.results, ...stage.by])
    default:
      return NO_CLAUSES
  }
}

const NO_ARGUMENTS: readonly BoundArgument[] = []

function describeCall(
  node: CallExpression | MethodCallExpression,
  binding: BoundCall | undefined,
  { aggregateClause, within }: Place,
  parent: Node,
  scope: StageScope,
): Call {
  const operands = operandsOf(node)
  return {
    node,
    name: node.name,
    nameRange: node.nameRange,
    arguments: node.arguments,
    operands,
    bound: binding?.bound ?? NO_ARGUMENTS,
    aggregates: isAggregation(node.name, operands.length),
    scope,
    aggregateClause,
    within,
    parent,
  }
}
