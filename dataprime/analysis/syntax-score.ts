import type { Diagnostic } from '../diagnostics/diagnostic'
import type { Query } from '../tree/ast'

/** The numbers of `syntaxScore`. */
export const SYNTAX_SCORING = {
  /** A query with errors scores less than this, one without at least `validLeast`. */
  invalidMost: 0.6,
  validLeast: 0.8,
  warningCost: 0.04,
} as const

/**
 * How well-formed a query is, 0 to 1.
 *
 * - without errors: 1, less 0.04 for each warning, never below 0.8
 * - with errors:    0.6 × the share of stages that have none
 * - an empty query: 0
 */
export function syntaxScore(diagnostics: readonly Diagnostic[], query: Query): number {
  if (query.stages.length === 0) return 0
  const { invalidMost, validLeast, warningCost } = SYNTAX_SCORING
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) {
    const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length
    return round(Math.max(validLeast, 1 - warningCost * warnings))
  }
  const faulty = new Set(errors.map(({ range }) => stageIndexAt(query, range.start)))
  return round((invalidMost * (query.stages.length - faulty.size)) / query.stages.length)
}

/** The stage an offset lies in, or the last one that begins before it. */
function stageIndexAt(query: Query, offset: number): number {
  const after = query.stages.findIndex(({ range }) => range.start > offset)
  return after === -1 ? query.stages.length - 1 : Math.max(0, after - 1)
}

function round(score: number): number {
  return Math.round(score * 1000) / 1000
}
