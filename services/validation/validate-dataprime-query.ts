import {
  analyse,
  complexityOf,
  createSource,
  explain,
  formatText,
  hasErrors,
  type Diagnostic as LanguageDiagnostic,
  type Query,
  renderBriefly,
  type Source,
  suggestImprovements,
  syntaxScore,
} from '#dataprime'
import type { Diagnostic, Suggestion, Validation } from '#shared/contracts'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, SPANS, withSpanSync } from '#shared/telemetry'

export type ValidateDataPrimeQuery = (text: string) => Validation

/** Everything there is to say about a query, from its syntax tree alone. */
export function createValidateDataPrimeQuery(stats: ServiceStats): ValidateDataPrimeQuery {
  return (text) =>
    withSpanSync(SPANS.VALIDATE_QUERY, {}, (span) => {
      const { query, diagnostics, isValid } = analyseSyntax(text)
      const suggestions = isValid ? suggest(query) : []
      const validation = toValidation(text, query, diagnostics, suggestions)
      span.setAttributes({
        [ATTR.VALIDATION_IS_VALID]: validation.is_valid,
        [ATTR.VALIDATION_SCORE]: validation.syntax_score,
        [ATTR.COMPLEXITY_SCORE]: validation.complexity_score,
        [ATTR.VALIDATION_SUGGESTION_COUNT]: suggestions.length,
      })
      stats.increment(validation.is_valid ? 'queries_valid' : 'queries_invalid')
      return validation
    })
}

function analyseSyntax(text: string) {
  return withSpanSync(SPANS.SYNTAX_ANALYSIS, {}, (span) => {
    const { query, diagnostics } = analyse(text)
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
function suggest(query: Query): Suggestion[] {
  return withSpanSync(SPANS.ENHANCEMENT_SUGGESTIONS, {}, (span) => {
    const suggestions = suggestImprovements(query).map(({ code, message, rewritten }) => ({
      code,
      message,
      ...(rewritten !== undefined && { rewritten }),
    }))
    span.setAttribute(ATTR.VALIDATION_SUGGESTION_COUNT, suggestions.length)
    return suggestions
  })
}

function toValidation(
  text: string,
  query: Query,
  diagnostics: readonly LanguageDiagnostic[],
  suggestions: Suggestion[],
): Validation {
  const source = createSource(text)
  const isValid = !hasErrors(diagnostics)
  const linesOf = (severity: LanguageDiagnostic['severity']) =>
    diagnostics
      .filter((diagnostic) => diagnostic.severity === severity)
      .map((diagnostic) => renderBriefly(diagnostic, source))
  return {
    is_valid: isValid,
    errors: linesOf('error'),
    warnings: linesOf('warning'),
    suggestions,
    syntax_score: syntaxScore(diagnostics, query),
    complexity_score: complexityOf(query).score,
    diagnostics: diagnostics.map((diagnostic) => toContract(diagnostic, source)),
    formatted: isValid ? formatText(text) : null,
    explanation: isValid ? explain(query) : null,
  }
}

function toContract(
  { code, severity, message, range, hints }: LanguageDiagnostic,
  source: Source,
): Diagnostic {
  return { code, severity, message, range, hints: [...hints], ...source.positionAt(range.start) }
}
