import {
  assume,
  type DraftHaving,
  type DraftOrder,
  type PlacedCondition,
  type PlacedMeasure,
  type Reading,
} from '../draft'
import type { GroupKey, Having, Order, QueryPlan } from '../intermediate'
import { type Field, findByConcept, isNumeric } from '../link/field'
import { type Interval, intervalSeconds, type Timeframe } from '../time/timeframe'
import { nameMeasures } from './aliases'
import { fieldOf, mergeConditions } from './merge-conditions'
import { resolveAbsence } from './resolve-absence'
import { resolveShare } from './resolve-share'

/**
 * The plan a reading amounts to: what the question leaves open is decided here, and noted as an assumption. A
 * fragment, which changes an earlier query, leaves open what it does not say.
 */
export function resolvePlan(reading: Reading, isFragment = false): QueryPlan {
  const { draft } = reading
  const share = draft.share === null ? null : resolveShare(reading, draft.share)
  const absence = resolveAbsence(reading)
  const conditions = mergeConditions(share?.filtered ?? absence?.conditions ?? draft.conditions)
  const placedShare =
    share === null || draft.share === null ? null : shareMeasure(draft.share.scale, draft.share, share)
  const late = placedShare ?? absence?.measure ?? null
  const shape = shapeOf(reading, conditions, late, isFragment)
  const filters = conditions.map(({ condition }) => condition)
  const words = new Set(reading.question.tokens.map(({ lower }) => lower))
  const aliases = nameMeasures(shape.measures, shape.groupKeys, filters, words)
  return {
    source: reading.index.source,
    timeframe: draft.timeframe,
    conditions: filters,
    groupKeys: shape.groupKeys,
    measures: shape.measures.map(({ measure }, index) => ({ measure, alias: aliases[index] as string })),
    having: resolveHaving(
      [...draft.having, ...(absence === null ? [] : [absence.having])],
      shape.measures,
      placedShare,
    ),
    distinct: shape.distinct,
    order: shape.order,
    limit: draft.limit,
    projection: shape.measures.length > 0 || shape.distinct.length > 0 ? [] : draft.projection,
  }
}

function shareMeasure(
  scale: 1 | 100,
  { start, end, said }: { start: number; end: number; said: string },
  share: { counted: readonly PlacedCondition[]; said: string },
): PlacedMeasure {
  const conditions = share.counted.map(({ condition }) => condition)
  return { measure: { kind: 'share', conditions, scale }, start, end, said: `${share.said} ${said}` }
}

interface Shape {
  readonly groupKeys: readonly GroupKey[]
  readonly measures: readonly PlacedMeasure[]
  readonly distinct: readonly Field[]
  readonly order: Order | null
}

const COUNT: PlacedMeasure = { measure: { kind: 'count' }, start: 0, end: 0, said: '' }

function shapeOf(
  reading: Reading,
  conditions: readonly PlacedCondition[],
  share: PlacedMeasure | null,
  isFragment: boolean,
): Shape {
  const { draft } = reading
  const said = [...draft.measures, ...(share === null ? [] : [share])].sort((a, b) => a.start - b.start)
  const keys = collectKeys(reading, conditions)
  const isRanked =
    draft.order !== null && draft.order.by !== 'timestamp' && rankField(reading, conditions) === null
  const { subject } = draft
  if (subject !== null) {
    const isKey = said.length > 0 || isRanked
    if (isKey) {
      const groupKeys = withKeys([...listed(reading)], keys)
      const measures = said.length > 0 ? said : [COUNT]
      return { groupKeys, measures, distinct: [], order: orderOf(reading, measures, groupKeys, conditions) }
    }
    if (keys.length > 0) {
      const isGrouped = keys.some((key) => key.kind === 'field' && key.field === subject.field)
      const measures: PlacedMeasure[] = isGrouped
        ? [COUNT]
        : [
            {
              measure: { kind: 'distinct', field: subject.field },
              start: subject.start,
              end: subject.end,
              said: '',
            },
          ]
      return { groupKeys: keys, measures, distinct: [], order: orderOf(reading, measures, keys, conditions) }
    }
    if (isListed(reading, conditions)) {
      return { groupKeys: [], measures: [], distinct: listed(reading), order: null }
    }
  }
  const topKeys =
    !isFragment && keys.length === 0 && said.length === 0 && subject === null && isRanked
      ? commonestKey(reading)
      : []
  const groupKeys = keys.length > 0 ? keys : topKeys
  const measures = said.length > 0 ? said : groupKeys.length > 0 ? [COUNT] : []
  return { groupKeys, measures, distinct: [], order: orderOf(reading, measures, groupKeys, conditions) }
}

function listed(reading: Reading): Field[] {
  const { subject, alsoListed } = reading.draft
  return subject === null ? [] : [subject.field, ...alsoListed]
}

function withKeys(fields: readonly Field[], keys: readonly GroupKey[]): GroupKey[] {
  const known = new Set(keys.flatMap((key) => (key.kind === 'field' ? [key.field] : [])))
  return [
    ...fields.filter((field) => !known.has(field)).map((field): GroupKey => ({ kind: 'field', field })),
    ...keys,
  ]
}

/** Fields in the order they were said, what is compared among them, the time last. */
function collectKeys(reading: Reading, conditions: readonly PlacedCondition[]): GroupKey[] {
  const { draft } = reading
  const compared = conditions
    .filter((condition) => draft.isComparison || condition.isComparison)
    .flatMap((placed) => comparedKey(placed))
  const placed = [...draft.groupKeys, ...compared].sort(
    (a, b) => rank(a.key) - rank(b.key) || a.start - b.start,
  )
  const keys: GroupKey[] = []
  for (const { key } of placed) {
    if (key.kind === 'field' && keys.some((known) => known.kind === 'field' && known.field === key.field))
      continue
    keys.push(
      key.kind === 'bucket' && key.interval.amount === 0
        ? { kind: 'bucket', interval: chooseStep(reading) }
        : key,
    )
  }
  return keys
}

function rank(key: GroupKey): number {
  return key.kind === 'bucket' ? 1 : 0
}

function comparedKey({ condition, start }: PlacedCondition): { key: GroupKey; start: number }[] {
  if (condition.kind === 'oneOf' && !condition.isNegated)
    return [{ key: { kind: 'field', field: condition.field }, start }]
  return condition.kind === 'severity' && condition.severities.length > 1
    ? [{ key: { kind: 'severity' }, start }]
    : []
}

const STEPS: readonly Interval[] = [
  { amount: 10, unit: 's' },
  { amount: 30, unit: 's' },
  { amount: 1, unit: 'm' },
  { amount: 5, unit: 'm' },
  { amount: 15, unit: 'm' },
  { amount: 1, unit: 'h' },
  { amount: 6, unit: 'h' },
  { amount: 1, unit: 'd' },
]
const POINTS_MAX = 60
const DEFAULT_RANGE_SECONDS = 3_600

/** A step for a course over time that names none: at most about sixty points. */
function chooseStep(reading: Reading): Interval {
  const seconds = rangeSeconds(reading.draft.timeframe)
  const step =
    STEPS.find((candidate) => seconds / intervalSeconds(candidate) <= POINTS_MAX) ??
    (STEPS.at(-1) as Interval)
  assume(reading, `no time step named: steps of ${step.amount}${step.unit}`)
  return step
}

function rangeSeconds(timeframe: Timeframe | null): number {
  if (timeframe?.kind === 'last') return intervalSeconds(timeframe.interval)
  if (timeframe?.kind !== 'between') return DEFAULT_RANGE_SECONDS
  const end = timeframe.to === 'now' ? timeframe.from.getTime() + 86_400_000 : timeframe.to.getTime()
  return (end - timeframe.from.getTime()) / 1_000
}

/** Values of a field are listed, unless the question only narrows that very field: "user agents beginning with …". */
function isListed(reading: Reading, conditions: readonly PlacedCondition[]): boolean {
  const { subject } = reading.draft
  if (subject === null) return false
  return subject.isAsked || !conditions.some(({ condition }) => fieldOf(condition) === subject.field)
}

/** "top 10 errors": the most common messages. */
function commonestKey(reading: Reading): GroupKey[] {
  const { fields } = reading.index
  const saysMessages = reading.question.tokens.some(
    ({ lower }) => lower === 'messages' || lower === 'message',
  )
  const field =
    (saysMessages ? findByConcept(fields, 'message') : null) ??
    findByConcept(reading.index.fields, 'error type') ??
    findByConcept(reading.index.fields, 'message') ??
    findByConcept(reading.index.fields, 'operation')
  if (field === null || reading.draft.order?.by !== 'rank') return []
  assume(reading, `nothing named to rank: the most common values of ${field.text}`)
  return [{ kind: 'field', field }]
}

// ---------------------------------------------------------------------------------------------------------

/** The field records are ranked by when nothing is measured: the one the order names, or the one compared. */
function rankField(reading: Reading, conditions: readonly PlacedCondition[]): Field | null {
  const { order, measures, subject, groupKeys } = reading.draft
  if (order?.by !== 'rank' || measures.length > 0 || subject !== null || groupKeys.length > 0) return null
  if (order.field !== null) return order.field
  return (
    conditions
      .map(({ condition }) => fieldOf(condition))
      .find((field) => field !== null && isNumeric(field) && field.unit !== null) ?? null
  )
}

function orderOf(
  reading: Reading,
  measures: readonly PlacedMeasure[],
  keys: readonly GroupKey[],
  conditions: readonly PlacedCondition[],
): Order | null {
  const { order } = reading.draft
  if (order === null) return null
  if (measures.length > 0) return groupedOrder(order, measures, keys)
  if (order.by === 'timestamp') return order
  const field = rankField(reading, conditions)
  if (order.by === 'rank' && field !== null) return { by: 'field', field, direction: order.direction }
  return order.by === 'field' ? order : null
}

function groupedOrder(
  order: DraftOrder,
  measures: readonly PlacedMeasure[],
  keys: readonly GroupKey[],
): Order | null {
  if (order.by === 'timestamp')
    return keys.some(({ kind }) => kind === 'bucket') ? { by: 'bucket', direction: order.direction } : null
  if (order.by === 'placed')
    return {
      by: 'measure',
      measure: Math.max(0, measures.indexOf(order.measure)),
      direction: order.direction,
    }
  if (order.by === 'rank' && order.field !== null) {
    const { field } = order
    const isKey = keys.some((key) => key.kind === 'field' && key.field === field)
    if (isKey) return { by: 'field', field, direction: order.direction }
    const at = measures.findIndex(({ measure }) => 'field' in measure && measure.field === field)
    return { by: 'measure', measure: Math.max(0, at), direction: order.direction }
  }
  return { by: 'measure', measure: 0, direction: order.direction }
}

function resolveHaving(
  having: readonly DraftHaving[],
  measures: readonly PlacedMeasure[],
  share: PlacedMeasure | null,
): Having[] {
  return having.flatMap(({ measure, operator, value }) => {
    const placed = measure ?? share
    const at = placed === null ? -1 : measures.indexOf(placed)
    return at < 0 ? [] : [{ measure: at, operator, value }]
  })
}

/** True when a plan asks for something: a plan without any of these says only where to look. */
export function isEmptyPlan(plan: QueryPlan): boolean {
  const parts: readonly (readonly unknown[])[] = [
    plan.conditions,
    plan.groupKeys,
    plan.measures,
    plan.distinct,
    plan.projection,
  ]
  return parts.every((part) => part.length === 0) && plan.order === null && plan.limit === null
}
