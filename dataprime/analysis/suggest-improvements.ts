/** Advice on a query that is valid, read from its tree: what would make it cheaper, or say the same with less. */

import { print } from '../format/print'
import { aggregatesRows } from '../tree/aggregation'
import type {
  Expression,
  FilterStage,
  GroupbyStage,
  Keypath,
  Query,
  SourceStage,
  Stage,
  TextRange,
} from '../tree/ast'
import { stage as buildStage, intervalOfSeconds, number } from '../tree/build'
import { canonicalKeypath, readKeypaths, resultKeypath, writtenKeypaths } from '../tree/keypaths'
import { commandOf } from '../tree/stage-command'
import { walk } from '../tree/walk'
import { isFilter } from './describe-query'
import { renameKeypaths } from './rename-keypaths'

export const IMPROVEMENT_CODES = [
  'missing-time-range',
  'late-filter',
  'unbounded-rows',
  'unbounded-sort',
  'useless-sort',
  'search-everywhere',
  'redundant-limit',
  'redundant-filter',
] as const
export type ImprovementCode = (typeof IMPROVEMENT_CODES)[number]

export interface Improvement {
  readonly code: ImprovementCode
  readonly message: string
  /** The stage it is about, and where it stands in the text. */
  readonly stageIndex: number
  readonly range: TextRange
  /** The whole query with the advice taken; left out where only its writer can tell how. */
  readonly rewritten?: string
}

/** Rows and time range that the rewritten queries are bounded to, for their writer to change. */
const ROWS = 100
const HOUR_SECONDS = 3600

type Advice = (query: Query) => readonly Improvement[]

/** A longer pipeline was written by a program, and comparing its stages with one another would take long. */
const STAGES_MAX = 200

/** All advice, in the order of the stages. Sub-queries are not looked into. */
export function suggestImprovements(query: Query): readonly Improvement[] {
  // A condition of DPXL reads no rows of its own.
  if (query.stages.length > STAGES_MAX || query.stages[0]?.kind === 'DpxlStage') return []
  const advice = [
    missingTimeRange,
    lateFilter,
    filterOnGroupKey,
    unboundedRows,
    uselessSort,
    searchEverywhere,
    redundantLimit,
    redundantFilter,
  ] satisfies readonly Advice[]
  return advice.flatMap((advise) => advise(query)).sort((a, b) => a.stageIndex - b.stageIndex)
}

function improvement(
  query: Query,
  code: ImprovementCode,
  stageIndex: number,
  message: string,
  rewritten?: readonly Stage[],
): Improvement {
  const { range } = query.stages[stageIndex] as Stage
  const base = { code, message, stageIndex, range }
  return rewritten === undefined ? base : { ...base, rewritten: print({ ...query, stages: rewritten }) }
}

// ---------------------------------------------------------------------------------------------------------
// How much is read

function missingTimeRange(query: Query): readonly Improvement[] {
  const source = query.stages[0]
  if (source?.kind !== 'SourceStage' || source.timeframe !== null) return []
  const bounded: SourceStage = {
    ...source,
    timeframe: {
      kind: 'LastTimeframe',
      interval: intervalOfSeconds(HOUR_SECONDS),
      range: source.range,
    },
  }
  const message = 'without a time range the query reads whatever range the request has; name one'
  return [improvement(query, 'missing-time-range', 0, message, [bounded, ...query.stages.slice(1)])]
}

function searchEverywhere(query: Query): readonly Improvement[] {
  return query.stages.flatMap((stage, index) => {
    if (stage.kind === 'WildfindStage') {
      const message = `wildfind searches every field; where the field is known, find '…' in field reads one`
      return [improvement(query, 'search-everywhere', index, message)]
    }
    if (!searchesAllData(stage)) return []
    const message = `$d ~~ searches every field; where the field is known, field ~ '…' reads one`
    return [improvement(query, 'search-everywhere', index, message)]
  })
}

function searchesAllData(stage: Stage): boolean {
  let found = false
  walk(stage, (node) => {
    found ||=
      node.kind === 'BinaryExpression' &&
      node.operator === '~~' &&
      node.left.kind === 'Keypath' &&
      node.left.segments.length === 0
  })
  return found
}

// ---------------------------------------------------------------------------------------------------------
// How much is sorted, attached and given back

/** Single records without a bound, sorted or not. */
function unboundedRows(query: Query): readonly Improvement[] {
  if (query.stages.some((stage) => aggregatesRows(stage) || boundsRows(stage))) return []
  const last = query.stages.length - 1
  if (last < 0 || query.stages.some(({ kind }) => kind === 'UnknownStage')) return []
  const bounded = [...query.stages, limitTo(ROWS)]
  const sort = query.stages.findIndex(({ kind }) => kind === 'OrderbyStage')
  if (sort !== -1) {
    const message = 'all records are sorted and given back; a limit after the sort keeps the first ones only'
    return [improvement(query, 'unbounded-sort', sort, message, bounded)]
  }
  const message = 'every matching record is given back; add a limit, or aggregate'
  return [improvement(query, 'unbounded-rows', last, message, bounded)]
}

function boundsRows({ kind }: Stage): boolean {
  return kind === 'LimitStage' || kind === 'TopStage'
}

function limitTo(rows: number): Stage {
  return buildStage({ kind: 'LimitStage', count: number(rows) })
}

/** A sort whose order the next stages do not keep: another sort, or an aggregation, with nothing between that needs it. */
function uselessSort(query: Query): readonly Improvement[] {
  return query.stages.flatMap((stage, index) => {
    if (stage.kind !== 'OrderbyStage') return []
    const next = query.stages.slice(index + 1).find((later) => !keepsOrder(later))
    if (next === undefined || !forgetsOrder(next)) return []
    const message = `the order is lost in the "${commandOf(next)}" that follows; the sort can be left out`
    return [improvement(query, 'useless-sort', index, message, without(query.stages, index))]
  })
}

/** Stages that work on each row by itself, so that a sort before them is the same as one after them. */
function keepsOrder(stage: Stage): boolean {
  return isFilter(stage) || stage.kind === 'CreateStage' || stage.kind === 'RemoveStage'
}

/** `collect` and `any_value` aside, an aggregation does not depend on the order of its rows. */
function forgetsOrder(stage: Stage): boolean {
  if (stage.kind === 'OrderbyStage') return true
  if (!aggregatesRows(stage)) return false
  let depends = false
  walk(stage, (node) => {
    depends ||= node.kind === 'CallExpression' && (node.name === 'collect' || node.name === 'any_value')
  })
  return !depends
}

// ---------------------------------------------------------------------------------------------------------
// Where rows are dropped

const EXPENSIVE: ReadonlySet<Stage['kind']> = new Set([
  'OrderbyStage',
  'ExtractStage',
  'EnrichStage',
  'JoinStage',
])

/** A filter that could drop rows before they are sorted, attached or taken apart. */
function lateFilter(query: Query): readonly Improvement[] {
  return query.stages.flatMap((stage, index) => {
    if (!isFilter(stage)) return []
    const target = earliestPlace(query.stages, index)
    const spared = query.stages.slice(target, index).find(({ kind }) => EXPENSIVE.has(kind))
    if (spared === undefined) return []
    const message = `rows are dropped only after "${commandOf(spared)}"; the filter can stand before it`
    return [improvement(query, 'late-filter', index, message, moved(query.stages, index, target))]
  })
}

/** How far up a filter may be moved without a change of what comes out. */
function earliestPlace(stages: readonly Stage[], index: number): number {
  const read = readKeypaths(stages[index] as Stage)
  let place = index
  while (place > 0 && commutes(stages[place - 1] as Stage, read)) place--
  // Above the last expensive stage there is nothing to be gained.
  while (place < index && !EXPENSIVE.has((stages[place] as Stage).kind)) place++
  return place
}

function commutes(stage: Stage, read: readonly Keypath[]): boolean {
  switch (stage.kind) {
    case 'OrderbyStage':
      return true
    case 'ExtractStage':
    case 'EnrichStage':
    case 'CreateStage':
    case 'RoundtimeStage':
      return independent(writtenKeypaths(stage), read)
    case 'JoinStage':
      // A full or right join adds rows of its own, which a filter before it would let through.
      return stage.join !== 'full' && stage.join !== 'right' && independent([stage.into], read)
    default:
      return false
  }
}

/** Whether nothing that is read lies above or below anything that is written. A search of all data reads everything. */
function independent(written: readonly Keypath[], read: readonly Keypath[]): boolean {
  if (read.length === 0) return false
  const reads = read.map(canonicalKeypath)
  return written.map(canonicalKeypath).every((target) => {
    return reads.every((text) => !isWithin(text, target) && !isWithin(target, text))
  })
}

function isWithin(keypath: string, other: string): boolean {
  if (!keypath.startsWith(other)) return false
  const next = keypath.charAt(other.length)
  return next === '' || next === '.' || next === '['
}

/** A filter on nothing but group keys, right after the grouping: it could drop the rows before they are grouped. */
function filterOnGroupKey(query: Query): readonly Improvement[] {
  return query.stages.flatMap((stage, index) => {
    const grouping = query.stages[index - 1]
    if (stage.kind !== 'FilterStage' || grouping?.kind !== 'GroupbyStage') return []
    const earlier = asFilterOnRecords(stage, grouping)
    if (earlier === undefined) return []
    const message =
      'the filter reads group keys only; before the grouping it spares the rows of the other groups'
    const rewritten = [
      ...query.stages.slice(0, index - 1),
      earlier,
      grouping,
      ...query.stages.slice(index + 1),
    ]
    return [improvement(query, 'late-filter', index, message, rewritten)]
  })
}

/** The filter with the names of group keys put back to the keypaths they stand for; undefined when it reads anything else. */
function asFilterOnRecords(filter: FilterStage, grouping: GroupbyStage): FilterStage | undefined {
  const keys = new Map<string, Keypath>()
  for (const key of grouping.keys) {
    const name = resultKeypath(key)
    if (key.expression.kind === 'Keypath' && name !== undefined) {
      keys.set(canonicalKeypath(name), key.expression)
    }
  }
  const read = readKeypaths(filter)
  if (read.length === 0) return undefined
  if (!read.every((keypath) => keys.has(canonicalKeypath(keypath)))) return undefined
  const predicate = renameKeypaths(filter.predicate, (keypath) => keys.get(canonicalKeypath(keypath)))
  return predicate === undefined ? undefined : { ...filter, predicate }
}

// ---------------------------------------------------------------------------------------------------------
// What can be left out

/** Of two limits in a row the larger one does nothing. */
function redundantLimit(query: Query): readonly Improvement[] {
  return query.stages.flatMap((stage, index) => {
    const previous = query.stages[index - 1]
    if (stage.kind !== 'LimitStage' || previous?.kind !== 'LimitStage') return []
    const [first, second] = [previous.count, stage.count]
    if (first.kind !== 'NumberLiteral' || second.kind !== 'NumberLiteral') return []
    const larger = first.value > second.value ? index - 1 : index
    const message = 'of two limits in a row only the smaller one counts'
    return [improvement(query, 'redundant-limit', larger, message, without(query.stages, larger))]
  })
}

/** A condition that is always true, or the same as one before it with nothing between that changes rows. */
function redundantFilter(query: Query): readonly Improvement[] {
  const seen = new Set<string>()
  return query.stages.flatMap((stage, index) => {
    if (!isFilter(stage)) {
      if (stage.kind !== 'OrderbyStage' && stage.kind !== 'LimitStage') seen.clear()
      return []
    }
    const text = print({ ...query, stages: [stage] })
    const repeated = seen.has(text)
    seen.add(text)
    const always = isAlwaysTrue(stage)
    // Without its only stage there would be no query left.
    if ((!repeated && !always) || query.stages.length === 1) return []
    const message = always ? 'the condition is true for every row' : 'the same filter stands before it'
    return [improvement(query, 'redundant-filter', index, message, without(query.stages, index))]
  })
}

function isAlwaysTrue(stage: Stage): boolean {
  const literal = (expression: Expression, value: boolean) =>
    expression.kind === 'BooleanLiteral' && expression.value === value
  if (stage.kind === 'FilterStage') return literal(stage.predicate, true)
  return stage.kind === 'BlockStage' && literal(stage.predicate, false)
}

function without(stages: readonly Stage[], index: number): readonly Stage[] {
  return stages.filter((_, position) => position !== index)
}

function moved(stages: readonly Stage[], from: number, to: number): readonly Stage[] {
  const rest = without(stages, from)
  return [...rest.slice(0, to), stages[from] as Stage, ...rest.slice(to)]
}
