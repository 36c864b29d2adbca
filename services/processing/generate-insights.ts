import { describeQuery, type Query, type QueryDescription, suggestImprovements, walk } from '#dataprime'
import type { Insight } from '#shared/contracts'

const DAY_SECONDS = 86_400

/** A range from which on an unaggregated or ungrouped scan is worth a word. */
const LONG_RANGE_SECONDS = 7 * DAY_SECONDS

/** With more keys the product of their values soon exceeds the 1,000 groups that the engine keeps. */
const GROUP_KEYS_MAX = 3

type Rule = (facts: QueryDescription, query: Query) => readonly Insight[]

/** What is worth knowing about a query's cost and shape, from its tree: facts first, then advice. */
export function generateInsights(query: Query): Insight[] {
  const facts = describeQuery(query)
  const found = [timeRange, resultShape, searching, grouping, subqueries].flatMap((rule: Rule) =>
    rule(facts, query),
  )
  const advice = suggestImprovements(query).map(
    ({ code, message }): Insight => ({ code, level: 'advice', message }),
  )
  return [...found, ...advice]
}

const timeRange: Rule = ({ timeRange: range, isAggregated }) => {
  if (range === null || range.kind !== 'last' || range.seconds === null) return []
  if (range.seconds < LONG_RANGE_SECONDS) return []
  const days = Math.round(range.seconds / DAY_SECONDS)
  const message = isAggregated
    ? `scans ${days} days before it aggregates; a shorter range answers faster`
    : `scans ${days} days of single records; aggregate, or shorten the range`
  return [{ code: 'long-time-range', level: isAggregated ? 'info' : 'warning', message }]
}

const resultShape: Rule = ({ isAggregated, limit, groupKeys }) => {
  if (!isAggregated) return [{ code: 'returns-records', level: 'info', message: 'returns single records' }]
  const rows = groupKeys.length === 0 ? 'one row' : `one row for each ${groupKeys.join(', ')}`
  const bound = limit === null ? '' : `, ${limit} at most`
  return [{ code: 'returns-aggregates', level: 'info', message: `returns ${rows}${bound}` }]
}

/** Free-text operators read every token of a field, or of the whole record. */
const searching: Rule = (_facts, query) => {
  const operators = new Set<string>()
  walk(query, (node) => {
    if (node.kind === 'BinaryExpression' && (node.operator === '~' || node.operator === '~~')) {
      operators.add(node.operator)
    }
    if (node.kind === 'RegexLiteral') operators.add('a regular expression')
  })
  if (operators.size === 0) return []
  const what = [...operators].join(', ')
  return [
    {
      code: 'text-search',
      level: 'info',
      message: `searches text with ${what}; an exact comparison is cheaper`,
    },
  ]
}

const grouping: Rule = ({ groupKeys }) => {
  if (groupKeys.length <= GROUP_KEYS_MAX) return []
  const message = `groups by ${groupKeys.length} keys; the number of groups is the product of their values`
  return [{ code: 'many-group-keys', level: 'warning', message }]
}

const subqueries: Rule = ({ subqueryCount }) =>
  subqueryCount === 0
    ? []
    : [
        {
          code: 'subqueries',
          level: 'info',
          message: `reads ${subqueryCount + 1} sources, each over its own range`,
        },
      ]
