import { z } from 'zod'

/** Limits of a catalogue handed in with a request: it is indexed before the first question over it. */
const FIELDS_MAX = 2_000
const SAMPLES_PER_FIELD_MAX = 500

const SAMPLE_LENGTH_MAX = 1_000

export type SampleValue = string | number | boolean

/** One issue a list: a catalogue of hundreds of thousands of bad values must not become as many issues. */
function reportFirstBadSample(values: readonly unknown[], context: z.core.$RefinementCtx): void {
  const index = values.findIndex((value) => !isSample(value))
  if (index < 0) return
  const message = `expected a string of at most ${SAMPLE_LENGTH_MAX} characters, a number or a boolean`
  context.addIssue({ code: 'custom', path: [index], message })
}

function isSample(value: unknown): value is SampleValue {
  if (typeof value === 'string') return value.length <= SAMPLE_LENGTH_MAX
  return typeof value === 'number' || typeof value === 'boolean'
}

/** One field that may be queried. */
export const catalogueFieldSchema = z.object({
  keypath: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .describe("Where the field is found in a record: $d.order.id, $l.subsystemname, $d.tags['http.route']"),
  type: z
    .string()
    .trim()
    .min(1)
    .max(40)
    .describe('string, number, bool, timestamp …; anything else is read as string'),
  description: z.string().max(1_000).default('').describe('What the field holds, in a few plain words'),
  unit: z
    .string()
    .trim()
    .max(40)
    .optional()
    .describe('Unit of a number: ms, microseconds, bytes, MB, percent …'),
  sample_values: z
    .array(z.unknown())
    .max(SAMPLES_PER_FIELD_MAX)
    .superRefine(reportFirstBadSample)
    .transform((values) => values as SampleValue[])
    .optional()
    .describe('Values seen in the field; a question that names one is linked to the field'),
})

/**
 * The fields that a question may be about: one list for logs, one for spans. Whether a keypath can be written
 * in a query is checked by the query service, which knows the language.
 */
export const fieldCatalogueSchema = z.object({
  logs: z.array(catalogueFieldSchema).max(FIELDS_MAX).default([]),
  spans: z.array(catalogueFieldSchema).max(FIELDS_MAX).default([]),
})

export type CatalogueField = z.output<typeof catalogueFieldSchema>
export type FieldCatalogue = z.output<typeof fieldCatalogueSchema>
/** A catalogue as it is sent: fields with a default may be left out. */
export type FieldCatalogueInput = z.input<typeof fieldCatalogueSchema>

/** The catalogue with every sample value as text, as the language's checks read it. */
export function withTextSamples({ logs, spans }: FieldCatalogue) {
  const toText = ({ sample_values: samples, ...field }: CatalogueField) => {
    return samples === undefined ? field : { ...field, sample_values: samples.map(String) }
  }
  return { logs: logs.map(toText), spans: spans.map(toText) }
}
