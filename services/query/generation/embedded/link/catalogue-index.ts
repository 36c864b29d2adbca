import type { CatalogueField, FieldCatalogue } from '../../../catalogue/field-catalogue'
import type { Field } from './field'
import { prepareField } from './prepare-field'
import { indexValues, type ValueIndex } from './value-index'

export type SourceName = 'logs' | 'spans'

export interface FieldLink {
  readonly field: Field
  readonly strength: number
}

/** Everything a question over one source can be linked to. */
export interface SourceIndex {
  readonly source: SourceName
  readonly fields: readonly Field[]
  /** By the stems of a phrase that names fields, surest first. */
  readonly names: ReadonlyMap<string, readonly FieldLink[]>
  /** By the keypath as the catalogue or a user may write it, lower case, without its namespace. */
  readonly keypaths: ReadonlyMap<string, Field>
  readonly values: ValueIndex
  /** The longest name phrase in words. */
  readonly nameWordsMax: number
}

export interface CatalogueIndex {
  readonly logs: SourceIndex
  readonly spans: SourceIndex
}

export function indexCatalogue(catalogue: FieldCatalogue): CatalogueIndex {
  return { logs: indexSource('logs', catalogue.logs), spans: indexSource('spans', catalogue.spans) }
}

function indexSource(source: SourceName, entries: readonly CatalogueField[]): SourceIndex {
  const prepared = entries.map(prepareField).filter((field) => field !== null)
  const names = new Map<string, FieldLink[]>()
  const keypaths = new Map<string, Field>()
  let nameWordsMax = 1
  for (const { field, phrases } of prepared) {
    for (const spelling of keypathSpellings(field)) if (!keypaths.has(spelling)) keypaths.set(spelling, field)
    for (const { stems, strength } of phrases) {
      const links = names.get(stems)
      if (links === undefined) names.set(stems, [{ field, strength }])
      else links.push({ field, strength })
      nameWordsMax = Math.max(nameWordsMax, stems.split(' ').length)
    }
  }
  for (const links of names.values())
    links.sort((a, b) => b.strength - a.strength || a.field.position - b.field.position)
  const fields = prepared.map(({ field }) => field)
  return {
    source,
    fields,
    names,
    keypaths,
    values: indexValues(fields),
    nameWordsMax: Math.min(nameWordsMax, 5),
  }
}

function keypathSpellings(field: Field): string[] {
  const text = field.text.toLowerCase()
  const bare = text.replace(/^\$\w+\.?/, '')
  const names = field.keypath.segments.map((segment) =>
    segment.kind === 'NameSegment' ? segment.name.toLowerCase() : '',
  )
  return [text, bare, names.join('.'), names.at(-1) as string]
}
