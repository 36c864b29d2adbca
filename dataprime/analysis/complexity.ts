import type { Query } from '../tree/ast'
import { descend } from '../tree/walk'

export type ComplexityLevel = 'low' | 'medium' | 'high'

export interface Complexity {
  /** 0 to 1, see `complexityOf`. */
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

/** The numbers of `complexityOf`. */
export const COMPLEXITY_SCORING = {
  /** What each thing adds to the effort of reading and running a query. */
  points: {
    stageCount: 2,
    subqueryCount: 6,
    operatorCount: 1,
    callCount: 1,
    aggregateCount: 2,
    groupKeyCount: 2,
    caseArmCount: 1,
    textSearchCount: 2,
  },
  /** Levels of expressions that everyday conditions have, and what each further one adds. */
  usualDepth: 3,
  pointsPerLevel: 2,
  /** The number of points that makes half of the scale. */
  halfScale: 30,
  mediumFrom: 0.35,
  highFrom: 0.55,
} as const

/**
 * How much there is to a query.
 *
 * points = 2 × stages + 6 × sub-queries + operators + calls + 2 × aggregates + 2 × group keys
 *          + case arms + 2 × text searches + 2 × (expression depth above 3)
 * score  = points / (points + 30), which grows with every addition and stays below 1
 * level  = low below 0.35, medium below 0.55, high from there on
 */
export function complexityOf(query: Query): Complexity {
  const counts = countParts(query)
  const { points: weights, usualDepth, pointsPerLevel, halfScale, mediumFrom, highFrom } = COMPLEXITY_SCORING
  let points = Math.max(0, counts.expressionDepth - usualDepth) * pointsPerLevel
  for (const [name, weight] of Object.entries(weights))
    points += counts[name as keyof typeof weights] * weight
  const score = Math.round((points / (points + halfScale)) * 1000) / 1000
  const level = score < mediumFrom ? 'low' : score < highFrom ? 'medium' : 'high'
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
