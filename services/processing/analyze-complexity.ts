import { complexityOf, type Query } from '#dataprime'
import type { Complexity } from '#shared/contracts'

/** How much there is to a query, in the shape that is stored. */
export function analyzeComplexity(query: Query): Complexity {
  const complexity = complexityOf(query)
  return {
    level: complexity.level,
    score: complexity.score,
    stage_count: complexity.stageCount,
    expression_depth: complexity.expressionDepth,
    operator_count: complexity.operatorCount,
  }
}
