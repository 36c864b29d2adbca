/** What there is to say of each keypath that a query reads, found in one pass over its stages. */
import { DIAGNOSTICS_KEPT_MAX } from '../diagnostics/diagnostic-list'
import type { Expression, JoinStage, Keypath, Query, Stage } from '../tree/ast'
import { canonicalKeypath, isMissingKeypath, readAmong, resultsOf } from '../tree/keypaths'
import { walk } from '../tree/walk'
import { type WalkedPipeline, walkPipeline } from '../tree/walked-pipeline'
import { followStages } from './follow-stages'
import type { ScopeOptions } from './records'
import type { Scope } from './scope'
import { type Absence, isAbsent, type Lookup, Shape } from './shape'

export type Reading = PresentReading | AbsentReading

/** It is there, or may be. */
export interface PresentReading {
  readonly kind: 'present'
  /** Whether it is known to be there. */
  readonly listed: boolean
  /** Whether the query itself made it. */
  readonly given: boolean
}

export interface AbsentReading {
  readonly kind: 'absent'
  readonly given: boolean
  readonly absence: Absence
  /** Which of the segments is not there. */
  readonly depth: number
  /** Which of them is the first within the record: those of a sub-query are attached below a key. */
  readonly recordDepth: number
  /** Keys that are there in its place, and those of the user data: a number of them, for the first absent keypaths. */
  readonly siblings: readonly string[]
  readonly dataKeys: readonly string[]
  /** Whether `siblings` are all there are. */
  readonly closed: boolean
}

export interface ReadKeypath {
  readonly keypath: Keypath
  /** The query or sub-query that it is read in. */
  readonly pipeline: Query
  readonly reading: Reading
}

/** Keys looked through for one that was meant. */
const KEYS_COMPARED_MAX = 300

/**
 * The keypaths that a query reads, those of sub-queries too, with what is known of each in the stage that
 * reads it. Parameters and whole parts of a record (`$d`) are left out: they are always there.
 */
export function readingsOf(
  query: Query,
  options: ScopeOptions = {},
  walked: WalkedPipeline = walkPipeline(query),
): readonly ReadKeypath[] {
  const readings: ReadKeypath[] = []
  const absent = new Set<Keypath>()
  const describe = ({ lookup, scope }: ScopedLookup): Reading => {
    if (!isAbsent(lookup.found)) return presentReading(lookup)
    const most = absent.size < DIAGNOSTICS_KEPT_MAX ? KEYS_COMPARED_MAX : 0
    return {
      kind: 'absent',
      given: lookup.given,
      absence: lookup.found,
      depth: lookup.depth,
      recordDepth: lookup.recordDepth,
      siblings: keysOf(lookup.parent, most),
      dataKeys: keysOf(scope.part('$d'), most),
      closed: lookup.parent.rest !== null,
    }
  }

  followStages(walked, options, ({ stage, pipeline, keypaths }, before, added) => {
    // A source has no rows before it; what looks like a field there is reported as such.
    if (keypaths.length === 0 || stage.kind === 'SourceStage') return
    const lookUp = lookUpFor(stage, before, added)
    for (const keypath of requiredAmong(keypaths, stage)) {
      const found = keypath.segments.length > 0 ? lookUp(keypath) : undefined
      // The tree of `a between 1 and 5` has one keypath in two places; that it is not there is one thing to say.
      if (found === undefined || absent.has(keypath)) continue
      const reading = describe(found)
      if (reading.kind === 'absent') absent.add(keypath)
      readings.push({ keypath, pipeline, reading })
    }
  })
  return readings
}

/** What a stage reads, and what it only changes: `replace` is for a field that is there. */
function requiredAmong(keypaths: readonly Keypath[], stage: Stage): readonly Keypath[] {
  const read = readAmong(keypaths, stage)
  return stage.kind === 'ReplaceStage' && !isMissingKeypath(stage.target) ? [stage.target, ...read] : read
}

/** There are only four, and most keypaths are there. */
const PRESENT_READINGS: readonly PresentReading[] = [false, true].flatMap((listed) =>
  [false, true].map((given) => ({ kind: 'present' as const, listed, given })),
)

function presentReading({ found, given }: Lookup): PresentReading {
  return PRESENT_READINGS[(found instanceof Shape ? 2 : 0) + (given ? 1 : 0)] as PresentReading
}

function keysOf(shape: Shape, most: number): readonly string[] {
  return shape.knownKeys(most).map(([name]) => name)
}

interface ScopedLookup {
  readonly lookup: Lookup
  readonly scope: Scope
}

type LookUp = (keypath: Keypath) => ScopedLookup | undefined

/** How a stage sees keypaths: in the rows before it, those of its sub-query, and the names it gives itself. */
function lookUpFor(stage: Stage, before: Scope, added: Scope | null): LookUp {
  if (stage.kind === 'JoinStage' && added !== null) {
    const sides = sidesOf(stage)
    return (keypath) => choose(sides.get(keypath) ?? 'left', inRows(before, keypath), inRows(added, keypath))
  }
  let ownNames: ReadonlySet<string> | undefined
  return (keypath) => {
    const found = inRows(before, keypath)
    if (found === undefined || !isAbsent(found.lookup.found)) return found
    ownNames ??= namesGivenBy(stage)
    // No documentation says from where on an alias may be used.
    const isOwn = ownNames.has(headOf(keypath))
    return isOwn ? { ...found, lookup: { ...found.lookup, found: 'possible', given: true } } : found
  }
}

function inRows(scope: Scope, keypath: Keypath): ScopedLookup | undefined {
  const lookup = scope.lookUp(keypath)
  return lookup && { lookup, scope }
}

function namesGivenBy(stage: Stage): ReadonlySet<string> {
  return new Set(resultsOf(stage).flatMap(({ alias }) => (alias === null ? [] : [headOf(alias)])))
}

/** The key of the record that a keypath leads into. */
function headOf(keypath: Keypath): string {
  return canonicalKeypath({ ...keypath, segments: keypath.segments.slice(0, 1) })
}

// ---------------------------------------------------------------------------------------------------------
// The two sides of a join

type Side = 'left' | 'right' | 'either' | 'both'

/** Which rows each keypath of a join is read from. */
function sidesOf({ on, using }: JoinStage): ReadonlyMap<Keypath, Side> {
  const sides = new Map<Keypath, Side>()
  const mark = (expression: Expression, side: Side) =>
    walk(expression, (node) => {
      if (node.kind === 'Keypath') sides.set(node, side)
    })
  for (const { left, right } of on) {
    for (const { side, expression } of [left, right]) mark(expression, side ?? 'either')
  }
  for (const expression of using) mark(expression, 'both')
  return sides
}

function choose(
  side: Side,
  left: ScopedLookup | undefined,
  right: ScopedLookup | undefined,
): ScopedLookup | undefined {
  if (left === undefined || right === undefined) return undefined
  const leftHasIt = !isAbsent(left.lookup.found)
  const rightHasIt = !isAbsent(right.lookup.found)
  switch (side) {
    case 'left':
      return left
    case 'right':
      return right
    case 'either':
      return rightHasIt && !leftHasIt ? right : left
    case 'both':
      return leftHasIt && !rightHasIt ? right : left
  }
}
