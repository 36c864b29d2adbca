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
import { descend } from '../tree/walk'
import { type BoundArgument, bindArguments } from '../types/bind-arguments'
import { type InferredTypes, inferTypes } from '../types/infer-types'

/** A stage with its place. */
export interface StageScope {
  readonly stage: Stage
  /** The pipeline it is a stage of, the query itself or a sub-query. */
  readonly pipeline: Query
  readonly index: number
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

interface Inherited {
  readonly parent: Node
  readonly scope: StageScope
  readonly aggregateClause: AliasedExpression | null
  readonly within: Call | null
}

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

  const pipelines = [query]
  for (let pipeline = pipelines.shift(); pipeline !== undefined; pipeline = pipelines.shift()) {
    for (const [index, stage] of pipeline.stages.entries()) {
      const scope = { stage, pipeline, index }
      stages.push(scope)
      const aggregateClauses = aggregateClausesOf(stage)
      const outermost: Inherited = { parent: stage, scope, aggregateClause: null, within: null }
      descend<Inherited>(stage, outermost, (node, inherited) => {
        if (node.kind === 'Query') {
          pipelines.push(node)
          return undefined
        }
        keep(byKind, node)
        if (node.kind === 'Keypath') keypaths.push({ keypath: node, scope })
        const inner = { ...inherited, parent: node }
        if (node.kind === 'AliasedExpression') {
          return aggregateClauses.has(node) ? { ...inner, aggregateClause: node, within: null } : inner
        }
        if (node.kind !== 'CallExpression' && node.kind !== 'MethodCallExpression') return inner
        if (stage.kind === 'ExtractStage' && stage.extractor === node) return inner
        const call = describeCall(node, inherited)
        calls.push(call)
        return call.aggregates ? { ...inner, within: call } : inner
      })
    }
  }

  return {
    query,
    options,
    text,
    stages,
    calls,
    keypaths,
    readings: readingsOf(query, { ...options, mistakes }),
    types: inferTypes(query, options.catalogue),
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

function describeCall(node: CallExpression | MethodCallExpression, inherited: Inherited): Call {
  const values = node.arguments.map(({ value }) => value)
  const operands = node.kind === 'MethodCallExpression' ? [node.target, ...values] : values
  return {
    node,
    name: node.name,
    nameRange: node.nameRange,
    arguments: node.arguments,
    operands,
    bound: bindArguments(node)?.bound ?? NO_ARGUMENTS,
    aggregates: isAggregation(node.name, operands.length),
    scope: inherited.scope,
    aggregateClause: inherited.aggregateClause,
    within: inherited.within,
    parent: inherited.parent,
  }
}
