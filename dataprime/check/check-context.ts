/** What the rules look at: the stages, calls and other nodes of a query, found in one pass for all of them. */

import type { AnalyseOptions } from '../analyse'
import type { KnownDataset } from '../catalogue/fields'
import { isAggregation } from '../catalogue/functions'
import type { Report } from '../diagnostics/diagnostic'
import { DIAGNOSTICS_KEPT_MAX } from '../diagnostics/diagnostic-list'
import { createSuggester, type Suggest } from '../diagnostics/suggestion'
import { datasetReadBy } from '../scope/implied-dataset'
import { type ReadKeypath, readingsOf } from '../scope/readings'
import type {
  AliasedExpression,
  Argument,
  CallExpression,
  Expression,
  MethodCallExpression,
  Node,
  Query,
  Stage,
  TextRange,
} from '../tree/ast'
import { isCall, operandsOf } from '../tree/calls'
import { allPipelines, type WalkedStage, walkPipeline } from '../tree/walked-pipeline'
import { type BoundArgument, bindArguments } from '../types/bind-arguments'
import { type InferredTypes, inferTypes } from '../types/infer-types'

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
  readonly scope: WalkedStage
  /** The part of the stage it stands in, where aggregations may stand; null anywhere else. */
  readonly aggregateClause: AliasedExpression | null
  /** The aggregation it stands inside of. */
  readonly within: Call | null
  /** The node that it is a direct part of. */
  readonly parent: Node
}

/** Keypaths and arguments are half of all nodes, and are found with their stages and calls. */
type NodeKind = Exclude<Node['kind'], 'NameSegment' | 'Keypath' | 'Argument'>
type NodeOfKind<Kind extends NodeKind> = Extract<Node, { kind: Kind }>

export interface CheckContext {
  readonly query: Query
  readonly options: AnalyseOptions
  /** The text the query was read from; null for a tree that was made by a program. */
  readonly text: string | null
  /** All stages, those of a sub-query after those of the query around it. */
  readonly stages: readonly WalkedStage[]
  /** All calls of functions; extractors are none. */
  readonly calls: readonly Call[]
  /** The keypaths that are read, with what is known of them there. */
  readonly readings: readonly ReadKeypath[]
  /** The dataset that the query or a sub-query reads, as far as it is one whose fields are known. */
  datasetOf(pipeline: Query): KnownDataset | null
  nodesOfKind<Kind extends NodeKind>(kind: Kind): readonly NodeOfKind<Kind>[]
  readonly types: InferredTypes
  /** Whether a mistake was reported where the text of a node begins, so that it may not say what is in the tree. */
  isMisread(node: Node): boolean
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
  const walked = walkPipeline(query)
  const pipelines = allPipelines(walked)
  const stages = pipelines.flatMap((pipeline) => pipeline.stages)
  const datasets = new Map(pipelines.map((pipeline) => [pipeline.query, datasetReadBy(pipeline)]))
  const calls: Call[] = []
  const byKind = new Map<Node['kind'], Node[]>()
  for (const scope of stages) {
    for (const node of scope.nodes) {
      if (node.kind !== 'Keypath' && node.kind !== 'Argument') keep(byKind, node)
    }
    describeCalls(scope, calls)
  }
  const types = inferTypes(query, options.catalogue, walked)
  const misread = new Set(mistakes)
  return {
    query,
    options,
    text,
    stages,
    calls,
    readings: readingsOf(query, { ...options, mistakes }, walked),
    datasetOf: (pipeline) => datasets.get(pipeline) ?? null,
    types,
    isMisread: ({ range }) => misread.has(range.start),
    report,
    suggest: createSuggester(DIAGNOSTICS_KEPT_MAX),
    nodesOfKind: <Kind extends NodeKind>(kind: Kind) =>
      (byKind.get(kind) ?? NO_NODES) as readonly NodeOfKind<Kind>[],
  }
}

function keep(byKind: Map<Node['kind'], Node[]>, node: Node): void {
  const nodes = byKind.get(node.kind)
  if (nodes === undefined) byKind.set(node.kind, [node])
  else nodes.push(node)
}

/** How many results a stage has before those that may aggregate; infinitely many where none may. */
function resultsBeforeAggregates(stage: Stage): number {
  switch (stage.kind) {
    case 'GroupbyStage':
      return stage.keys.length
    case 'MultigroupbyStage':
      return stage.groups.flat().length
    case 'AggregateStage':
    case 'TopStage':
      return 0
    default:
      return Number.POSITIVE_INFINITY
  }
}

const NO_ARGUMENTS: readonly BoundArgument[] = []

/** Finds the calls of a stage. Nodes come after those they are parts of, whose places are known by then. */
function describeCalls(scope: WalkedStage, calls: Call[]): void {
  const { stage, nodes, parents } = scope
  if (!nodes.some(isCall)) return
  let keysLeft = resultsBeforeAggregates(stage)
  const extractor = stage.kind === 'ExtractStage' ? stage.extractor : null
  /** Where the parts of each node stand. */
  const places: Place[] = []
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index] as Node
    const parent = parents[index] as number
    let place = places[parent] ?? OUTERMOST
    if (node.kind === 'AliasedExpression') {
      if (keysLeft-- <= 0) place = { aggregateClause: node, within: null }
    } else if (isCall(node) && node !== extractor) {
      const call = describeCall(node, place, nodes[parent] ?? stage, scope)
      calls.push(call)
      if (call.aggregates) place = { ...place, within: call }
    }
    places.push(place)
  }
}

function describeCall(
  node: CallExpression | MethodCallExpression,
  { aggregateClause, within }: Place,
  parent: Node,
  scope: WalkedStage,
): Call {
  const operands = operandsOf(node)
  return {
    node,
    name: node.name,
    nameRange: node.nameRange,
    arguments: node.arguments,
    operands,
    bound: bindArguments(node)?.bound ?? NO_ARGUMENTS,
    aggregates: isAggregation(node.name, operands.length),
    scope,
    aggregateClause,
    within,
    parent,
  }
}
