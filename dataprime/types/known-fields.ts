import type { FieldCatalogue } from '../catalogue/field-catalogue'
import { FIELDS_WITH_PATHS, type KnownDataset, knownDataset } from '../catalogue/fields'
import { catalogueFieldsOf, type ReadField } from '../syntax/catalogue-keypaths'
import type { Dataset } from '../tree/ast'
import { certain, type InferredType, isKnown, likely, type TypeName } from './inferred-type'
import { type FieldTypes, fieldTypes, type KeyPath, pathOf } from './type-environment'

const TIMESTAMP: KeyPath = ['$m', 'timestamp']

/** The time of a record is a timestamp wherever there are records; of all other fields only the data can tell. */
const FIELDS_OF_SYSTEM_DATASETS = fieldTypes([[TIMESTAMP, certain('timestamp')]])
const FIELDS_OF_OTHER_DATASETS = fieldTypes([[TIMESTAMP, likely('timestamp')]])

/** The types of the fields that the records of a dataset have. */
export function fieldTypesOf(
  dataset: Dataset | KnownDataset,
  catalogue: FieldCatalogue | undefined,
): FieldTypes {
  const known = typeof dataset === 'string' ? dataset : knownDataset(dataset.dataspace, dataset.name)
  if (known !== undefined)
    return catalogue === undefined ? LANGUAGE_FIELDS[known] : catalogueTypesOf(catalogue)[known]
  return typeof dataset !== 'string' && dataset.dataspace === 'system'
    ? FIELDS_OF_SYSTEM_DATASETS
    : FIELDS_OF_OTHER_DATASETS
}

type TypedPath = readonly [KeyPath, InferredType]

function languageFields(dataset: KnownDataset): readonly TypedPath[] {
  return [
    ...FIELDS_WITH_PATHS[dataset].map(
      ({ namespace, path, type }): TypedPath => [[namespace, ...path], likely(type)],
    ),
    [TIMESTAMP, certain('timestamp')],
  ]
}

type TypesByDataset = Readonly<Record<KnownDataset, FieldTypes>>

const LANGUAGE_FIELDS: TypesByDataset = {
  logs: fieldTypes(languageFields('logs')),
  spans: fieldTypes(languageFields('spans')),
}

const CATALOGUE_TYPES = new WeakMap<FieldCatalogue, TypesByDataset>()

function catalogueTypesOf(catalogue: FieldCatalogue): TypesByDataset {
  const fields = catalogueFieldsOf(catalogue)
  // What the language says of a field stands above what a catalogue calls its type.
  const typesOf = (dataset: KnownDataset) =>
    fieldTypes([...fields[dataset].flatMap(typeField), ...languageFields(dataset)])
  const known = CATALOGUE_TYPES.get(catalogue) ?? { logs: typesOf('logs'), spans: typesOf('spans') }
  CATALOGUE_TYPES.set(catalogue, known)
  return known
}

function typeField({ keypath, field }: ReadField): readonly TypedPath[] {
  const path = pathOf(keypath)
  const type = likely(typeNamed(field.type))
  return path === undefined || !isKnown(type) ? [] : [[path, type]]
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
