import { z } from 'zod'
import { fieldCatalogueSchema } from './catalogue'
import { humanText, type TextLimits } from './text'

/** Body of `POST /format`. */
export function formatBodySchema(limits: TextLimits) {
  return z.object({ query: humanText(limits.queryLengthMax) })
}

/** Body of `POST /validate`. */
export function validateBodySchema(limits: TextLimits) {
  return formatBodySchema(limits).extend({
    /** Makes a field that neither the language nor the catalogue knows an error. */
    strict: z.boolean().nullish(),
    /** The fields of the data. */
    catalogue: fieldCatalogueSchema.nullish(),
  })
}

export type ValidateBody = z.output<ReturnType<typeof validateBodySchema>>

/** UTF-16 offsets into the query, end exclusive. */
const rangeSchema = z.object({ start: z.number(), end: z.number() })

export const diagnosticSchema = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  range: rangeSchema,
  /** One-based. */
  line: z.number(),
  column: z.number(),
  hints: z.array(z.string()),
  /** A change that settles it, where there is one. */
  fix: z
    .object({
      title: z.string(),
      edits: z.array(z.object({ range: rangeSchema, newText: z.string() })),
    })
    .optional(),
})

/** One change that repairing made: the text `was` at `range` of the query given became `now`. */
export const repairEditSchema = z.object({
  range: rangeSchema,
  was: z.string(),
  now: z.string(),
  why: z.string(),
})

export const fixedSchema = z.object({
  query: z.string(),
  /** False when it still has an error. */
  valid: z.boolean(),
  /** In the order of the text and never overlapping; applied to the query given they make `query`. */
  edits: z.array(repairEditSchema),
})

export const suggestionSchema = z.object({
  code: z.string(),
  message: z.string(),
  /** The whole query with the suggestion applied, without its comments, where that can be told. */
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
  /** One stage a line; null when the text has a syntax error, whatever else is wrong with the query. */
  formatted: z.string().nullable(),
  explanation: z.string().nullable(),
  /** What repairing makes of it; null when the query is valid, or when nothing could be repaired. */
  fixed: fixedSchema.nullable().default(null),
})

export type Diagnostic = z.output<typeof diagnosticSchema>
export type RepairEdit = z.output<typeof repairEditSchema>
export type Fixed = z.output<typeof fixedSchema>
export type Suggestion = z.output<typeof suggestionSchema>
export type Validation = z.output<typeof validationSchema>

/** Longest part of a change that is quoted to people. */
const QUOTE_MAX = 60

/** A change as one of the things that were decided without being asked: `repaired: "=" became "==" (…)`. */
export function describeRepair({ was, now, why }: RepairEdit): string {
  if (was === '') return `repaired: ${quote(now)} was put in (${why})`
  if (now === '') return `repaired: ${quote(was)} was taken out (${why})`
  return `repaired: ${quote(was)} became ${quote(now)} (${why})`
}

function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return `"${line.length > QUOTE_MAX ? `${line.slice(0, QUOTE_MAX - 1)}…` : line}"`
}
