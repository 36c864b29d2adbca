import { z } from 'zod'
import { readKeypathText } from './keypath-text'

/** Limits of a catalogue handed in with a request: it is indexed before the first question over it. */
const FIELDS_MAX = 2_000
const SAMPLES_PER_FIELD_MAX = 500

const fieldSchema = z.object({
  keypath: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .refine((text) => readKeypathText(text) !== null, { error: 'not a keypath such as $d.order.id' })
    .describe("Where the field is found in a record: $d.order.id, $l.subsystemname, $d.tags['http.route']"),
  type: z
    .string()
    .trim()
    .min(1)
    .max(40)
    .describe('string, number, bool, timestamp, …; anything else is read as string'),
  description: z.string().max(1_000).default('').describe('What the field holds, in a few plain words'),
  unit: z
    .string()
    .trim()
    .max(40)
    .optional()
    .describe('Unit of a number: ms, microseconds, bytes, MB, percent, USD, …'),
  sample_values: z
    .array(z.union([z.string().max(1_000), z.number(), z.boolean()]))
    .max(SAMPLES_PER_FIELD_MAX)
    .optional()
    .describe('Values seen in the field; a question that names one is linked to the field'),
})

/**
 * The fields a question may speak of: one list for logs, one for spans, at least one field in all.
 * Keys that are not listed here are ignored.
 */
export const fieldCatalogueSchema = z
  .object({
    logs: z.array(fieldSchema).max(FIELDS_MAX).default([]),
    spans: z.array(fieldSchema).max(FIELDS_MAX).default([]),
  })
  .refine((catalogue) => catalogue.logs.length + catalogue.spans.length > 0, {
    error: 'a catalogue holds at least one field',
  })

export type CatalogueField = z.infer<typeof fieldSchema>
export type FieldCatalogue = z.infer<typeof fieldCatalogueSchema>
/** A catalogue as it is sent: fields with a default may be left out. */
export type FieldCatalogueInput = z.input<typeof fieldCatalogueSchema>
