import { z } from 'zod'

/** One field that may be queried. */
export const catalogueFieldSchema = z.object({
  /** As it is written in a query: `$d.status_code`, `$d.tags['http.route']`. */
  keypath: z.string().min(1).max(256),
  type: z.enum(['string', 'number', 'bool', 'boolean', 'timestamp', 'interval', 'array', 'object']),
  /** Unit of a number: `ms`, `microseconds`, `bytes` … */
  unit: z.string().max(32).optional(),
  sample_values: z
    .array(z.union([z.string().max(512), z.number(), z.boolean()]))
    .max(200)
    .optional(),
  description: z.string().max(1_000).optional(),
})

/** The fields of logs and of spans that a question may be about. */
export const fieldCatalogueSchema = z.object({
  logs: z.array(catalogueFieldSchema).max(2_000).default([]),
  spans: z.array(catalogueFieldSchema).max(2_000).default([]),
})

export type CatalogueField = z.output<typeof catalogueFieldSchema>
export type FieldCatalogue = z.output<typeof fieldCatalogueSchema>
