import type { CatalogueField, FieldCatalogue } from '../catalogue/field-catalogue'
import { FIELDS, type KnownDataset, knownDataset } from '../catalogue/fields'
import { parse } from '../syntax/parser'
import type { Dataset, Keypath } from '../tree/ast'
import { certain, type InferredType, isKnown, likely, type TypeName } from './inferred-type'
import { type FieldTypes, keyOf, pathOf } from './type-environment'

const TIMESTAMP = keyOf(['$m', 'timestamp'])

/** The time of a record is a timestamp wherever there are records; of all other fields only the data can tell. */
function withTimestamp(type: InferredType): FieldTypes {
  return new Map([[TIMESTAMP, type]])
}

const FIELDS_OF_SYSTEM_DATASETS = withTimestamp(certain('timestamp'))
const FIELDS_OF_OTHER_DATASETS = withTimestamp(likely('timestamp'))

/** The types of the fields that the records of a dataset have; without a source the default one, logs, is read. */
export function fieldTypesOf(dataset: Dataset | null, catalogue: FieldCatalogue | undefined): FieldTypes {
  const known = dataset === null ? 'logs' : knownDataset(dataset.dataspace, dataset.name)
  if (known !== undefined)
    return catalogue === undefined ? LANGUAGE_FIELDS[known] : catalogueFields(catalogue)[known]
  return dataset?.dataspace === 'system' ? FIELDS_OF_SYSTEM_DATASETS : FIELDS_OF_OTHER_DATASETS
}

function languageFields(dataset: KnownDataset): FieldTypes {
  const fields = FIELDS[dataset].map(
    ({ namespace, name, type }) => [keyOf([namespace, name]), likely(type)] as const,
  )
  return new Map([...fields, ...withTimestamp(certain('timestamp'))])
}

const LANGUAGE_FIELDS: Readonly<Record<KnownDataset, FieldTypes>> = {
  logs: languageFields('logs'),
  spans: languageFields('spans'),
}

/** Reading the keypaths of a catalogue takes longer than checking a query, and a catalogue serves many queries. */
const READ_CATALOGUES = new WeakMap<FieldCatalogue, Readonly<Record<KnownDataset, FieldTypes>>>()

function catalogueFields(catalogue: FieldCatalogue): Readonly<Record<KnownDataset, FieldTypes>> {
  let read = READ_CATALOGUES.get(catalogue)
  if (read === undefined) {
    read = {
      // What the language says of a field stands above what a catalogue calls its type.
      logs: new Map([...readFields(catalogue.logs), ...LANGUAGE_FIELDS.logs]),
      spans: new Map([...readFields(catalogue.spans), ...LANGUAGE_FIELDS.spans]),
    }
    READ_CATALOGUES.set(catalogue, read)
  }
  return read
}

function readFields(fields: readonly CatalogueField[]): FieldTypes {
  const types = new Map<string, InferredType>()
  for (const { keypath, type } of fields) {
    const path = readPath(keypath)
    const inferred = likely(typeNamed(type))
    if (path !== undefined && isKnown(inferred)) types.set(keyOf(path), inferred)
  }
  return types
}

function readPath(text: string): readonly string[] | undefined {
  const [stage] = parse(`choose ${text}`).query.stages
  const expression = stage?.kind === 'ChooseStage' ? stage.fields[0]?.expression : undefined
  return expression?.kind === 'Keypath' ? pathOf(expression satisfies Keypath) : undefined
}

/** Words for the types of the language, those that casts and catalogues use among them. */
const NAMED_TYPES: ReadonlyMap<string, TypeName> = new Map<string, TypeName>([
  ['string', 'string'],
  ['number', 'number'],
  ['num', 'number'],
  ['boolean', 'boolean'],
  ['bool', 'boolean'],
  ['timestamp', 'timestamp'],
  ['interval', 'interval'],
  ['array', 'array'],
  ['object', 'object'],
])

/** The type that a cast or a catalogue names. */
export function typeNamed(name: string): TypeName {
  return NAMED_TYPES.get(name) ?? 'unknown'
}
