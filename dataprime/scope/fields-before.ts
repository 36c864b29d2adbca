import type { Query } from '../tree/ast'
import { keypath as buildKeypath } from '../tree/build'
import { canonicalKeypath } from '../tree/keypaths'
import { walkPipeline } from '../tree/walked-pipeline'
import { inferTypes } from '../types/infer-types'
import { followStages, type VisitStage } from './follow-stages'
import { recordsOf, type ScopeOptions } from './records'
import { RECORD_PARTS, type RecordPart, type Scope } from './scope'
import type { Origin, Shape, ValueDetail } from './shape'

/** A field that may be read at a place of a query. */
export interface ReadableField {
  /** As in a query, its namespace always written: `$d.order.items`, `$l.applicationname`. */
  readonly keypath: string
  /** The word for its type in the language or the catalogue; undefined where nothing tells it. */
  readonly type: string | undefined
  readonly origin: Origin
}

export interface ReadableFields {
  /** Whether nothing but these fields, and what is below them, may be read of the user data. */
  readonly closed: boolean
  readonly fields: readonly ReadableField[]
}

/**
 * The fields that the stage at an index may read: those of the dataset and the catalogue, with what the
 * stages before it have made, renamed and taken away. An index past the end asks for what comes out of the
 * query. `query` may be a sub-query. Without a source the fields of the default one are answered.
 */
export function fieldsBefore(query: Query, stageIndex: number, options: ScopeOptions = {}): ReadableFields {
  const scope = scopeBefore(query, stageIndex, options)
  const fields = listFields(scope).map(({ part, path, detail: { type, origin } }) => {
    return { keypath: canonicalKeypath(buildKeypath(part, ...path)), type, origin }
  })
  return { closed: scope.part('$d').rest !== null, fields }
}

/** What is known of the rows that the stage at an index reads; `visit` is called for each stage before it. */
export function scopeBefore(
  query: Query,
  stageIndex: number,
  options: ScopeOptions = {},
  visit: VisitStage = () => {},
): Scope {
  const before = { ...query, stages: query.stages.slice(0, stageIndex) }
  if (before.stages.length === 0) return recordsOf(undefined, options)
  const walked = walkPipeline(before)
  const typeOf = inferTypes(before, options.catalogue, walked).of
  return followStages(walked, { ...options, typeOf }, visit)
}

export interface ListedField {
  readonly part: RecordPart
  readonly path: readonly string[]
  readonly detail: ValueDetail
}

/** Fields listed at most, and keys listed below one another. */
const FIELDS_MAX = 10_000
const DEPTH_MAX = 8

/** The fields that are known to be there, each after the object it lies in. */
export function listFields(scope: Scope): readonly ListedField[] {
  const fields: ListedField[] = []
  const visit = (part: RecordPart, shape: Shape, names: readonly string[]) => {
    for (const [name, child] of shape.knownKeys(FIELDS_MAX - fields.length)) {
      const path = [...names, name]
      fields.push({ part, path, detail: child.detail ?? MADE_FOR_ITS_KEYS })
      if (path.length < DEPTH_MAX) visit(part, child, path)
    }
  }
  for (const part of RECORD_PARTS) visit(part, scope.part(part), [])
  return fields
}

/** An object of which the query tells no more than that it writes a key in it. */
const MADE_FOR_ITS_KEYS: ValueDetail = { type: 'object', origin: 'query', implied: true }
