import type { Condition, GroupKey, Measure, Order, QueryPlan } from './intermediate'
import { fieldTitle } from './link/field'
import type { Timeframe } from './time/timeframe'

/** What a plan asks for, in one or two plain sentences. */
export function explainPlan(plan: QueryPlan): string {
  const what = whatOf(plan)
  const where = plan.conditions.length === 0 ? '' : ` where ${joinAnd(plan.conditions.map(conditionText))}`
  const first = `${capitalise(what)}${where}${timeText(plan.timeframe)}.`
  const second = tailOf(plan)
  return second === '' ? first : `${first} ${second}`
}

function whatOf(plan: QueryPlan): string {
  const records = plan.source === 'logs' ? 'log records' : 'spans'
  if (plan.measures.length > 0) {
    const measures = joinAnd(plan.measures.map(({ measure }) => measureText(measure, records)))
    return plan.groupKeys.length === 0 ? measures : `${measures} for each ${joinAnd(plan.groupKeys.map(keyText))}, over ${records}`
  }
  if (plan.distinct.length > 0) return `the distinct values of ${joinAnd(plan.distinct.map(fieldTitle))} in ${records}`
  if (plan.projection.length > 0) return `${joinAnd(plan.projection.map(fieldTitle))} of ${records}`
  return records
}

/** A measure in words. */
export function measureText(measure: Measure, records: string): string {
  switch (measure.kind) {
    case 'count':
      return `the number of ${records}`
    case 'countIf':
      return `the number of those where ${joinAnd(measure.conditions.map(conditionText))}`
    case 'distinct':
      return `the number of distinct ${fieldTitle(measure.field)} values`
    case 'statistic':
      return `the ${STATISTICS[measure.name]} ${fieldTitle(measure.field)}`
    case 'percentile':
      return `the ${Number.parseFloat((measure.rank * 100).toPrecision(8))}th percentile of ${fieldTitle(measure.field)}`
    case 'share':
      return `the ${measure.scale === 100 ? 'percentage' : 'fraction'} of ${records} where ${joinAnd(measure.conditions.map(conditionText))}`
    case 'quotient':
      return 'one amount divided by another'
  }
}

const STATISTICS = { avg: 'average', sum: 'total', min: 'smallest', max: 'largest', stddev: 'standard deviation of', variance: 'variance of' } as const

function keyText(key: GroupKey): string {
  if (key.kind === 'severity') return 'severity'
  return key.kind === 'field' ? fieldTitle(key.field) : `${key.interval.amount}${key.interval.unit} of time`
}

/** A condition in words. */
export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'compare':
      return `${fieldTitle(condition.field)} ${OPERATORS[condition.operator]} ${condition.value}`
    case 'oneOf':
      return `${fieldTitle(condition.field)} is ${condition.isNegated ? 'none' : 'one'} of ${condition.values.join(', ')}`
    case 'text':
      return textConditionText(condition)
    case 'present':
      return `${fieldTitle(condition.field)} is ${condition.isPresent ? 'present' : 'missing'}`
    case 'subnet':
      return `${fieldTitle(condition.field)} is ${condition.isNegated ? 'outside' : 'in'} ${condition.subnet}`
    case 'severity':
      return `severity is ${condition.isNegated ? 'not ' : ''}${condition.severities.join(' or ')}`
    case 'severityRange':
      return `severity is ${OPERATORS[condition.operator]} ${condition.severity}`
    case 'any':
      return condition.conditions.map(conditionText).join(' or ')
    case 'all':
      return condition.conditions.map(conditionText).join(' and ')
  }
}

const OPERATORS = { '==': 'is', '!=': 'is not', '<': 'below', '<=': 'at most', '>': 'above', '>=': 'at least' } as const
const TEXT_OPERATORS = { contains: 'contain', startsWith: 'start with', endsWith: 'end with', matches: 'match' } as const

function textConditionText(condition: Extract<Condition, { kind: 'text' }>): string {
  const subject = condition.field === null ? 'the record' : fieldTitle(condition.field)
  const verb = TEXT_OPERATORS[condition.operator]
  return `${subject} ${condition.isNegated ? `does not ${verb}` : `${verb}s`.replace('matchs', 'matches').replace('start withs', 'starts with').replace('end withs', 'ends with')} “${condition.text}”`
}

function timeText(timeframe: Timeframe | null): string {
  if (timeframe === null) return ''
  if (timeframe.kind === 'last') return `, over the last ${timeframe.interval.amount}${timeframe.interval.unit}`
  if (timeframe.kind === 'around') return `, around ${iso(timeframe.at)}`
  return timeframe.to === 'now' ? `, since ${iso(timeframe.from)}` : `, from ${iso(timeframe.from)} to ${iso(timeframe.to)}`
}

function iso(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z')
}

function tailOf(plan: QueryPlan): string {
  const parts: string[] = []
  if (plan.having.length > 0) {
    const tests = plan.having.map(({ measure, operator, value }) => `${plan.measures[measure]?.alias} is ${OPERATORS[operator]} ${value}`)
    parts.push(`only where ${joinAnd(tests)}`)
  }
  if (plan.order !== null) parts.push(`ordered by ${orderText(plan.order, plan)}`)
  if (plan.limit !== null) parts.push(`at most ${plan.limit}`)
  return parts.length === 0 ? '' : `${capitalise(parts.join(', '))}.`
}

function orderText(order: Order, plan: QueryPlan): string {
  const direction = order.direction === 'asc' ? 'ascending' : 'descending'
  if (order.by === 'measure') return `${plan.measures[order.measure]?.alias} ${direction}`
  return `${order.by === 'field' ? fieldTitle(order.field) : 'time'} ${direction}`
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function joinAnd(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
