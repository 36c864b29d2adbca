import type { Query } from '../tree/ast'
import { descend } from '../tree/walk'
import type { ScoreDefinition } from './score-definition'

export type ComplexityLevel = 'low' | 'medium' | 'high'

export interface Complexity {
  /** 0 to 1, see `COMPLEXITY_SCORE`. */
  readonly score: number
  readonly level: ComplexityLevel
  readonly stageCount: number
  readonly subqueryCount: number
  /** Operators, of one and of two operands. */
  readonly operatorCount: number
  readonly callCount: number
  readonly aggregateCount: number
  readonly groupKeyCount: number
  readonly caseArmCount: number
  /** Regular expressions and searches for text anywhere. */
  readonly textSearchCount: number
  /** The largest number of expressions within one another; a lone field is 1. */
  readonly expressionDepth: number
}

/** What each thing adds to the effort of reading and running a query. */
const POINTS = {
  stageCount: 2,
  subqueryCount: 6,
  operatorCount: 1,
  callCount: 1,
  aggregateCount: 2,
  groupKeyCount: 2,
  caseArmCount: 1,
  textSearchCount: 2,
} as const

/** Levels of expressions that everyday conditions have, and what each further one adds. */
const USUAL_DEPTH = 3
const POINTS_PER_LEVEL = 2

/** The number of points that makes half of the scale. */
const HALF_SCALE = 30

const MEDIUM_FROM = 0.35
const HIGH_FROM = 0.55

/** Thousandths are kept, and no query is so large that its score is rounded up to 1. */
const SCORE_MOST = 0.999

/** The definition of `complexity_score`, for the documentation. */
export const COMPLEXITY_SCORE: ScoreDefinition = {
  summary: 'How much there is to a query, from 0 to 1.',
  rules: [
    `points = ${POINTS.stageCount} × stages, those of sub-queries too + ${POINTS.subqueryCount} × sub-queries + ` +
      `${POINTS.operatorCount} × operators + ${POINTS.callCount} × calls + ${POINTS.aggregateCount} × aggregates + ` +
      `${POINTS.groupKeyCount} × group keys + ${POINTS.caseArmCount} × case arms + ` +
      `${POINTS.textSearchCount} × regular expressions and searches of everything + ` +
      `${POINTS_PER_LEVEL} × levels of nested expressions above ${USUAL_DEPTH}`,
    `score = points / (points + ${HALF_SCALE}), ${SCORE_MOST} at most`,
    `low below ${MEDIUM_FROM}, medium below ${HIGH_FROM}, high from there on`,
    'nothing that is added to a query makes it smaller',
  ],
}

/** See `COMPLEXITY_SCORE`. */
export function complexityOf(query: Query): Complexity {
  const counts = countParts(query)
  let points = Math.max(0, counts.expressionDepth - USUAL_DEPTH) * POINTS_PER_LEVEL
  for (const [name, weight] of Object.entries(POINTS)) points += counts[name as keyof typeof POINTS] * weight
  const score = Math.min(SCORE_MOST, Math.round((points / (points + HALF_SCALE)) * 1000) / 1000)
  const level = score < MEDIUM_FROM ? 'low' : score < HIGH_FROM ? 'medium' : 'high'
  return { score, level, ...counts }
}

type Counts = Omit<Complexity, 'score' | 'level'>

function countParts(query: Query): Counts {
  const counts: { -readonly [Name in keyof Counts]: number } = {
    stageCount: 0,
    subqueryCount: 0,
    operatorCount: 0,
    callCount: 0,
    aggregateCount: 0,
    groupKeyCount: 0,
    caseArmCount: 0,
    textSearchCount: 0,
    expressionDepth: 0,
  }
  // A chain such as `a || b || c` leans to the left in the tree but is read as one level.
  descend(query, { depth: 0, operator: '' }, (node, above) => {
    if (node.kind.endsWith('Stage')) counts.stageCount++
    switch (node.kind) {
      case 'Query':
        if (node !== query) counts.subqueryCount++
        return above
      case 'GroupbyStage':
        counts.groupKeyCount += node.keys.length
        counts.aggregateCount += node.aggregates.length
        return above
      case 'MultigroupbyStage':
        counts.groupKeyCount += node.groups.flat().length
        counts.aggregateCount += node.aggregates.length
        return above
      case 'AggregateStage':
        counts.aggregateCount += node.aggregates.length
        return above
      case 'CountbyStage':
      case 'DistinctStage':
        counts.groupKeyCount += node.keys.length
        return above
      case 'WildfindStage':
      case 'LuceneStage':
        counts.textSearchCount++
        return above
      case 'CaseArm':
        counts.caseArmCount++
        return above
      case 'RegexLiteral':
        counts.textSearchCount++
        break
      case 'UnaryExpression':
        counts.operatorCount++
        break
      case 'CallExpression':
      case 'MethodCallExpression':
        counts.callCount++
        break
      case 'BinaryExpression':
        counts.operatorCount++
        if (node.operator === '~~') counts.textSearchCount++
        if (node.operator === above.operator) return above
        break
      case 'AliasedExpression':
      case 'OrderKey':
      case 'Argument':
      case 'NameSegment':
      case 'IndexSegment':
      case 'Dataset':
        return above
    }
    if (node.kind.endsWith('Stage') || node.kind.endsWith('Timeframe')) return above
    const depth = above.depth + 1
    counts.expressionDepth = Math.max(counts.expressionDepth, depth)
    return { depth, operator: node.kind === 'BinaryExpression' ? node.operator : '' }
  })
  return counts
}
