/** A query in plain English, read from its tree: a clause for each stage. */

import { print, printDataset, printExpression } from '../format/print'
import { hasAggregation } from '../tree/aggregation'
import type { AliasedExpression, Keypath, OrderKey, Query, Stage, Timeframe } from '../tree/ast'
import { isTime, sayExpression, sayInterval, sayKeypath, sayList, sayValue } from './explain-expression'

/** The stages as one sentence: "Reads logs of the last hour; keeps the rows where severity is ERROR." */
export function explain(query: Query): string {
  const clauses = query.stages.map(explainStage).filter((clause) => clause !== '')
  if (clauses.length === 0) return 'The query is empty.'
  const text = clauses.join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** What a stage does, as a clause without a subject: "keeps the first 10 rows". Empty for an empty stage. */
export function explainStage(stage: Stage): string {
  switch (stage.kind) {
    case 'SourceStage': {
      const dataset = printDataset(stage.dataset)
      return stage.timeframe === null
        ? `reads ${dataset}`
        : `reads ${dataset} ${explainTimeframe(stage.timeframe)}`
    }
    case 'FilterStage':
      return `keeps the rows where ${sayExpression(stage.predicate)}`
    case 'BlockStage':
      return `drops the rows where ${sayExpression(stage.predicate)}`
    case 'FindStage':
      return `keeps the rows where ${sayExpression(stage.target)} mentions ${sayValue(stage.phrase)}`
    case 'WildfindStage':
      return `keeps the rows that mention ${sayValue(stage.phrase)} in any field`
    case 'LuceneStage':
      return `keeps the rows that match the Lucene query ${sayValue(stage.text)}`
    case 'GroupbyStage':
      return explainGrouping(
        `groups by ${aliasedList(stage.keys)}`,
        stage.aggregates,
        'gives each combination once',
      )
    case 'MultigroupbyStage': {
      const groups = stage.groups.map((group) => (group.length === 0 ? 'nothing' : aliasedList(group)))
      return explainGrouping(
        `groups by ${groups.join(', and by ')}`,
        stage.aggregates,
        'gives each combination once',
      )
    }
    case 'AggregateStage':
      return `computes ${aliasedList(stage.aggregates)} over all rows`
    case 'CountStage':
      return `counts the rows${named(stage.into)}`
    case 'CountbyStage': {
      const order = stage.direction === null ? '' : `, ${DIRECTIONS[stage.direction]}`
      return `counts the rows of each ${aliasedList(stage.keys)}${named(stage.into)}${order}`
    }
    case 'DistinctStage':
      return `gives each ${aliasedList(stage.keys)} once`
    case 'DedupebyStage': {
      const count = stage.keep === null ? '1' : sayValue(stage.keep)
      const order = stage.orderBy.length === 0 ? '' : `, the first by ${orderList(stage.orderBy)}`
      return `keeps ${count} ${count === '1' ? 'row' : 'rows'} for each ${sayList(stage.keys)}${order}`
    }
    case 'TopStage':
      return explainTop(stage)
    case 'OrderbyStage':
      return `sorts by ${orderList(stage.keys)}`
    case 'LimitStage': {
      const count = sayValue(stage.count)
      return count === '1' ? 'keeps the first row' : `keeps the first ${count} rows`
    }
    case 'ChooseStage':
      return `keeps only ${aliasedList(stage.fields)}`
    case 'CreateStage':
      return `adds ${sayKeypath(stage.target)}, computed as ${sayExpression(stage.value)}`
    case 'ReplaceStage':
      return `replaces ${sayKeypath(stage.target)} with ${sayExpression(stage.value)}`
    case 'RemoveStage':
      return `removes ${sayList(stage.keypaths)}`
    case 'MoveStage':
      return `moves ${sayKeypath(stage.from)} to ${sayKeypath(stage.to)}`
    case 'RedactStage':
      return `replaces what matches ${sayValue(stage.pattern)} in ${sayKeypath(stage.target)} with ${sayValue(stage.replacement)}`
    case 'ConvertStage': {
      const conversions = stage.conversions.map(({ keypath, type }) => `${sayKeypath(keypath)} to ${type}`)
      return `converts ${joinWords(conversions)}`
    }
    case 'RoundtimeStage': {
      const time = stage.time === null ? 'the timestamp' : sayExpression(stage.time)
      return `rounds ${time} down to ${sayInterval(stage.interval)}${named(stage.into)}`
    }
    case 'ExplodeStage': {
      const rest = stage.original === 'preserve' ? ', beside the other fields' : ', without the other fields'
      return `gives a row for each element of ${sayExpression(stage.array)}${named(stage.into)}${rest}`
    }
    case 'ExtractStage':
      return `extracts ${sayKeypath(stage.into)} from ${sayExpression(stage.subject)} with ${printExpression(stage.extractor)}`
    case 'EnrichStage':
      return `looks ${sayExpression(stage.key)} up in ${printDataset(stage.table)}${named(stage.into)}`
    case 'JoinStage':
      return explainJoin(stage)
    case 'UnionStage':
      return `adds the rows of ${explainSubquery(stage.query)}`
    case 'StitchStage':
      return `attaches, row by row, the rows of ${explainSubquery(stage.query)}${named(stage.into)}`
    case 'DpxlStage':
      return `matches the records where ${sayExpression(stage.predicate)}`
    case 'UnknownStage':
      return stage.text === '' ? '' : 'does something that is no known command'
  }
}

function explainTimeframe(frame: Timeframe): string {
  switch (frame.kind) {
    case 'LastTimeframe':
      return `of the last ${sayInterval(frame.interval, true)}`
    case 'BetweenTimeframe':
      return `between ${sayExpression(frame.from)} and ${sayExpression(frame.to)}`
    case 'AroundTimeframe': {
      const interval = frame.interval === null ? '30 minutes' : sayInterval(frame.interval)
      return `within ${interval} around ${sayExpression(frame.time)}`
    }
    case 'TimeshiftedTimeframe':
      return `with the time range of the request shifted by ${printExpression(frame.interval)}`
  }
}

function explainGrouping(grouping: string, aggregates: readonly AliasedExpression[], alone: string): string {
  return `${grouping} and ${aggregates.length === 0 ? alone : `computes ${aliasedList(aggregates)} for each group`}`
}

function explainTop(stage: Extract<Stage, { kind: 'TopStage' }>): string {
  const count = sayValue(stage.count)
  const end = stage.end === 'top' ? 'largest' : 'smallest'
  const by = aliasedList(stage.by)
  const results = aliasedList(stage.results)
  const grouped = [...stage.results, ...stage.by].some(({ expression }) => hasAggregation(expression))
  return grouped
    ? `groups and gives the ${count} with the ${end} values of ${by}: ${results}`
    : `keeps the ${count} rows with the ${end} ${by} and of them ${results}`
}

const JOINS = {
  left: 'keeping rows without a match',
  inner: 'dropping rows without a match',
  full: 'keeping the rows of both without a match',
  cross: 'every row with every row',
  right: 'keeping its rows without a match',
} as const

function explainJoin(stage: Extract<Stage, { kind: 'JoinStage' }>): string {
  const conditions = stage.on.map(
    ({ left, right }) => `${sayExpression(left.expression)} equals ${sayExpression(right.expression)}`,
  )
  const match =
    conditions.length > 0
      ? ` where ${conditions.join(' and ')}`
      : stage.using.length > 0
        ? ` with the same ${sayList(stage.using)}`
        : ''
  return `attaches the rows of ${explainSubquery(stage.query)}${match}${named(stage.into)}, ${JOINS[stage.join ?? 'left']}`
}

function explainSubquery(query: Query): string {
  return `(${print(query)})`
}

function named(into: Keypath | null): string {
  return into === null ? '' : ` as ${sayKeypath(into)}`
}

const DIRECTIONS = { asc: 'smallest first', desc: 'largest first' } as const
const TIME_DIRECTIONS = { asc: 'oldest first', desc: 'newest first' } as const

function orderList(keys: readonly OrderKey[]): string {
  const parts = keys.map(({ expression, direction }) => {
    const directions = isTime(expression) ? TIME_DIRECTIONS : DIRECTIONS
    return `${sayExpression(expression)}, ${directions[direction ?? 'asc']}`
  })
  return joinWords(parts, ', then ')
}

function aliasedList(list: readonly AliasedExpression[]): string {
  return joinWords(list.map(({ expression, alias }) => `${sayExpression(expression)}${named(alias)}`))
}

function joinWords(parts: readonly string[], separator?: string): string {
  if (separator !== undefined || parts.length < 2) return parts.join(separator)
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
