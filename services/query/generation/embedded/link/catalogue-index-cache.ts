import { createHash } from 'node:crypto'
import type { FieldCatalogue } from '../../../catalogue/field-catalogue'
import { type CatalogueIndex, indexCatalogue } from './catalogue-index'

/** The index of a catalogue, the same one as long as it is kept. */
export type IndexOf = (catalogue: FieldCatalogue) => CatalogueIndex

/** Catalogues whose indexes are kept unless a number is given. */
export const CATALOGUES_KEPT = 16

/**
 * Makes the index of a catalogue once: by identity for the configured one, by content for those that arrive with
 * requests. Of these the `keptMax` most recently used are kept.
 */
export function createIndexCache(keptMax: number = CATALOGUES_KEPT): IndexOf {
  const byIdentity = new WeakMap<FieldCatalogue, CatalogueIndex>()
  const byContent = new Map<string, CatalogueIndex>()
  return (catalogue) => {
    const known = byIdentity.get(catalogue)
    if (known !== undefined) return known
    const key = createHash('sha1').update(JSON.stringify(catalogue)).digest('base64')
    const index = byContent.get(key) ?? indexCatalogue(catalogue)
    byContent.delete(key)
    byContent.set(key, index)
    if (byContent.size > keptMax) byContent.delete(byContent.keys().next().value as string)
    byIdentity.set(catalogue, index)
    return index
  }
}
