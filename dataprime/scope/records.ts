/** What is known of the records a source reads: what their dataset always has, and what the catalogue lists. */
import type { AnalyseOptions } from '../analyse'
import type { FieldCatalogue } from '../catalogue/field-catalogue'
import { FIELDS_WITH_PATHS, type KnownDataset, knownDataset } from '../catalogue/fields'
import { catalogueFieldsOf, type ReadField } from '../syntax/catalogue-keypaths'
import type { Expression, Stage } from '../tree/ast'
import { keypath } from '../tree/build'
import type { InferredType } from '../types/inferred-type'
import { type RecordPart, Scope } from './scope'
import { type Absence, lookUp, Shape, type ValueDetail, write } from './shape'

export interface ScopeOptions extends AnalyseOptions {
  /** Where the text of the query could not be read, in order: what a stage there makes of its rows is not known. */
  readonly mistakes?: readonly number[]
  /** The types of the expressions of the query; without them none are told of what the query makes. */
  readonly typeOf?: (expression: Expression) => InferredType
}

type Parts = Readonly<Record<RecordPart, Shape>>

/** The dataset that is usually meant where a query names none. */
const DEFAULT_DATASET: KnownDataset = 'logs'

/** Values of these types have no keys. */
const SCALAR_TYPES: ReadonlySet<string> = new Set([
  ...['string', 'number', 'num', 'boolean', 'bool', 'timestamp', 'interval', 'severity'],
])

/** The dataset whose records the first stage of a pipeline reads; null when it is not known which fields they have. */
export function datasetRead(first: Stage | undefined): KnownDataset | null {
  if (first?.kind !== 'SourceStage') return null
  return knownDataset(first.dataset.dataspace, first.dataset.name) ?? null
}

/**
 * The rows that the first stage of a pipeline reads. Metadata and labels of logs and spans are those that
 * are listed, and so is their user data in strict mode with a catalogue; of any other dataset all keys may be
 * there. Without a source the rows are those of the dataset that is implied.
 */
export function recordsOf(
  first: Stage | undefined,
  options: ScopeOptions,
  implied: KnownDataset = DEFAULT_DATASET,
): Scope {
  const dataset = datasetRead(first)
  if (dataset !== null) return scopeOver(partsOf(dataset, options), (rest) => rest)
  if (first === undefined || first.kind === 'UnknownStage' || isOfSystem(first)) {
    // The fields of the default dataset are likely then, and nothing is certain.
    return scopeOver(partsOf(DEFAULT_DATASET, options), () => null)
  }
  if (first.kind === 'SourceStage' || first.kind === 'DpxlStage') return Scope.open()
  return scopeOver(partsOf(implied, options), (rest) =>
    rest?.kind === 'unknown' ? { ...rest, implied: true } : rest,
  )
}

/** System datasets have the metadata and labels of logs. */
function isOfSystem(first: Stage): boolean {
  return first.kind === 'SourceStage' && first.dataset.dataspace === 'system'
}

/** Parts are shared by many queries, so a scope only lies over them. */
function scopeOver(parts: Parts, restOf: (rest: Absence | null) => Absence | null): Scope {
  const over = (base: Shape) => new Shape(restOf(base.rest), null, [base])
  return new Scope(over(parts.$d), over(parts.$m), over(parts.$l))
}

type PartsByDataset = Map<string, Parts>

const WITHOUT_CATALOGUE: PartsByDataset = new Map()

/** A catalogue has hundreds of fields and is the same for many queries. */
const byCatalogue = new WeakMap<FieldCatalogue, PartsByDataset>()

function partsOf(dataset: KnownDataset, { strict = false, catalogue }: ScopeOptions): Parts {
  const known = catalogue === undefined ? WITHOUT_CATALOGUE : remembered(catalogue)
  const fields = catalogue === undefined ? [] : catalogueFieldsOf(catalogue)[dataset]
  // A catalogue that says nothing of a dataset does not say that its records are empty.
  const closesData = strict && fields.length > 0
  const key = `${dataset} ${closesData}`
  const parts = known.get(key) ?? buildParts(dataset, fields, closesData)
  known.set(key, parts)
  return parts
}

function remembered(catalogue: FieldCatalogue): PartsByDataset {
  const known = byCatalogue.get(catalogue) ?? new Map()
  byCatalogue.set(catalogue, known)
  return known
}

function buildParts(dataset: KnownDataset, fields: readonly ReadField[], closesData: boolean): Parts {
  const unknown: Absence = { kind: 'unknown', dataset }
  const parts: Parts = {
    $d: new Shape(closesData ? unknown : null),
    $m: new Shape(unknown),
    $l: new Shape(unknown),
  }
  for (const { namespace, path, type } of FIELDS_WITH_PATHS[dataset]) {
    const field = new Shape(null, { type, origin: 'dataset' })
    if (namespace !== '$p') write(parts[namespace], keypath(namespace, ...path).segments, field, unknown)
  }
  for (const field of fields.toSorted(objectsFirst)) {
    addField(parts, field, closesData ? unknown : null, unknown)
  }
  return parts
}

function objectsFirst(a: ReadField, b: ReadField): number {
  return a.keypath.segments.length - b.keypath.segments.length
}

function addField(
  parts: Parts,
  { keypath: { namespace, segments }, field: { type } }: ReadField,
  belowScalar: Absence | null,
  maker: Absence,
): void {
  if (namespace === '$p') return
  const detail: ValueDetail = { type, origin: 'catalogue' }
  const rest = SCALAR_TYPES.has(type.toLowerCase()) ? belowScalar : null
  const part = parts[namespace ?? '$d']
  // What every record of the dataset has is of the type that is documented.
  if (lookUp(part, segments).found instanceof Shape) return
  write(part, segments, new Shape(rest, detail), maker)
  for (let depth = 1; depth < segments.length; depth++) {
    const { found } = lookUp(part, segments.slice(0, depth))
    if (found instanceof Shape) found.detail ??= { type: 'object', origin: 'catalogue', implied: true }
  }
}
