import {
  type AnalyseOptions,
  analyse,
  complexityOf,
  createSource,
  explain,
  formatText,
  hasErrors,
  type Diagnostic as LanguageDiagnostic,
  type Query,
  renderLines,
  repair,
  suggestImprovements,
  syntaxScore,
  toDiagnosticData,
} from '#dataprime'
import type { Fixed, Suggestion, Validation } from '#shared/contracts'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, SPANS, withSpanSync } from '#shared/telemetry'

export type ValidateDataPrimeQuery = (text: string, options?: AnalyseOptions) => Validation

/** Everything there is to say about a query, from its syntax tree alone; of an invalid one also what repairing makes of it. */
export function createValidateDataPrimeQuery(stats: ServiceStats): ValidateDataPrimeQuery {
  return (text, options = {}) =>
    withSpanSync(SPANS.VALIDATE_QUERY, {}, (span) => {
      const { query, diagnostics, isValid } = analyseSyntax(text, options)
      const suggestions = isValid ? suggest(query, options) : []
      const fixed = isValid ? null : tryRepair(text, options)
      const validation = toValidation(text, query, diagnostics, suggestions, fixed)
      span.setAttributes({
        [ATTR.VALIDATION_IS_VALID]: validation.is_valid,
        [ATTR.VALIDATION_SCORE]: validation.syntax_score,
        [ATTR.COMPLEXITY_SCORE]: validation.complexity_score,
        [ATTR.VALIDATION_SUGGESTION_COUNT]: suggestions.length,
        ...(fixed !== null && { [ATTR.VALIDATION_EDIT_COUNT]: fixed.edits.length }),
      })
      stats.increment(validation.is_valid ? 'queries_valid' : 'queries_invalid')
      return validation
    })
}

function analyseSyntax(text: string, options: AnalyseOptions) {
  return withSpanSync(SPANS.SYNTAX_ANALYSIS, {}, (span) => {
    const { query, diagnostics } = analyse(text, options)
    const isValid = !hasErrors(diagnostics)
    span.setAttributes({
      [ATTR.VALIDATION_IS_VALID]: isValid,
      [ATTR.VALIDATION_ERROR_COUNT]: countOf('error', diagnostics),
      [ATTR.VALIDATION_WARNING_COUNT]: countOf('warning', diagnostics),
    })
    return { query, diagnostics, isValid }
  })
}

function countOf(
  severity: LanguageDiagnostic['severity'],
  diagnostics: readonly LanguageDiagnostic[],
): number {
  return diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
}

/** Advice is for queries that run; a broken one has diagnostics to heed first. */
function suggest(query: Query, { catalogue }: AnalyseOptions): Suggestion[] {
  return withSpanSync(SPANS.ENHANCEMENT_SUGGESTIONS, {}, (span) => {
    const suggestions = suggestImprovements(query, { catalogue }).map(({ code, message, rewritten }) => ({
      code,
      message,
      ...(rewritten !== undefined && { rewritten }),
    }))
    span.setAttribute(ATTR.VALIDATION_SUGGESTION_COUNT, suggestions.length)
    return suggestions
  })
}

function tryRepair(text: string, options: AnalyseOptions): Fixed | null {
  const { query, valid, edits } = repair(text, options)
  return edits.length === 0 ? null : { query, valid, edits: [...edits] }
}

function toValidation(
  text: string,
  query: Query,
  diagnostics: readonly LanguageDiagnostic[],
  suggestions: Suggestion[],
  fixed: Fixed | null,
): Validation {
  const source = createSource(text)
  const isValid = !hasErrors(diagnostics)
  return {
    is_valid: isValid,
    errors: renderLines(diagnostics, 'error', source),
    warnings: renderLines(diagnostics, 'warning', source),
    suggestions,
    syntax_score: syntaxScore(diagnostics, query),
    complexity_score: complexityOf(query).score,
    diagnostics: diagnostics.map((diagnostic) => toDiagnosticData(diagnostic, source)),
    formatted: formatText(text),
    explanation: isValid ? explain(query) : null,
    fixed,
  }
}
