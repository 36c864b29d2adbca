import * as problem from '../diagnostics/codes'
import type { DiagnosticCode } from '../diagnostics/diagnostic'

/**
 * Doubts that are settled along with the errors of a query that is not valid: habits of other languages,
 * where a query without any error is left as it is.
 */
export const SETTLED_WITH_ERRORS: ReadonlySet<DiagnosticCode> = new Set(
  [
    problem.aggregateAfterGrouping,
    problem.doubleQuotes,
    problem.doubtfulNamedArgument,
    problem.implicitSource,
    problem.literalSpelling,
    problem.missingAggregation,
    problem.quotedSeverity,
    problem.unknownField,
    problem.unknownSeverity,
  ].map(({ code }) => code),
)
