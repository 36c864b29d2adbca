import {
  build,
  type Expression,
  type GroupbyStage,
  type IntervalLiteral,
  type Keypath,
  type Query,
  type Stage,
} from '#dataprime'
import type {
  Condition,
  GroupKey,
  Having,
  Measure,
  NamedMeasure,
  NamedUnit,
  Order,
  QueryPlan,
  QuotientPart,
} from './intermediate'
import { keypathNames } from './link/field'
import { bucketName, keyName } from './resolve/aliases'
import { type Interval, intervalSeconds, type Timeframe } from './time/timeframe'
import { convertUnit } from './units'

/** The syntax tree of a plan: source, filter, grouping, condition on the measures, order, limit, fields. */
export function toTree(plan: QueryPlan): Query {
  const stages: (Stage | null)[] = [
    sourceStage(plan),
    filterStage(plan.conditions),
    shapeStage(plan),
    havingStage(plan.having, plan.measures),
    orderStage(plan),
    plan.limit === null ? null : limitStage(plan.limit),
    projectionStage(plan),
  ]
  return build.query(stages.filter((stage) => stage !== null))
}

function sourceStage(plan: QueryPlan): Stage {
  const dataset = {
    kind: 'Dataset' as const,
    dataspace: null,
    name: plan.source,
    range: { start: 0, end: 0 },
  }
  return build.stage({
    kind: 'SourceStage',
    dataset,
    parameters: [],
    timeframe: timeframeNode(plan.timeframe),
  })
}

/** The timeframe of a source stage, null for none. */
export function timeframeNode(timeframe: Timeframe | null) {
  const range = { start: 0, end: 0 }
  if (timeframe === null) return null
  if (timeframe.kind === 'last')
    return { kind: 'LastTimeframe' as const, interval: intervalLiteral(timeframe.interval), range }
  if (timeframe.kind === 'around')
    return { kind: 'AroundTimeframe' as const, time: instant(timeframe.at), interval: null, range }
  const to = timeframe.to === 'now' ? build.timestamp('now') : instant(timeframe.to)
  return { kind: 'BetweenTimeframe' as const, from: instant(timeframe.from), to, range }
}

function instant(at: Date) {
  return build.timestamp(at.toISOString().replace('.000Z', 'Z'))
}

/** An interval in the unit it was asked in: 90m, not 1h30m. */
function intervalLiteral(interval: Interval): IntervalLiteral {
  const literal = build.intervalOfSeconds(intervalSeconds(interval))
  return { ...literal, text: `${interval.amount}${interval.unit}` }
}

// -------------------------------------------------------------------------------------------- conditions

/** One filter stage for all of the conditions, null for none. */
export function filterStage(conditions: readonly Condition[]): Stage | null {
  const predicate = build.allOf(conditions.map(conditionNode))
  return predicate === undefined ? null : build.stage({ kind: 'FilterStage', predicate })
}

const SEVERITY = build.keypath('$m', 'severity')

/** A condition as an expression. */
export function conditionNode(condition: Condition): Expression {
  switch (condition.kind) {
    case 'compare':
      return build.binary(condition.operator, condition.field.keypath, literalNode(condition.value))
    case 'oneOf':
      return negatedIf(
        condition.isNegated,
        build.methodCall(condition.field.keypath, 'in', ...condition.values.map(literalNode)),
      )
    case 'text':
      return negatedIf(condition.isNegated, textNode(condition))
    case 'present':
      return build.binary(condition.isPresent ? '!=' : '==', condition.field.keypath, build.nullLiteral())
    case 'subnet':
      return negatedIf(
        condition.isNegated,
        build.call('ipInSubnet', condition.field.keypath, build.string(condition.subnet)),
      )
    case 'severity':
      return severityNode(condition)
    case 'severityRange':
      return build.binary(condition.operator, SEVERITY, build.severity(condition.severity))
    case 'any':
      return build.anyOf(condition.conditions.map(conditionNode)) as Expression
    case 'all':
      return build.allOf(condition.conditions.map(conditionNode)) as Expression
  }
}

function literalNode(value: string | number | boolean): Expression {
  if (typeof value === 'number') return build.number(value)
  return typeof value === 'boolean' ? build.boolean(value) : build.string(value)
}

function negatedIf(isNegated: boolean, expression: Expression): Expression {
  return isNegated ? build.not(expression) : expression
}

function textNode(condition: Extract<Condition, { kind: 'text' }>): Expression {
  const subject = condition.field?.keypath
  if (subject === undefined) return build.binary('~~', build.keypath('$d'), build.string(condition.text))
  const operand =
    condition.operator === 'matches' ? build.regex(condition.text) : build.string(condition.text)
  return build.methodCall(subject, condition.operator, operand)
}

function severityNode({ severities, isNegated }: Extract<Condition, { kind: 'severity' }>): Expression {
  const tests = severities.map((severity) =>
    build.binary(isNegated ? '!=' : '==', SEVERITY, build.severity(severity)),
  )
  return (isNegated ? build.allOf(tests) : build.anyOf(tests)) as Expression
}

// ------------------------------------------------------------------------------------------------ shape

/** Grouping with measures, measures over everything, a plain count, or the listing of distinct values. */
function shapeStage(plan: QueryPlan): Stage | null {
  const { groupKeys, measures, distinct } = plan
  if (groupKeys.length > 0) return groupStage(groupKeys, measures)
  if (measures.length > 0) return ungroupedStage(measures, plan.having.length > 0)
  if (distinct.length === 0) return null
  return build.stage({ kind: 'DistinctStage', keys: distinct.map((field) => build.aliased(field.keypath)) })
}

export function groupStage(keys: readonly GroupKey[], measures: readonly NamedMeasure[]): Stage {
  return build.stage<GroupbyStage>({
    kind: 'GroupbyStage',
    keys: keys.map(keyNode),
    aggregates: measures.map(namedNode),
  })
}

export function keyNode(key: GroupKey) {
  if (key.kind === 'severity') return build.aliased(SEVERITY)
  if (key.kind === 'field') return build.aliased(key.field.keypath)
  const bucket = build.call('roundTime', build.keypath('$m', 'timestamp'), intervalLiteral(key.interval))
  return build.aliased(bucket, bucketName(key.interval))
}

/** A single count needs no name unless something is compared with it. */
export function ungroupedStage(measures: readonly NamedMeasure[], isNamed: boolean): Stage {
  if (measures.length === 1 && measures[0]?.measure.kind === 'count' && !isNamed) {
    return build.stage({ kind: 'CountStage', into: null })
  }
  return build.stage({ kind: 'AggregateStage', aggregates: measures.map(namedNode) })
}

function namedNode({ measure, alias }: NamedMeasure) {
  return build.aliased(measureNode(measure), alias)
}

/** A measure as an aggregate expression. */
export function measureNode(measure: Measure): Expression {
  switch (measure.kind) {
    case 'count':
      return build.call('count')
    case 'countIf':
      return countIf(measure.conditions)
    case 'distinct':
      return build.call('distinct_count', measure.field.keypath)
    case 'statistic':
      return inUnit(build.call(measure.name, measure.field.keypath), measure)
    case 'percentile':
      return inUnit(build.call('percentile', build.number(measure.rank), measure.field.keypath), measure)
    case 'share':
      return scaled(build.binary('/', countIf(measure.conditions), build.call('count')), measure.scale)
    case 'quotient':
      return scaled(
        build.binary('/', partNode(measure.numerator), partNode(measure.denominator)),
        measure.scale,
      )
  }
}

/** In the unit it is shown in: divided by how many of the field's own it holds, or multiplied where it is smaller. */
function inUnit(
  expression: Expression,
  { field, shownIn }: Extract<Measure, { shownIn?: NamedUnit }>,
): Expression {
  if (shownIn === undefined || field.unit === null) return expression
  const divisor = convertUnit(1, shownIn.unit, field.unit)
  return divisor >= 1
    ? build.binary('/', expression, build.number(divisor))
    : build.binary('*', expression, build.number(convertUnit(1, field.unit, shownIn.unit)))
}

function countIf(conditions: readonly Condition[]): Expression {
  const condition = build.allOf(conditions.map(conditionNode))
  return condition === undefined ? build.call('count') : build.call('count_if', condition)
}

function scaled(expression: Expression, scale: 1 | 100): Expression {
  return scale === 1 ? expression : build.binary('*', expression, build.number(scale))
}

function partNode(part: QuotientPart): Expression {
  if (part.field === null) return countIf(part.conditions)
  const condition = build.allOf(part.conditions.map(conditionNode))
  const value =
    condition === undefined
      ? part.field.keypath
      : build.call('if', condition, part.field.keypath, build.number(0))
  return build.call('sum', value)
}

// --------------------------------------------------------------------------------------------- the rest

/** A filter on the measures' names, null for none. */
export function havingStage(having: readonly Having[], measures: readonly NamedMeasure[]): Stage | null {
  const tests = having.map(({ measure, operator, value }) => {
    const alias = measures[measure]?.alias as string
    return build.binary(operator, build.keypath(null, alias), build.number(value))
  })
  const predicate = build.allOf(tests)
  return predicate === undefined ? null : build.stage({ kind: 'FilterStage', predicate })
}

function orderStage(plan: QueryPlan): Stage | null {
  const { order } = plan
  if (order === null) return null
  const isRanked = order.by === 'measure' && plan.groupKeys.length === 0
  return isRanked ? null : orderbyStage(orderKeypath(order, plan), order.direction)
}

export function orderbyStage(key: Keypath, direction: 'asc' | 'desc'): Stage {
  return build.stage({ kind: 'OrderbyStage', keys: [build.orderKey(key, direction)] })
}

function orderKeypath(order: Order, plan: QueryPlan): Keypath {
  if (order.by === 'timestamp') return build.keypath('$m', 'timestamp')
  if (order.by === 'measure') return build.keypath(null, plan.measures[order.measure]?.alias as string)
  if (order.by === 'bucket') return build.keypath(null, plan.groupKeys.map(keyName).at(-1) as string)
  const isGrouped = plan.groupKeys.length > 0
  return isGrouped
    ? build.keypath(null, keypathNames(order.field.keypath).at(-1) as string)
    : order.field.keypath
}

export function limitStage(limit: number): Stage {
  return build.stage({ kind: 'LimitStage', count: build.number(limit) })
}

export function projectionStage(plan: Pick<QueryPlan, 'projection'>): Stage | null {
  if (plan.projection.length === 0) return null
  return build.stage({
    kind: 'ChooseStage',
    fields: plan.projection.map((field) => build.aliased(field.keypath)),
  })
}
