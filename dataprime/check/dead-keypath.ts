import { deadKeypath } from '../diagnostics/codes'
import { asError, type Diagnostic, insertText, replaceText, withFix } from '../diagnostics/diagnostic'
import type { Suggest } from '../diagnostics/suggestion'
import { printExpression } from '../format/print'
import { type KeptField, keptFieldsOf, namelessResultsOf } from '../scope/kept-fields'
import type { AbsentReading } from '../scope/readings'
import { aggregatedGrouping, calledAggregation } from '../tree/aggregation'
import type { AliasedExpression, Keypath, Query, Stage } from '../tree/ast'
import { canonicalKeypath, dataKeypath, impliedName } from '../tree/keypaths'
import { commandOf } from '../tree/stage-command'
import type { Rule } from './check-context'
import { renamed } from './field'
import { looksLikeSeverity } from './severity'

/** What a stage that takes keys away has left of them. */
interface Remainder {
  readonly stage: Stage
  readonly kept: ReadonlyMap<string, KeptField>
  readonly nameless: readonly AliasedExpression[]
}

function remainderOf(stage: Stage): Remainder {
  return { stage, kept: keptFieldsOf(stage), nameless: namelessResultsOf(stage) }
}

/**
 * After a stage that keeps only its results, or takes keys away, nothing else can be read. The fix is the
 * name under which the field is found now, or the name that was misspelt.
 */
export const checkDeadKeypath: Rule = ({ readings, options, report, suggest }) => {
  const remainders = new Map<Stage, Remainder>()
  for (const { keypath, pipeline, reading } of readings) {
    if (reading.kind !== 'absent' || reading.absence.kind !== 'removed') continue
    const { stage, certain } = reading.absence
    if (looksLikeSeverity(keypath)) continue
    if (!options.strict && isReadOverGroups(keypath, pipeline, stage)) continue
    const remainder = remainders.get(stage) ?? remainderOf(stage)
    remainders.set(stage, remainder)
    const kept = findKept(keypath, remainder, reading)
    const found = describe(keypath, reading, remainder, kept, suggest)
    // Results without a name may have any.
    const isCertain = certain && kept?.certain !== false && remainder.nameless.length === 0
    report(options.strict && isCertain ? asError(found) : found)
  }
}

/** `groupby a | aggregate avg(b)` has its own diagnostic, which says where `b` was meant to be read. */
function isReadOverGroups({ range }: Keypath, { stages }: Query, removedBy: Stage): boolean {
  if (removedBy.kind !== 'GroupbyStage' || removedBy.aggregates.length > 0) return false
  const found = aggregatedGrouping(stages, stages.indexOf(removedBy) + 1)
  return found !== undefined && range.start >= found.stage.range.start && range.end <= found.stage.range.end
}

function describe(
  keypath: Keypath,
  reading: AbsentReading,
  remainder: Remainder,
  kept: KeptField | undefined,
  suggest: Suggest,
): Diagnostic {
  const text = printExpression(keypath)
  const command = commandOf(remainder.stage)
  const live = kept?.keypath ?? (wasTaken(remainder) ? undefined : findLive(keypath, reading, suggest))
  if (live !== undefined) {
    const name = printExpression(live)
    const found = deadKeypath(keypath.range, text, command, name, [])
    return withFix(found, `use ${name}`, replaceText(keypath.range, name))
  }
  const nameless = findNameless(keypath, remainder)
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
  return deadKeypath(keypath.range, text, command, undefined, namesLeft(keypath, reading))
}

/** Whether the key was removed by its name: nothing else can be meant by it. */
function wasTaken({ stage }: Remainder): boolean {
  return stage.kind === 'RemoveStage' || stage.kind === 'MoveStage'
}

/** Where the stage that removed the keypath has put its value. */
function findKept(keypath: Keypath, { kept }: Remainder, { dataKeys }: AbsentReading): KeptField | undefined {
  if (kept.size === 0) return undefined
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
function findNameless({ namespace, segments }: Keypath, { nameless }: Remainder) {
  const [head, second] = segments
  if (namespace === '$m' || namespace === '$l' || head?.kind !== 'NameSegment' || second !== undefined) {
    return undefined
  }
  const candidates = nameless.filter(({ expression }) => calledAggregation(expression) === head.name)
  return candidates.length === 1 ? candidates[0] : undefined
}

const NAMES_SHOWN_MAX = 5

function namesLeft(
  keypath: Keypath,
  { depth, siblings, dataKeys, closed }: AbsentReading,
): readonly string[] {
  if (!closed) return []
  const names = siblings.length > 0 ? siblings.map((name) => siblingOf(keypath, depth, name)) : dataKeys
  return names.length > NAMES_SHOWN_MAX ? [...names.slice(0, NAMES_SHOWN_MAX), '…'] : names
}

/** How a key is read that lies beside the one that is not there. */
function siblingOf(keypath: Keypath, depth: number, name: string): string {
  if (depth === 0) return name
  const sibling = renamed(keypath, depth, name)
  return printExpression({ ...sibling, segments: sibling.segments.slice(0, depth + 1) })
}
