import { createSource, formatText, parse, renderBriefly } from '#dataprime'
import { AppError } from '#shared/errors'
import { SPANS, withSpanSync } from '#shared/telemetry'

export interface FormattedQuery {
  readonly formatted: string
  /** False when the text was in that form already. */
  readonly changed: boolean
}

export type FormatDataPrimeQuery = (text: string) => FormattedQuery

/**
 * The query with one stage a line and its comments where they were.
 *
 * @throws AppError `query-invalid` with what is wrong when the text has a syntax error
 */
export function createFormatDataPrimeQuery(): FormatDataPrimeQuery {
  return (text) =>
    withSpanSync(SPANS.FORMAT_QUERY, {}, () => {
      const formatted = formatText(text)
      if (formatted === null) throw invalidQuery(text)
      return { formatted, changed: formatted !== text }
    })
}

function invalidQuery(text: string): AppError {
  const source = createSource(text)
  const errors = parse(text)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map((diagnostic) => ({ pointer: '/query', message: renderBriefly(diagnostic, source) }))
  return new AppError('query-invalid', {
    detail: errors[0]?.message ?? 'the query does not parse',
    errors,
  })
}
