/**
 * What stages do to the rows they are given, as far as it can be told without data. Where it cannot be
 * told, the answer is the one that forbids a rewrite.
 */
import { isFilter } from '../analysis/describe-query'
import { aggregatesRows } from '../tree/aggregation'
import type { Expression, Keypath, Node, Stage } from '../tree/ast'
import { keypath } from '../tree/build'
import { isCall } from '../tree/calls'
import { canonicalKeypath, readKeypaths, writtenKeypaths } from '../tree/keypaths'
import { nodesOf } from '../tree/walk'

/** Whether each row that goes in comes out, in the same order, with only its fields changed. */
export function keepsRows({ kind }: Stage): boolean {
  switch (kind) {
    case 'CreateStage':
    case 'ReplaceStage':
    case 'RemoveStage':
    case 'MoveStage':
    case 'RedactStage':
    case 'ConvertStage':
    case 'RoundtimeStage':
    case 'ExtractStage':
    case 'EnrichStage':
    case 'ChooseStage':
      return true
    default:
      return false
  }
}

/** Whether the stage gives no more rows than it is given. */
export function addsNoRows(stage: Stage): boolean {
  if (keepsRows(stage) || isFilter(stage)) return true
  switch (stage.kind) {
    case 'LimitStage':
    case 'OrderbyStage':
    case 'DedupebyStage':
    case 'TopStage':
    case 'GroupbyStage':
    case 'CountbyStage':
    case 'DistinctStage':
      return true
    default:
      return false
  }
}

/** Whether which rows come out depends on the order they go in. */
export function dependsOnOrder(stage: Stage): boolean {
  switch (stage.kind) {
    case 'LimitStage':
    case 'StitchStage':
    case 'DedupebyStage':
    case 'UnknownStage':
      return true
    default:
      return aggregatesRows(stage) && callsAny(stage, ORDERED_AGGREGATIONS)
  }
}

const ORDERED_AGGREGATIONS: ReadonlySet<string> = new Set(['collect', 'any_value', 'max_by', 'min_by'])

const RANDOM_FUNCTIONS: ReadonlySet<string> = new Set(['random', 'randomInt', 'randomUuid', 'uuid'])

/** Whether evaluating it twice for one row may give two results. */
export function isRandom(tree: Stage | Expression): boolean {
  return callsAny(tree, RANDOM_FUNCTIONS)
}

function callsAny(tree: Stage | Expression, names: ReadonlySet<string>): boolean {
  return nodesOf(tree).some((node) => isCall(node) && names.has(node.name))
}

const TIMESTAMP = keypath('$m', 'timestamp')

/** The keypaths whose values may differ after a stage that keeps its rows: written, converted, moved away or removed. */
export function changedKeypaths(stage: Stage): readonly Keypath[] {
  switch (stage.kind) {
    case 'RemoveStage':
      return stage.keypaths.filter((removed) => removed.kind === 'Keypath')
    case 'MoveStage':
      return [stage.from, stage.to]
    case 'ConvertStage':
      return stage.conversions.map((conversion) => conversion.keypath)
    case 'RoundtimeStage':
      return [stage.into ?? roundedTime(stage.time)]
    default:
      return writtenKeypaths(stage)
  }
}

/** Without `into` the rounded time is written back to where it was read. */
function roundedTime(time: Expression | null): Keypath {
  if (time === null) return TIMESTAMP
  return time.kind === 'Keypath' ? time : EVERYTHING
}

const EVERYTHING = keypath('$d')

/** Whether a stage was told to fail, or to leave out rows' values, by what a row holds. */
export function mayFail(stage: Stage): boolean {
  return (
    (stage.kind === 'CreateStage' &&
      [stage.onKeypathExists, stage.onKeypathMissing, stage.onDatatypeChanged].includes('fail')) ||
    (stage.kind === 'ReplaceStage' && stage.onDatatypeChanged === 'fail')
  )
}

/**
 * The keypaths a stage reads, parameters of the query left out; undefined when it may read every field of
 * the data: a search of everything, or an aggregation that takes the whole row.
 */
export function fieldsRead(stage: Stage): readonly Keypath[] | undefined {
  if (stage.kind === 'WildfindStage' || stage.kind === 'LuceneStage' || stage.kind === 'UnknownStage') {
    return undefined
  }
  if (stage.kind === 'RemoveStage') return []
  return nodesOf(stage).some(takesWholeRow) ? undefined : readKeypaths(stage).filter(isField)
}

function takesWholeRow(node: Node): boolean {
  return node.kind === 'CallExpression' && node.name === 'any_value' && node.arguments.length === 0
}

/** Parameters of the query are the same for every row. */
export function isField({ namespace }: Keypath): boolean {
  return namespace !== '$p'
}

/** Whether nothing that is read lies above or below anything that is written. */
export function independent(written: readonly Keypath[], read: readonly Keypath[]): boolean {
  const reads = read.map(fixedPart)
  return written.map(fixedPart).every((target) => {
    return reads.every((text) => !isWithin(text, target) && !isWithin(target, text))
  })
}

/** A keypath up to its first computed key: what lies behind one may be any field there. */
function fixedPart(keypath: Keypath): string {
  const computed = keypath.segments.findIndex(({ kind }) => kind === 'IndexSegment')
  return canonicalKeypath(
    computed === -1 ? keypath : { ...keypath, segments: keypath.segments.slice(0, computed) },
  )
}

/** Whether one canonical keypath is another one or lies below it. */
export function isWithin(keypath: string, other: string): boolean {
  if (!keypath.startsWith(other)) return false
  const next = keypath.charAt(other.length)
  return next === '' || next === '.' || next === '['
}

/** Whether the stage gives the same rows when the filter behind it stands before it. */
export function commutes(stage: Stage, filter: Stage): boolean {
  if (isRandom(filter) || mayFail(stage)) return false
  if (stage.kind === 'OrderbyStage' || isFilter(stage)) return !isRandom(stage)
  const read = fieldsRead(filter)
  if (read === undefined || read.length === 0) return false
  switch (stage.kind) {
    case 'ChooseStage':
      return false
    case 'JoinStage':
      // A full or right join adds rows of its own, which a filter before it would let through.
      return stage.join !== 'full' && stage.join !== 'right' && independent([stage.into], read)
    case 'ExplodeStage':
      return stage.original === 'preserve' && independent([stage.into], read)
    case 'DedupebyStage':
      return read.every((keypath) => isAmong(keypath, stage.keys))
    default:
      return keepsRows(stage) && independent(changedKeypaths(stage), read)
  }
}

/** Rows that agree in the keys agree in all that lies below a key, so a filter on those drops all of them or none. */
function isAmong(keypath: Keypath, keys: readonly Expression[]): boolean {
  const text = canonicalKeypath(keypath)
  return keys.some((key) => key.kind === 'Keypath' && isWithin(text, canonicalKeypath(key)))
}
