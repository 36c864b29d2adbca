import type { CatalogueField, FieldCatalogue } from '../catalogue/field-catalogue'
import type { KnownDataset } from '../catalogue/fields'
import type { Keypath } from '../tree/ast'
import { parseKeypath } from './keypath-parser'
import { tokenize } from './lexer'
import { TokenStream } from './token-stream'

/** A field of a catalogue with its keypath as a tree. */
export interface ReadField {
  readonly keypath: Keypath
  readonly field: CatalogueField
}

export type ReadFields = Readonly<Record<KnownDataset, readonly ReadField[]>>

/** A catalogue has hundreds of fields and is the same for many queries, so its keypaths are read once. */
const READ_CATALOGUES = new WeakMap<FieldCatalogue, ReadFields>()

/** The fields of a catalogue whose keypaths can be read. */
export function catalogueFieldsOf(catalogue: FieldCatalogue): ReadFields {
  const read = READ_CATALOGUES.get(catalogue) ?? {
    logs: catalogue.logs.flatMap(readField),
    spans: catalogue.spans.flatMap(readField),
  }
  READ_CATALOGUES.set(catalogue, read)
  return read
}

function readField(field: CatalogueField): readonly ReadField[] {
  const keypath = readKeypath(field.keypath)
  return keypath === undefined ? [] : [{ keypath, field }]
}

/** The keypath a text is; undefined for any other text, and for a namespace alone. */
function readKeypath(text: string): Keypath | undefined {
  let isWrong = false
  const report = () => {
    isWrong = true
  }
  const s = new TokenStream(text, tokenize(text, report), report)
  const keypath = parseKeypath(s)
  return isWrong || !s.at('end') || keypath.segments.length === 0 ? undefined : keypath
}
