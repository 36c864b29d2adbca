import { printDataset, printExpression } from '../format/print'
import { readingsOf } from '../scope/readings'
import { aggregatesRows } from '../tree/aggregation'
import type { AliasedExpression, Expression, Query, SourceStage, Stage, Timeframe } from '../tree/ast'
import { isCall } from '../tree/calls'
import { hasAggregation } from '../tree/has-aggregation'
import { canonicalKeypath } from '../tree/keypaths'
import { commandOf } from '../tree/stage-command'
import { walk } from '../tree/walk'

/** The time range of the source. `seconds` is its length where the text alone tells it. */
export type TimeRange =
  | { readonly kind: 'last'; readonly interval: string; readonly seconds: number | null }
  | { readonly kind: 'between'; readonly from: string; readonly to: string }
  | { readonly kind: 'around'; readonly time: string; readonly interval: string | null }
  | { readonly kind: 'timeshifted'; readonly interval: string; readonly seconds: number | null }

/** Facts about a query, all of them read from its tree. */
export interface QueryDescription {
  /** The dataset that is read, null when the query names none and the default one is read. */
  readonly source: string | null
  readonly timeRange: TimeRange | null
  /** The canonical command of each stage, in order; stages of sub-queries are left out. */
  readonly commands: readonly string[]
  /** The fields of the records that are read, each once, namespaces written. Names the query itself gave are left out. */
  readonly fields: readonly string[]
  /** The functions that are called, each once. */
  readonly functions: readonly string[]
  /** Stages that drop rows by a condition or a text. */
  readonly filterCount: number
  readonly groupKeys: readonly string[]
  readonly aggregates: readonly string[]
  readonly isAggregated: boolean
  /** Whether single records come out, and no number bounds them. */
  readonly rawRows: boolean
  /** The smallest number of rows that a stage bounds the result to. */
  readonly limit: number | null
  readonly orderBy: readonly string[]
  readonly subqueryCount: number
}

export function describeQuery(query: Query): QueryDescription {
  const source = query.stages.find((stage): stage is SourceStage => stage.kind === 'SourceStage')
  const limit = limitOf(query)
  const isAggregated = query.stages.some(aggregatesRows)
  return {
    source: source === undefined || source.dataset.name === '' ? null : printDataset(source.dataset),
    timeRange: source?.timeframe ? describeTimeframe(source.timeframe) : null,
    commands: query.stages.map(commandOf).filter((command) => command !== ''),
    fields: fieldsOf(query),
    functions: [...new Set(callNames(query))],
    filterCount: query.stages.filter(isFilter).length,
    groupKeys: query.stages.flatMap(groupKeysOf).map(printAliasless),
    aggregates: query.stages.flatMap(aggregatesOf).map(printAliasless),
    isAggregated,
    rawRows: !isAggregated && limit === null,
    limit,
    orderBy: query.stages.flatMap((stage) =>
      stage.kind === 'OrderbyStage' ? stage.keys.map(({ expression }) => printExpression(expression)) : [],
    ),
    subqueryCount: countSubqueries(query),
  }
}

function describeTimeframe(frame: Timeframe): TimeRange {
  switch (frame.kind) {
    case 'LastTimeframe':
      return { kind: 'last', interval: printExpression(frame.interval), seconds: secondsOf(frame.interval) }
    case 'BetweenTimeframe':
      return { kind: 'between', from: printExpression(frame.from), to: printExpression(frame.to) }
    case 'AroundTimeframe': {
      const interval = frame.interval === null ? null : printExpression(frame.interval)
      return { kind: 'around', time: printExpression(frame.time), interval }
    }
    case 'TimeshiftedTimeframe':
      return {
        kind: 'timeshifted',
        interval: printExpression(frame.interval),
        seconds: secondsOf(frame.interval),
      }
  }
}

function secondsOf(interval: Expression): number | null {
  return interval.kind === 'IntervalLiteral' ? interval.nanoseconds / 1e9 : null
}

/** Whether a stage drops rows by what is in them. */
export function isFilter({ kind }: Stage): boolean {
  return (
    kind === 'FilterStage' ||
    kind === 'BlockStage' ||
    kind === 'FindStage' ||
    kind === 'WildfindStage' ||
    kind === 'LuceneStage'
  )
}

function groupKeysOf(stage: Stage): readonly AliasedExpression[] {
  switch (stage.kind) {
    case 'GroupbyStage':
    case 'CountbyStage':
    case 'DistinctStage':
      return stage.keys
    case 'MultigroupbyStage':
      return stage.groups.flat()
    case 'TopStage':
      return aggregatesRows(stage)
        ? stage.results.filter(({ expression }) => !hasAggregation(expression))
        : []
    default:
      return []
  }
}

function aggregatesOf(stage: Stage): readonly AliasedExpression[] {
  switch (stage.kind) {
    case 'GroupbyStage':
    case 'MultigroupbyStage':
    case 'AggregateStage':
      return stage.aggregates
    case 'TopStage':
      return [...stage.results, ...stage.by].filter(({ expression }) => hasAggregation(expression))
    default:
      return []
  }
}

function printAliasless({ expression }: AliasedExpression): string {
  return printExpression(expression)
}

function limitOf(query: Query): number | null {
  const counts = query.stages.flatMap((stage) => {
    const count = stage.kind === 'LimitStage' || stage.kind === 'TopStage' ? stage.count : null
    return count?.kind === 'NumberLiteral' && Number.isFinite(count.value) ? [count.value] : []
  })
  return counts.length === 0 ? null : counts.reduce((least, count) => Math.min(least, count))
}

/** The fields read from the records, in the order of the text. */
function fieldsOf(query: Query): readonly string[] {
  const own = readingsOf(query).filter(({ pipeline, reading }) => pipeline === query && !reading.given)
  return [...new Set(own.map(({ keypath }) => canonicalKeypath(keypath)))]
}

function callNames(query: Query): readonly string[] {
  const names: string[] = []
  walk(query, (node) => {
    if (isCall(node)) names.push(node.name)
  })
  return names
}

function countSubqueries(query: Query): number {
  let count = -1
  walk(query, (node) => {
    if (node.kind === 'Query') count++
  })
  return count
}
