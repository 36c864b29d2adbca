import { z } from 'zod'
import { humanText, type TextLimits } from './text'

/** Body of `POST /validate` and `POST /format`. */
export function validateBodySchema(limits: TextLimits) {
  return z.object({ query: humanText(limits.queryLengthMax) })
}

export const diagnosticSchema = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  /** UTF-16 offsets into the query, end exclusive. */
  range: z.object({ start: z.number(), end: z.number() }),
  /** One-based. */
  line: z.number(),
  column: z.number(),
  hints: z.array(z.string()),
})

export const suggestionSchema = z.object({
  code: z.string(),
  message: z.string(),
  /** The whole query with the suggestion applied, where that can be told. */
  rewritten: z.string().optional(),
})

/** Answer of `POST /validate`. */
export const validationSchema = z.object({
  is_valid: z.boolean(),
  /** One line a diagnostic: `DP0103 1:15-1:20 unknown command "filtr"; did you mean "filter"?` */
  errors: z.array(z.string()),
  warnings: z.array(z.string()),
  suggestions: z.array(suggestionSchema),
  /** 0 to 1; 1 when there is nothing to complain about. */
  syntax_score: z.number(),
  /** 0 to 1; grows with stages, nesting, joins and grouping. */
  complexity_score: z.number(),
  diagnostics: z.array(diagnosticSchema),
  /** One stage a line; null when the query does not parse. */
  formatted: z.string().nullable(),
  explanation: z.string().nullable(),
})

export type Diagnostic = z.output<typeof diagnosticSchema>
export type Suggestion = z.output<typeof suggestionSchema>
export type Validation = z.output<typeof validationSchema>
