/** The fields that the rows have before a stage: those of the dataset and the catalogue, and what stages made of them. */

import type { AnalyseOptions } from '../analyse'
import type { CatalogueField, FieldCatalogue } from '../catalogue/field-catalogue'
import { FIELDS, type KnownDataset, knownDataset } from '../catalogue/fields'
import { parseKeypath } from '../syntax/expression-parser'
import { tokenize } from '../syntax/lexer'
import { TokenStream } from '../syntax/token-stream'
import type { AliasedExpression, Expression, Keypath, Namespace, Query, Stage } from '../tree/ast'
import { impliedName, readKeypaths, replacesRows, writtenKeypaths } from '../tree/keypaths'
import { typeOf } from './operand-type'

/** Where a field comes from; what is nearest to the stage comes first. */
export type FieldOrigin = 'stage' | 'mention' | 'dataset' | 'catalogue'

export interface LiveField {
  readonly namespace: Namespace
  readonly path: readonly string[]
  /** A type of the language or a word of the catalogue; null where it is not known. */
  readonly type: string | null
  readonly origin: FieldOrigin
  readonly summary: string
  readonly sampleValues: readonly string[]
}

/**
 * The fields before the stage with this index, the ones that stages made first. With as many stages as the
 * query has it gives the fields behind the last. What the data holds beyond the catalogue is not known.
 */
export function fieldsBefore(
  query: Query,
  stageIndex: number,
  options: AnalyseOptions = {},
): readonly LiveField[] {
  const rows = new Rows(storedFields(query.stages[0], options))
  for (const stage of query.stages.slice(0, stageIndex)) rows.apply(stage)
  return rows.fields()
}

/** The fields that the records of the dataset have; a query without a source reads logs. */
function storedFields(first: Stage | undefined, { catalogue }: AnalyseOptions): readonly LiveField[] {
  const dataset = readDataset(first)
  if (dataset === undefined) return []
  const own = FIELDS[dataset].map(
    ({ namespace, name, type, summary }): LiveField => ({
      namespace,
      path: [name],
      type,
      origin: 'dataset',
      summary,
      sampleValues: [],
    }),
  )
  return [...own, ...(catalogue === undefined ? [] : catalogueFields(catalogue, dataset))]
}

function readDataset(first: Stage | undefined): KnownDataset | undefined {
  if (first?.kind !== 'SourceStage') return 'logs'
  const { dataspace, name } = first.dataset
  // Every system dataset has the envelope of logs.
  return dataspace === 'system' ? 'logs' : knownDataset(dataspace, name)
}

const PREPARED = new WeakMap<FieldCatalogue, Map<KnownDataset, readonly LiveField[]>>()

/** Catalogues are large and live long, so their keypaths are read once. */
function catalogueFields(catalogue: FieldCatalogue, dataset: KnownDataset): readonly LiveField[] {
  const prepared = PREPARED.get(catalogue) ?? new Map<KnownDataset, readonly LiveField[]>()
  PREPARED.set(catalogue, prepared)
  const known = prepared.get(dataset) ?? catalogue[dataset].flatMap(toLiveField)
  prepared.set(dataset, known)
  return known
}

function toLiveField({ keypath, type, sample_values, description }: CatalogueField): readonly LiveField[] {
  const s = new TokenStream(keypath, tokenize(keypath, ignore), ignore)
  const place = placeOf(parseKeypath(s))
  if (place === undefined || !s.at('end')) return []
  return [
    { ...place, type, origin: 'catalogue', summary: description ?? '', sampleValues: sample_values ?? [] },
  ]
}

function ignore(): void {}

export type FieldPlace = Pick<LiveField, 'namespace' | 'path'>

/** Deeper keypaths are nobody's to complete, and comparing them would cost time. */
const DEPTH_MAX = 24

/** The keys of a keypath; undefined when one of them is computed or an index, or there are too many. */
export function namesIn({ segments }: Keypath): readonly string[] | undefined {
  if (segments.length > DEPTH_MAX) return undefined
  const names = segments.flatMap((segment) => (segment.kind === 'NameSegment' ? [segment.name] : []))
  return names.length === segments.length ? names : undefined
}

/** The field that a keypath names; undefined for a whole namespace and where keys are computed. */
export function placeOf(keypath: Keypath): FieldPlace | undefined {
  const path = namesIn(keypath)
  if (path === undefined || path.length === 0) return undefined
  return { namespace: keypath.namespace ?? '$d', path }
}

/** The same text for the same field. */
export function keyOf({ namespace, path }: FieldPlace): string {
  return JSON.stringify([namespace, ...path])
}

/** Steps are numbered, and a field is there when nothing above it was removed after it was made. */
class Rows {
  #stored: readonly LiveField[]
  readonly #made = new Map<string, { readonly field: LiveField; readonly step: number }>()
  readonly #removed = new Map<string, number>()
  #step = 1

  constructor(stored: readonly LiveField[]) {
    this.#stored = stored
  }

  apply(stage: Stage): void {
    for (const keypath of readKeypaths(stage)) this.#mention(keypath)
    if (replacesRows(stage)) this.#replace(resultsOf(stage, this.#typeOfKeypath))
    else if (stage.kind === 'ExplodeStage' && stage.original !== 'preserve') {
      this.#replace(writtenFields(stage, this.#typeOfKeypath))
    } else {
      for (const keypath of removedKeypaths(stage)) this.#remove(keypath)
      for (const field of writtenFields(stage, this.#typeOfKeypath)) this.#make(field)
      if (stage.kind === 'JoinStage') for (const field of joinedFields(stage)) this.#make(field)
    }
    this.#step++
  }

  fields(): readonly LiveField[] {
    const made = [...this.#made.values()].filter(({ field, step }) => this.#isThere(field, step))
    const byOrigin = (origin: FieldOrigin) =>
      made.filter(({ field }) => field.origin === origin).map(({ field }) => field)
    const stored = this.#stored.filter((field) => this.#isThere(field, 0))
    const known = new Set(stored.map(keyOf))
    const mentioned = byOrigin('mention').filter((field) => !known.has(keyOf(field)))
    return [...byOrigin('stage').reverse(), ...mentioned, ...stored]
  }

  #isThere(field: FieldPlace, step: number): boolean {
    if (this.#removed.size === 0) return true
    for (let length = 0; length <= field.path.length; length++) {
      const removed = this.#removed.get(keyOf({ ...field, path: field.path.slice(0, length) }))
      if (removed !== undefined && removed > step) return false
    }
    return true
  }

  #replace(fields: readonly LiveField[]): void {
    this.#stored = []
    this.#made.clear()
    this.#removed.clear()
    for (const field of fields) this.#make(field)
  }

  #make(field: LiveField): void {
    const key = keyOf(field)
    // Made last, listed last.
    this.#made.delete(key)
    this.#made.set(key, { field, step: this.#step })
  }

  #mention(keypath: Keypath): void {
    const place = placeOf(keypath)
    if (place === undefined || place.namespace !== '$d' || this.#made.has(keyOf(place))) return
    // What was removed is no field again because a later stage names it.
    if (!this.#isThere(place, 0)) return
    this.#made.set(keyOf(place), {
      field: { ...place, type: null, origin: 'mention', summary: '', sampleValues: [] },
      step: 0,
    })
  }

  #remove(keypath: Keypath): void {
    const place = placeOf(keypath)
    if (place === undefined) return
    this.#removed.set(keyOf(place), this.#step)
    this.#made.delete(keyOf(place))
  }

  readonly #typeOfKeypath = (keypath: Keypath): string | undefined => {
    const place = placeOf(keypath)
    if (place === undefined) return undefined
    const made = this.#made.get(keyOf(place))
    if (made !== undefined) return made.field.type ?? undefined
    return this.#storedTypes().get(keyOf(place)) ?? undefined
  }

  #types: { readonly of: readonly LiveField[]; readonly map: ReadonlyMap<string, string | null> } | undefined

  #storedTypes(): ReadonlyMap<string, string | null> {
    if (this.#types?.of !== this.#stored) {
      this.#types = {
        of: this.#stored,
        map: new Map(this.#stored.map((field) => [keyOf(field), field.type])),
      }
    }
    return this.#types.map
  }
}

type TypeOfKeypath = (keypath: Keypath) => string | undefined

function madeField(place: FieldPlace, type: string | null): LiveField {
  return { ...place, type, origin: 'stage', summary: '', sampleValues: [] }
}

function removedKeypaths(stage: Stage): readonly Keypath[] {
  if (stage.kind === 'MoveStage') return [stage.from]
  if (stage.kind !== 'RemoveStage') return []
  return stage.keypaths.filter((expression) => expression.kind === 'Keypath')
}

function writtenFields(stage: Stage, typeOfKeypath: TypeOfKeypath): readonly LiveField[] {
  const type = writtenType(stage, typeOfKeypath)
  return writtenKeypaths(stage).flatMap((keypath) => {
    const place = placeOf(keypath)
    return place === undefined ? [] : [madeField(place, type)]
  })
}

function writtenType(stage: Stage, typeOfKeypath: TypeOfKeypath): string | null {
  switch (stage.kind) {
    case 'CreateStage':
    case 'ReplaceStage':
      return typeOf(stage.value, typeOfKeypath) ?? null
    case 'MoveStage':
      return typeOfKeypath(stage.from) ?? null
    case 'RoundtimeStage':
      return 'timestamp'
    case 'RedactStage':
      return 'string'
    default:
      return null
  }
}

/** What a stage leaves when nothing else is left: its results under their aliases, or the last key of their keypaths. */
function resultsOf(stage: Stage, typeOfKeypath: TypeOfKeypath): readonly LiveField[] {
  const named = resultExpressions(stage).flatMap(({ expression, alias }) => {
    const place = alias === null ? impliedPlace(expression) : placeOf(alias)
    return place === undefined ? [] : [madeField(place, typeOf(expression, typeOfKeypath) ?? null)]
  })
  if (stage.kind !== 'CountStage' && stage.kind !== 'CountbyStage') return named
  const count = stage.into === null ? undefined : placeOf(stage.into)
  return [...named, madeField(count ?? { namespace: '$d', path: ['_count'] }, 'number')]
}

function resultExpressions(stage: Stage): readonly AliasedExpression[] {
  switch (stage.kind) {
    case 'GroupbyStage':
      return [...stage.keys, ...stage.aggregates]
    case 'MultigroupbyStage':
      return [...stage.groups.flat(), ...stage.aggregates]
    case 'AggregateStage':
      return stage.aggregates
    case 'DistinctStage':
    case 'CountbyStage':
      return stage.keys
    case 'ChooseStage':
      return stage.fields
    case 'TopStage':
      return [...stage.results, ...stage.by]
    default:
      return []
  }
}

function impliedPlace(expression: Expression): FieldPlace | undefined {
  const name = expression.kind === 'Keypath' ? impliedName(expression) : undefined
  return name === undefined ? undefined : { namespace: '$d', path: [name] }
}

/** The fields of the other query, below the field that the join gives them. */
function joinedFields(stage: Extract<Stage, { kind: 'JoinStage' }>): readonly LiveField[] {
  const into = placeOf(stage.into)
  if (into === undefined) return []
  return fieldsBefore(stage.query, stage.query.stages.length)
    .filter(({ namespace, origin }) => namespace === '$d' && origin === 'stage')
    .map((field) => ({ ...field, namespace: into.namespace, path: [...into.path, ...field.path] }))
}
