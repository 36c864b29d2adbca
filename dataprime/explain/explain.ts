/** A query in plain English, read from its tree: a sentence for each stage. */

import { extractorNamed } from '../catalogue/extractors'
import { printDataset, printExpression } from '../format/print'
import type {
  AliasedExpression,
  Argument,
  CreateStage,
  Dataset,
  DedupebyStage,
  Expression,
  ExtractStage,
  JoinOperand,
  JoinStage,
  Keypath,
  OrderKey,
  Query,
  RedactStage,
  ReplaceStage,
  SourceStage,
  Stage,
  Timeframe,
  TopStage,
  TypedKeypath,
} from '../tree/ast'
import { hasAggregation } from '../tree/has-aggregation'
import {
  isConditional,
  isTime,
  sayCondition,
  sayExpression,
  sayInterval,
  sayKeypath,
  sayList,
  sayRounding,
  sayType,
  sayValue,
} from './explain-expression'
import { joinWords } from './wording'

/** What the query does, a sentence for each stage: "Reads logs from the last hour. Keeps the rows where severity is ERROR." */
export function explain(query: Query): string {
  return query.stages.length === 0 ? 'The query is empty.' : explainStages(query).join(' ')
}

/** A full sentence for each stage, in order. The stages of a sub-query are told in the sentence of the stage that has it. */
export function explainStages(query: Query): readonly string[] {
  return query.stages.map(explainStage)
}

/** What a stage does, as a sentence without a subject: "Keeps the first 10 rows." */
export function explainStage(stage: Stage): string {
  const clause = sayStage(stage)
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`
}

function sayStage(stage: Stage): string {
  switch (stage.kind) {
    case 'SourceStage':
      return `reads ${saySource(stage)}`
    case 'FilterStage':
      return `keeps the rows where ${sayCondition(stage.predicate)}`
    case 'BlockStage':
      return `drops the rows where ${sayCondition(stage.predicate)}`
    case 'FindStage':
      return `keeps the rows where ${sayExpression(stage.target)} mentions ${sayValue(stage.phrase)}`
    case 'WildfindStage':
      return `keeps the rows that mention ${sayValue(stage.phrase)} in any field`
    case 'LuceneStage':
      return `keeps the rows that match the Lucene query ${sayValue(stage.text)}`
    case 'GroupbyStage':
      return sayGrouping(sayKeys(stage.keys), stage.aggregates)
    case 'MultigroupbyStage':
      return sayGrouping(stage.groups.map(sayKeys).join(', then again '), stage.aggregates)
    case 'AggregateStage':
      return `computes ${sayAliased(stage.aggregates)} over all rows`
    case 'CountStage':
      return `counts the rows${named(stage.into)}`
    case 'CountbyStage': {
      const order =
        stage.direction === null ? '' : `, ${stage.direction === 'asc' ? 'smallest' : 'largest'} count first`
      return `counts the rows for each ${sayCombination(stage.keys)}${named(stage.into)}${order}`
    }
    case 'DistinctStage':
      return `lists each distinct ${sayCombination(stage.keys)} once`
    case 'DedupebyStage':
      return sayDedupe(stage)
    case 'TopStage':
      return sayTop(stage)
    case 'OrderbyStage':
      return `sorts by ${sayOrder(stage.keys)}`
    case 'LimitStage':
      return sayValue(stage.count) === '0' ? 'keeps no rows' : `keeps the ${sayFirst('first', stage.count)}`
    case 'ChooseStage':
      return `keeps only ${sayAliased(stage.fields)}`
    case 'CreateStage':
      return withClauses(`sets ${sayKeypath(stage.target)} to ${sayExpression(stage.value)}`, stage)
    case 'ReplaceStage':
      return withClauses(
        `replaces the value of ${sayKeypath(stage.target)} with ${sayExpression(stage.value)}`,
        stage,
      )
    case 'RemoveStage':
      return `removes ${sayList(stage.keypaths)}`
    case 'MoveStage':
      return isRecord(stage.to)
        ? `moves what is in ${sayKeypath(stage.from)} to the top level of the record`
        : `moves ${sayKeypath(stage.from)} to ${sayKeypath(stage.to)}`
    case 'RedactStage':
      return sayRedact(stage)
    case 'ConvertStage':
      return `converts ${sayConversions(stage.conversions)}`
    case 'RoundtimeStage': {
      const time = stage.time === null ? 'the timestamp' : sayExpression(stage.time)
      return `rounds ${time} down to ${sayRounding(stage.interval)}${stored(stage.into)}`
    }
    case 'ExplodeStage': {
      const others = stage.original === 'preserve' ? 'keeps' : 'drops'
      return `makes a row of each element of ${sayExpression(stage.array)}${named(stage.into)}, and ${others} the other fields`
    }
    case 'ExtractStage':
      return sayExtract(stage)
    case 'EnrichStage':
      return `looks up ${sayExpression(stage.key)} in the table ${printDataset(stage.table)}${stored(stage.into)}`
    case 'JoinStage':
      return sayJoin(stage)
    case 'UnionStage':
      return `adds the rows of ${sayQuery(stage.query)}`
    case 'StitchStage': {
      const pairs = `pairs the rows by position with those of ${sayQuery(stage.query)}`
      return stage.merge
        ? `${pairs}, and merges their fields into ${sayTarget(stage.into)}`
        : `${pairs}, and stores those as ${sayTarget(stage.into)}`
    }
    case 'DpxlStage':
      return `matches the records where ${sayCondition(stage.predicate)}`
    case 'UnknownStage':
      return stage.text === '' ? 'does nothing' : 'does something that is no known command'
  }
}

// ---------------------------------------------------------------------------------------------------------
// Sources and sub-queries

function saySource({ dataset, parameters, timeframe }: SourceStage): string {
  const rows = sayDataset(dataset)
  const settings = parameters.length === 0 ? '' : ` with ${joinWords(parameters.map(sayParameter))}`
  return `${rows}${settings}${timeframe === null ? '' : ` ${sayTimeframe(timeframe)}`}`
}

function sayDataset(dataset: Dataset): string {
  const name = printDataset(dataset)
  if (dataset.name === '') return 'rows'
  return dataset.name === 'logs' || dataset.name === 'spans' ? name : `the dataset ${name}`
}

function sayParameter({ name, value }: Argument): string {
  return name === null ? sayExpression(value) : `${name} set to ${sayExpression(value)}`
}

function sayTimeframe(frame: Timeframe): string {
  switch (frame.kind) {
    case 'LastTimeframe':
      return `from the last ${sayInterval(frame.interval, true)}`
    case 'BetweenTimeframe':
      return `between ${sayExpression(frame.from)} and ${sayExpression(frame.to)}`
    case 'AroundTimeframe': {
      const interval = frame.interval === null ? '30 minutes' : sayInterval(frame.interval)
      return `in a window of ${interval} around ${sayExpression(frame.time)}`
    }
    case 'TimeshiftedTimeframe':
      return `from the requested time range, moved ${sayShift(frame.interval)}`
  }
}

function sayShift(interval: Expression): string {
  if (interval.kind !== 'IntervalLiteral') return `by ${sayExpression(interval)}`
  return `${interval.nanoseconds < 0 ? 'back' : 'forward'} by ${sayInterval(interval)}`
}

/** The rows of a sub-query: what it reads, and in parentheses what else it does. */
function sayQuery({ stages }: Query): string {
  const [first, ...rest] = stages
  if (first === undefined) return 'nothing'
  if (first.kind === 'SourceStage' && rest.length === 0) return saySource(first)
  return `a sub-query (${stages.map(sayStage).join('; ')})`
}

const JOINS = {
  left: 'rows without a match are kept',
  inner: 'rows without a match are dropped',
  full: 'rows of both sides without a match are kept',
  right: 'joined rows without a match are kept',
} as const

function sayJoin(stage: JoinStage): string {
  const rows = sayQuery(stage.query)
  if (stage.join === 'cross')
    return `pairs each row with every row of ${rows}, and stores it as ${sayTarget(stage.into)}`
  return `joins each row with the rows of ${rows}${sayMatch(stage)}, and stores them as ${sayTarget(stage.into)}; ${JOINS[stage.join ?? 'left']}`
}

function sayMatch({ using, on }: JoinStage): string {
  if (using.length > 0) return ` that have the same ${sayList(using)}`
  const conditions = on.map(({ left, right }) => `${sayOperand(left)} equals ${sayOperand(right)}`)
  return conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
}

function sayOperand({ side, expression }: JoinOperand): string {
  return side === null ? sayExpression(expression) : `the ${side} ${sayExpression(expression)}`
}

// ---------------------------------------------------------------------------------------------------------
// Groups and orders

function sayGrouping(keys: string, aggregates: readonly AliasedExpression[]): string {
  return aggregates.length === 0
    ? `groups ${keys}, and keeps one row for each group`
    : `groups ${keys}, and computes ${sayAliased(aggregates)} for each group`
}

/** "by a and b"; a constant or no key at all puts all rows into one group. */
function sayKeys(keys: readonly AliasedExpression[]): string {
  const constant = keys.every(({ expression }) => expression.kind === 'BooleanLiteral')
  return constant ? 'all rows together' : `by ${sayAliased(keys)}`
}

function sayCombination(keys: readonly AliasedExpression[]): string {
  return keys.length === 1 ? sayAliased(keys) : `combination of ${sayAliased(keys)}`
}

function unaliased(expression: Expression): AliasedExpression {
  return { kind: 'AliasedExpression', expression, alias: null, range: expression.range }
}

function sayDedupe({ keys, keep, orderBy }: DedupebyStage): string {
  const each = `for each ${sayCombination(keys.map(unaliased))}`
  if (orderBy.length > 0)
    return `sorts by ${sayOrder(orderBy)}, and keeps the ${sayFirst('first', keep)} ${each}`
  const count = keep === null ? '1' : sayValue(keep)
  if (keep !== null && keep.kind !== 'NumberLiteral') return `keeps as many rows as ${count} ${each}`
  return `keeps ${count === '1' ? 'one row' : `${count} rows`} ${each}`
}

/** Without aggregations the best rows; with one the best groups by the other results. */
function sayTop({ end, count, results, by }: TopStage): string {
  const ranking = `by ${sayAliased(by)}`
  const isAggregated = ({ expression }: AliasedExpression) => hasAggregation(expression)
  if (![...results, ...by].some(isAggregated))
    return `lists ${sayAliased(results)} for the ${sayFirst(end, count)} ${ranking}`

  const keys = results.filter((result) => !isAggregated(result))
  const values = results.filter(isAggregated)
  const shown = values.length === 0 ? '' : `, with ${sayAliased(values)} for each`
  return `groups ${sayKeys(keys)}, and lists the ${sayFirst(end, count, 'group')} ${ranking}${shown}`
}

/** "first row", "top 3 groups"; no number means one. */
function sayFirst(place: 'first' | 'top' | 'bottom', count: Expression | null, noun = 'row'): string {
  const said = count === null ? '1' : sayValue(count)
  if (count !== null && count.kind !== 'NumberLiteral') return `${place} ${noun}s (as many as ${said})`
  return said === '1' ? `${place} ${noun}` : `${place} ${said} ${noun}s`
}

const DIRECTIONS = { asc: ' in ascending order', desc: ' in descending order' } as const
const TIME_DIRECTIONS = { asc: ', oldest first', desc: ', newest first' } as const
const SEVERITY_DIRECTIONS = { asc: ', least severe first', desc: ', most severe first' } as const

function sayOrder(keys: readonly OrderKey[]): string {
  return keys
    .map(
      ({ expression, direction }) =>
        `${sayExpression(expression)}${directionsOf(expression)[direction ?? 'asc']}`,
    )
    .join(', then by ')
}

function directionsOf(expression: Expression) {
  if (isTime(expression)) return TIME_DIRECTIONS
  const severity = expression.kind === 'Keypath' && printExpression(expression) === '$m.severity'
  return severity ? SEVERITY_DIRECTIONS : DIRECTIONS
}

// ---------------------------------------------------------------------------------------------------------
// Fields

function sayRedact({ target, pattern, replacement }: RedactStage): string {
  const found =
    pattern.kind === 'RegexLiteral'
      ? `every match of ${sayExpression(pattern)}`
      : `every ${sayValue(pattern)}`
  return replacement.kind === 'StringLiteral' && replacement.value === ''
    ? `removes ${found} from ${sayKeypath(target)}`
    : `replaces ${found} in ${sayKeypath(target)} with ${sayValue(replacement)}`
}

const EXISTING = {
  fail: 'failing where it already exists',
  skip: 'skipping rows where it already exists',
  overwrite: 'overwriting it where it already exists',
} as const

const MISSING_PARENT = {
  fail: 'failing where its parent is missing',
  create: 'creating its parent where that is missing',
  skip: 'skipping rows where its parent is missing',
} as const

const CHANGED_TYPE = {
  skip: 'skipping rows where its type would change',
  fail: 'failing where its type would change',
  overwrite: 'even where its type changes',
} as const

/** What happens where a value cannot simply be put in place. */
function withClauses(clause: string, stage: CreateStage | ReplaceStage): string {
  const { onDatatypeChanged } = stage
  const { onKeypathExists, onKeypathMissing } =
    stage.kind === 'CreateStage' ? stage : { onKeypathExists: null, onKeypathMissing: null }
  const clauses = [
    onKeypathExists && EXISTING[onKeypathExists],
    onKeypathMissing && MISSING_PARENT[onKeypathMissing],
    onDatatypeChanged && CHANGED_TYPE[onDatatypeChanged],
  ].filter((said) => said !== null)
  return clauses.length === 0 ? clause : `${clause}, ${joinWords(clauses)}`
}

function sayExtract(stage: ExtractStage): string {
  const conversions = stage.datatypes.length === 0 ? '' : `, and converts ${sayConversions(stage.datatypes)}`
  return `${sayExtraction(stage)}${conversions}`
}

/** What is extracted and where to, by the extractor; an unknown one is said as it is written. */
function sayExtraction({ subject, into, extractor }: ExtractStage): string {
  const from = sayExpression(subject)
  const target = sayTarget(into)
  const given = argumentsOf(extractor.name, extractor.arguments)
  const option = (name: string, before: string) => {
    const value = given.get(name)
    return value === undefined ? '' : `${before}${sayExpression(value)}`
  }
  switch (extractor.name) {
    case 'regexp':
      return `extracts ${option('e', 'the groups of ')} from ${from} into ${target}`
    case 'multi_regexp':
      return `extracts ${option('e', 'every match of ')} from ${from} into ${target}`
    case 'kv': {
      const options = [
        option('pair_delimiter', 'pairs separated by '),
        option('key_delimiter', 'keys and values separated by '),
        option('quote_char', 'values quoted with '),
      ].filter((said) => said !== '')
      return `extracts key-value pairs from ${from} into ${target}${options.length === 0 ? '' : `, with ${joinWords(options)}`}`
    }
    case 'jsonobject': {
      const count = option('max_unescape_count', '')
      const unescaped = count === '' ? '' : `, unescaped ${count === '1' ? 'once' : `${count} times`} at most`
      return `parses ${from} as a JSON object into ${target}${unescaped}`
    }
    case 'split': {
      const type = option('element_datatype', '')
      const converted = type === '' ? '' : `, with each part converted to ${sayType(type)}`
      return `splits ${from}${option('delimiter', ' at ')} into ${target}${converted}`
    }
    default:
      return `extracts ${printExpression(extractor)} from ${from} into ${target}`
  }
}

/** The arguments of an extractor by their names, also those that are given by their place. */
function argumentsOf(name: string, list: readonly Argument[]): ReadonlyMap<string, Expression> {
  const parameters = extractorNamed(name)?.parameters ?? []
  return new Map(
    list.map((argument, index) => [argument.name ?? parameters[index]?.name ?? '', argument.value]),
  )
}

function sayConversions(list: readonly TypedKeypath[]): string {
  return joinWords(list.map(({ keypath, type }) => `${sayKeypath(keypath)} to ${sayType(type)}`))
}

function isRecord({ namespace, segments }: Keypath): boolean {
  return namespace === '$d' && segments.length === 0
}

/** Where something is put; the whole record stands for its top level. */
function sayTarget(keypath: Keypath): string {
  return isRecord(keypath) ? 'the top level of the record' : sayKeypath(keypath)
}

function named(into: Keypath | null): string {
  return into === null ? '' : ` as ${sayTarget(into)}`
}

function stored(into: Keypath | null): string {
  return into === null ? '' : `, and stores the result as ${sayTarget(into)}`
}

function sayAliased(list: readonly AliasedExpression[]): string {
  if (list.length === 0) return 'nothing'
  return joinWords(
    list.map(
      ({ expression, alias }) => `${sayItem(expression, list.length === 1 && alias === null)}${named(alias)}`,
    ),
  )
}

/** An expression in a list, in parentheses where what follows would be taken for part of it. */
function sayItem(expression: Expression, alone: boolean): string {
  const said = sayExpression(expression)
  return isConditional(expression) && !alone ? `(${said})` : said
}
