import type { Diagnostic } from '../diagnostics/diagnostic'
import type { Query } from '../tree/ast'
import type { ScoreDefinition } from './score-definition'

/** A query with errors scores at most this, one without at least `VALID_LEAST`. */
const INVALID_MOST = 0.6
const VALID_LEAST = 0.8
const WARNING_COST = 0.04

/** The definition of `syntax_score`, for the documentation. */
export const SYNTAX_SCORE: ScoreDefinition = {
  summary: 'How well-formed a query is, from 0 to 1.',
  rules: [
    `without errors: 1, less ${WARNING_COST} for each warning, never below ${VALID_LEAST}`,
    `with errors: ${INVALID_MOST} times the share of the stages that have none`,
    'a query without stages: 0',
    'one more warning or error never makes it larger, and any query with an error stays below any without',
  ],
}

/** See `SYNTAX_SCORE`. What is merely worth knowing does not count. */
export function syntaxScore(diagnostics: readonly Diagnostic[], query: Query): number {
  if (query.stages.length === 0) return 0
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) {
    const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length
    return round(Math.max(VALID_LEAST, 1 - WARNING_COST * warnings))
  }
  const faulty = new Set(errors.map(({ range }) => stageIndexAt(query, range.start)))
  return round((INVALID_MOST * (query.stages.length - faulty.size)) / query.stages.length)
}

/** The stage an offset lies in, or the last one that begins before it. */
function stageIndexAt(query: Query, offset: number): number {
  const after = query.stages.findIndex(({ range }) => range.start > offset)
  return after === -1 ? query.stages.length - 1 : Math.max(0, after - 1)
}

function round(score: number): number {
  return Math.round(score * 1000) / 1000
}
