import {
  type AggregateStage,
  type AliasedExpression,
  build,
  canonicalKeypath,
  type GroupbyStage,
  type Keypath,
  readKeypaths,
  type Stage,
  sameTree,
} from '#dataprime'
import type { NamedMeasure } from '../intermediate'
import type { Field } from '../link/field'
import { groupStage, ungroupedStage } from '../to-tree'
import { isShape } from './conjuncts'
import type { EditMode } from './read-cues'

export interface ShapeEdit {
  readonly keys: readonly AliasedExpression[]
  readonly measures: readonly NamedMeasure[]
  readonly mode: EditMode
}

const COUNT: readonly NamedMeasure[] = [{ measure: { kind: 'count' }, alias: 'n' }]

/** The stages grouped and measured as a follow-up asks; what is not mentioned stays. */
export function editShape(stages: readonly Stage[], edit: ShapeEdit): Stage[] {
  if (edit.keys.length === 0 && edit.measures.length === 0) return [...stages]
  const at = stages.findIndex(isShape)
  const old = stages[at]
  const shape = shapeFor(old, edit)
  if (old === undefined) return insertShape(stages, shape)
  return dropBroken(stages.with(at, shape), at)
}

function shapeFor(old: Stage | undefined, edit: ShapeEdit): Stage {
  const keys = combine(keysOf(old), edit.keys, edit.mode)
  const measures = newAggregates(edit)
  const kept = aggregatesOf(old)
  if (keys.length === 0)
    return edit.measures.length > 0 ? ungroupedStage(edit.measures, false) : (old as Stage)
  const aggregates = measures === null ? kept : edit.mode === 'add' ? [...kept, ...measures] : measures
  return build.stage<GroupbyStage>({
    kind: 'GroupbyStage',
    keys,
    aggregates: aggregates.length > 0 ? aggregates : countOnly(),
  })
}

function countOnly(): readonly AliasedExpression[] {
  return (groupStage([], COUNT) as GroupbyStage).aggregates
}

/** Null when the follow-up measures nothing itself. */
function newAggregates(edit: ShapeEdit): readonly AliasedExpression[] | null {
  return edit.measures.length === 0 ? null : (groupStage([], edit.measures) as GroupbyStage).aggregates
}

function keysOf(stage: Stage | undefined): readonly AliasedExpression[] {
  if (stage?.kind === 'GroupbyStage' || stage?.kind === 'CountbyStage') return stage.keys
  return []
}

function aggregatesOf(stage: Stage | undefined): readonly AliasedExpression[] {
  return stage?.kind === 'GroupbyStage' || stage?.kind === 'AggregateStage' ? stage.aggregates : []
}

function combine(
  old: readonly AliasedExpression[],
  next: readonly AliasedExpression[],
  mode: EditMode,
): readonly AliasedExpression[] {
  if (next.length === 0) return old
  if (mode !== 'add') return next
  return [...old, ...next.filter((key) => !old.some((known) => sameTree(known.expression, key.expression)))]
}

/** After the filters and before the order, the limit and the fields, which then apply to the result. */
function insertShape(stages: readonly Stage[], shape: Stage): Stage[] {
  const at = stages.findIndex(
    ({ kind }) => kind === 'OrderbyStage' || kind === 'LimitStage' || kind === 'ChooseStage',
  )
  const end = at < 0 ? stages.length : at
  // One row needs neither an order nor a limit.
  const gone = shape.kind === 'GroupbyStage' ? ['ChooseStage'] : ['ChooseStage', 'OrderbyStage', 'LimitStage']
  const placed = [
    ...stages.slice(0, end),
    shape,
    ...stages.slice(end).filter(({ kind }) => !gone.includes(kind)),
  ]
  return dropBroken(placed, end)
}

/** Later stages that read a name the new shape no longer makes would fail: they go. */
function dropBroken(stages: readonly Stage[], shapeAt: number): Stage[] {
  const known = namesAfter(stages[shapeAt] as Stage)
  return stages.filter((stage, index) => {
    if (index <= shapeAt) return true
    if (!['FilterStage', 'OrderbyStage', 'ChooseStage'].includes(stage.kind)) return true
    return readKeypaths(stage).every((keypath) => known.has(canonicalKeypath(keypath)))
  })
}

function namesAfter(shape: Stage): Set<string> {
  const made =
    shape.kind === 'GroupbyStage'
      ? [...shape.keys, ...shape.aggregates]
      : shape.kind === 'AggregateStage'
        ? shape.aggregates
        : shape.kind === 'DistinctStage'
          ? shape.keys
          : []
  const names = made.map(
    ({ alias, expression }) => alias ?? (expression.kind === 'Keypath' ? lastOf(expression) : null),
  )
  return new Set(names.filter((name) => name !== null).map(canonicalKeypath))
}

function lastOf(keypath: Keypath): Keypath {
  return { ...keypath, namespace: '$d', segments: keypath.segments.slice(-1) }
}

/** The name of the measure a result is ordered by: the first, or the first count. */
export function rankingName(stages: readonly Stage[]): Keypath | null {
  const shape = stages.find(isShape)
  return aggregatesOf(shape)[0]?.alias ?? null
}

/** The name under which the first field that groups is found afterwards; null where nothing groups. */
export function firstKeyName(stages: readonly Stage[]): Keypath | null {
  const key = keysOf(stages.find(isShape)).find(({ expression }) => expression.kind === 'Keypath')
  if (key?.expression.kind !== 'Keypath') return null
  return key.alias ?? { ...key.expression, namespace: null, segments: key.expression.segments.slice(-1) }
}

/** A number that a result measures; undefined when it only counts. */
export function measuredField(stages: readonly Stage[], fields: readonly Field[]): Field | undefined {
  const shape = stages.find(isShape)
  if (shape?.kind !== 'GroupbyStage' && shape?.kind !== 'AggregateStage') return undefined
  const read = shape.kind === 'GroupbyStage' ? readKeypaths({ ...shape, keys: [] }) : readKeypaths(shape)
  const measured = new Set(read.map(canonicalKeypath))
  return fields.find(({ type, keypath }) => type === 'number' && measured.has(canonicalKeypath(keypath)))
}

/** The result without some of the fields that group it; what was measured stays, over everything when nothing groups. */
export function ungroup(stages: readonly Stage[], keypaths: ReadonlySet<string>): Stage[] {
  const at = stages.findIndex(isShape)
  const shape = stages[at]
  if (keypaths.size === 0 || shape?.kind !== 'GroupbyStage') return [...stages]
  const keys = shape.keys.filter(
    ({ expression }) => expression.kind !== 'Keypath' || !keypaths.has(canonicalKeypath(expression)),
  )
  if (keys.length > 0) return dropBroken(stages.with(at, { ...shape, keys }), at)
  const { aggregates } = shape
  const whole = build.stage<AggregateStage>({ kind: 'AggregateStage', aggregates })
  // One row needs neither an order nor a limit.
  const rest = stages.with(at, whole).filter(({ kind }) => kind !== 'OrderbyStage' && kind !== 'LimitStage')
  return dropBroken(rest, at)
}
