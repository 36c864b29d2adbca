import type { z } from 'zod'
import { type FieldCatalogue, fieldCatalogueSchema as shapeSchema } from '#shared/contracts'
import { readKeypathText } from './keypath-text'

export type { CatalogueField, FieldCatalogue, FieldCatalogueInput } from '#shared/contracts'

/** A catalogue that queries can be written over: at least one field, and every keypath can be written. */
export const fieldCatalogueSchema = shapeSchema.superRefine((catalogue, context) => {
  if (catalogue.logs.length + catalogue.spans.length === 0) {
    context.addIssue({ code: 'custom', message: 'a catalogue holds at least one field' })
  }
  reportUnwritable(catalogue, 'logs', context)
  reportUnwritable(catalogue, 'spans', context)
})

function reportUnwritable(
  catalogue: FieldCatalogue,
  dataset: keyof FieldCatalogue,
  context: z.core.$RefinementCtx,
): void {
  for (const [index, { keypath }] of catalogue[dataset].entries()) {
    if (readKeypathText(keypath) !== null) continue
    context.addIssue({
      code: 'custom',
      path: [dataset, index, 'keypath'],
      message: 'not a keypath such as $d.order.id',
    })
  }
}
