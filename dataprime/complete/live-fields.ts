/** The fields that the rows have before a stage, with what completion shows of them. */

import type { AnalyseOptions } from '../analyse'
import type { FieldCatalogue } from '../catalogue/field-catalogue'
import { FIELDS_WITH_PATHS } from '../catalogue/fields'
import { type ListedField, listFields, scopeBefore } from '../scope/fields-before'
import type { Scope } from '../scope/scope'
import { catalogueFieldsOf, type ReadField } from '../syntax/catalogue-keypaths'
import type { Keypath, Namespace, Query } from '../tree/ast'
import { readAmong } from '../tree/keypaths'

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
 * query has it gives the fields behind the last. What the data holds beyond the catalogue is not known; what
 * the query has named already is likely to be there.
 */
export function fieldsBefore(
  query: Query,
  stageIndex: number,
  options: AnalyseOptions = {},
): readonly LiveField[] {
  const mentions = new Map<string, Keypath>()
  const scope = scopeBefore(query, stageIndex, options, (walked, rows) => {
    // Sub-queries read other rows.
    if (query.stages[walked.index] !== walked.stage) return
    for (const keypath of readAmong(walked.keypaths, walked.stage)) mention(mentions, keypath, rows)
  })
  const listed = listFields(scope).filter(({ detail }) => detail.implied === undefined)
  const made = listed.filter(({ detail }) => detail.origin === 'query')
  const stored = listed.filter(({ detail }) => detail.origin !== 'query')
  return [
    ...made.reverse().map(toMadeField),
    ...[...mentions.values()].flatMap((keypath) => toMentionedField(keypath, scope)),
    ...stored.map((field) => toStoredField(field, options.catalogue)),
  ]
}

function mention(mentions: Map<string, Keypath>, keypath: Keypath, rows: Scope): void {
  const place = placeOf(keypath)
  if (place !== undefined && isAssumed(keypath, rows)) mentions.set(keyOf(place), keypath)
}

/** Whether a field is none that is listed, and may be one of the data all the same. */
function isAssumed(keypath: Keypath, rows: Scope): boolean {
  const lookup = rows.lookUp(keypath)
  return lookup?.found === 'possible' && !lookup.given
}

function toMentionedField(keypath: Keypath, scope: Scope): readonly LiveField[] {
  const place = placeOf(keypath)
  // What was removed is no field again because a later stage names it.
  if (place === undefined || !isAssumed(keypath, scope)) return []
  return [{ ...place, type: null, origin: 'mention', ...UNDOCUMENTED }]
}

function toMadeField({ part, path, detail }: ListedField): LiveField {
  return { namespace: part, path, type: detail.type ?? null, origin: 'stage', ...UNDOCUMENTED }
}

function toStoredField(
  { part, path, detail }: ListedField,
  catalogue: FieldCatalogue | undefined,
): LiveField {
  const place = { namespace: part, path }
  const origin = detail.origin === 'catalogue' ? 'catalogue' : 'dataset'
  return { ...place, type: detail.type ?? null, origin, ...documentationOf(place, catalogue) }
}

type Documentation = Pick<LiveField, 'summary' | 'sampleValues'>

const UNDOCUMENTED: Documentation = { summary: '', sampleValues: [] }

/** What is said of the fields that every record of a dataset has. */
const DATASET_FIELDS: ReadonlyMap<string, Documentation> = new Map(
  [...FIELDS_WITH_PATHS.spans, ...FIELDS_WITH_PATHS.logs].map((field) => [
    keyOf(field),
    { summary: field.summary, sampleValues: field.values ?? [] },
  ]),
)

function documentationOf(place: FieldPlace, catalogue: FieldCatalogue | undefined): Documentation {
  const key = keyOf(place)
  const listed = catalogue === undefined ? undefined : documentationIn(catalogue).get(key)
  const { summary, sampleValues } = DATASET_FIELDS.get(key) ?? UNDOCUMENTED
  const seen = listed?.sampleValues ?? []
  return {
    summary: summary === '' ? (listed?.summary ?? '') : summary,
    sampleValues: seen.length > 0 ? seen : sampleValues,
  }
}

const PREPARED = new WeakMap<FieldCatalogue, ReadonlyMap<string, Documentation>>()

function documentationIn(catalogue: FieldCatalogue): ReadonlyMap<string, Documentation> {
  const { logs, spans } = catalogueFieldsOf(catalogue)
  const prepared = PREPARED.get(catalogue) ?? new Map([...spans, ...logs].flatMap(readDocumentation))
  PREPARED.set(catalogue, prepared)
  return prepared
}

function readDocumentation({ keypath, field: { sample_values, description } }: ReadField) {
  const place = placeOf(keypath)
  if (place === undefined) return []
  return [[keyOf(place), { summary: description ?? '', sampleValues: sample_values ?? [] }] as const]
}

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
