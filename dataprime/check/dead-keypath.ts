import { deadKeypath } from '../diagnostics/codes'
import { asError, type Diagnostic, insertText, replaceText, withFix } from '../diagnostics/diagnostic'
import type { Suggest } from '../diagnostics/suggestion'
import { printExpression } from '../format/print'
import type { AbsentReading } from '../scope/readings'
import type { Absence, KeptField } from '../scope/shape'
import { aggregatedGrouping, calledAggregation } from '../tree/aggregation'
import type { Keypath } from '../tree/ast'
import { canonicalKeypath, dataKeypath, impliedName } from '../tree/keypaths'
import { commandOf } from '../tree/stage-command'
import type { KeypathOccurrence, Rule } from './check-context'
import { renamed } from './field'
import { looksLikeSeverity } from './severity'

type Removal = Extract<Absence, { kind: 'removed' }>

/**
 * After a stage that keeps only its results, or takes keys away, nothing else can be read. The fix is the
 * name under which the field is found now, or the name that was misspelt.
 */
export const checkDeadKeypath: Rule = ({ keypaths, readings, options, report, suggest }) => {
  if (readings.size === 0) return
  const reported = options.strict ? NO_KEYPATHS : readByAggregatesOfGroups(keypaths)
  for (const [keypath, reading] of readings) {
    if (reading.kind !== 'absent' || reading.absence.kind !== 'removed') continue
    if (looksLikeSeverity(keypath) || reported.has(keypath)) continue
    const { absence } = reading
    const kept = findKept(keypath, absence, reading)
    const found = describe(keypath, reading, absence, kept, suggest)
    // Results without a name may have any.
    const namesAreKnown = (absence.nameless ?? []).length === 0
    const isCertain = absence.certain && kept?.certain !== false && namesAreKnown
    report(options.strict && isCertain ? asError(found) : found)
  }
}

const NO_KEYPATHS: ReadonlySet<Keypath> = new Set()

/** `groupby a | aggregate avg(b)` has its own diagnostic, which says where `b` was meant to be read. */
function readByAggregatesOfGroups(keypaths: readonly KeypathOccurrence[]): ReadonlySet<Keypath> {
  const read = keypaths.filter(
    ({ scope }) => aggregatedGrouping(scope.pipeline.stages, scope.index) !== undefined,
  )
  return new Set(read.map(({ keypath }) => keypath))
}

function describe(
  keypath: Keypath,
  reading: AbsentReading,
  absence: Removal,
  kept: KeptField | undefined,
  suggest: Suggest,
): Diagnostic {
  const text = printExpression(keypath)
  const command = commandOf(absence.stage)
  const live = kept?.keypath ?? (wasTaken(absence) ? undefined : findLive(keypath, reading, suggest))
  if (live !== undefined) {
    const name = printExpression(live)
    const found = deadKeypath(keypath.range, text, command, name, [])
    return withFix(found, `use ${name}`, replaceText(keypath.range, name))
  }
  const nameless = findNameless(keypath, absence)
  if (nameless !== undefined) {
    const { range } = nameless.expression
    const alias = printExpression(keypath)
    const found = deadKeypath(
      keypath.range,
      text,
      command,
      `${printExpression(nameless.expression)} as ${alias}`,
      [],
    )
    return withFix(found, `name the result ${alias}`, insertText(range.end, ` as ${alias}`))
  }
  return deadKeypath(keypath.range, text, command, undefined, namesLeft(reading))
}

/** Whether the key was removed by its name: nothing else can be meant by it. */
function wasTaken({ stage }: Removal): boolean {
  return stage.kind === 'RemoveStage' || stage.kind === 'MoveStage'
}

/** Where the stage that removed the keypath has put its value. */
function findKept(keypath: Keypath, { kept }: Removal, { dataKeys }: AbsentReading): KeptField | undefined {
  if (kept === undefined) return undefined
  for (let length = Math.min(keypath.segments.length, DEPTH_MAX); length >= 0; length--) {
    const field = kept.get(canonicalKeypath({ ...keypath, segments: keypath.segments.slice(0, length) }))
    const [head] = field?.keypath.segments ?? []
    const isLeft = head?.kind === 'NameSegment' && dataKeys.includes(head.name)
    if (field !== undefined && isLeft) {
      const segments = [...field.keypath.segments, ...keypath.segments.slice(length)]
      return { ...field, keypath: { ...field.keypath, segments } }
    }
  }
  return undefined
}

/** Longer keypaths are not looked for piece by piece. */
const DEPTH_MAX = 16

/** A key that is there under the last name of the keypath, or under one that is spelt nearly the same. */
function findLive(keypath: Keypath, reading: AbsentReading, suggest: Suggest): Keypath | undefined {
  const last = impliedName(keypath)
  const isMoved = keypath.segments.length > 1 || (keypath.namespace !== null && keypath.namespace !== '$d')
  if (isMoved && last !== undefined && reading.dataKeys.includes(last)) return dataKeypath(last)
  const segment = keypath.segments[reading.depth]
  if (segment?.kind !== 'NameSegment') return undefined
  const close = suggest(segment.name, reading.siblings)
  return close === undefined ? undefined : renamed(keypath, reading.depth, close)
}

/** The one result without a name that is an aggregation of the name that is read. */
function findNameless({ namespace, segments }: Keypath, { nameless = [] }: Removal) {
  const [head, second] = segments
  if (namespace === '$m' || namespace === '$l' || head?.kind !== 'NameSegment' || second !== undefined) {
    return undefined
  }
  const candidates = nameless.filter(({ expression }) => calledAggregation(expression) === head.name)
  return candidates.length === 1 ? candidates[0] : undefined
}

const NAMES_SHOWN_MAX = 5

function namesLeft({ siblings, dataKeys, closed }: AbsentReading): readonly string[] {
  if (!closed) return []
  const names = siblings.length > 0 ? siblings : dataKeys
  return names.length > NAMES_SHOWN_MAX ? [...names.slice(0, NAMES_SHOWN_MAX), '…'] : names
}
