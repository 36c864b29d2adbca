import { FIELDS, type KnownDataset } from '../catalogue/fields'
import { unknownField } from '../diagnostics/codes'
import { asError, replaceText, withFix } from '../diagnostics/diagnostic'
import type { Suggest } from '../diagnostics/suggestion'
import { printExpression } from '../format/print'
import type { AbsentReading } from '../scope/readings'
import type { Keypath, Namespace } from '../tree/ast'
import { canonicalKeypath } from '../tree/keypaths'
import type { Rule } from './check-context'
import { looksLikeSeverity } from './severity'

/**
 * Metadata and labels are fields that the dataset has. Logs and spans spell their labels in different
 * cases, so that the label of one is an unknown field of the other. User data is only held to the fields
 * of the catalogue in strict mode.
 */
export const checkField: Rule = ({ readings, options, report, suggest }) => {
  for (const { keypath, reading } of readings) {
    if (reading.kind !== 'absent' || reading.absence.kind !== 'unknown') continue
    if (looksLikeSeverity(keypath)) continue
    const { dataset, implied = false } = reading.absence
    const field = fieldOf(keypath, reading)
    const meant = findMeant(keypath, reading, dataset as KnownDataset, suggest)
    const suggestion = meant && printExpression(meant.keypath)
    const found = unknownField(keypath.range, field, dataset, suggestion, implied)
    const fixed =
      meant?.isCertain && suggestion !== undefined
        ? withFix(found, `use ${suggestion}`, replaceText(keypath.range, suggestion))
        : found
    report(options.strict ? asError(fixed) : fixed)
  }
}

/** The field as the records of the dataset would have it: those of a sub-query are read below where they were put. */
function fieldOf(keypath: Keypath, { depth, recordDepth }: AbsentReading): string {
  const field = canonicalKeypath({ ...keypath, segments: keypath.segments.slice(recordDepth, depth + 1) })
  return recordDepth === 0 ? field : `${field}, read as ${printExpression(keypath)}`
}

interface Meant {
  readonly keypath: Keypath
  /** Whether it is the same name but for its case or namespace, so that nothing else can be meant. */
  readonly isCertain: boolean
}

function findMeant(
  keypath: Keypath,
  { depth, siblings }: AbsentReading,
  dataset: KnownDataset,
  suggest: Suggest,
): Meant | undefined {
  const segment = keypath.segments[depth]
  if (segment?.kind !== 'NameSegment') return undefined
  const { name } = segment
  const same = siblings.find((sibling) => isSameName(sibling, name))
  if (same !== undefined) return { keypath: renamed(keypath, depth, same), isCertain: true }
  const elsewhere = depth === 0 ? fieldOfOtherPart(dataset, keypath.namespace, name) : undefined
  if (elsewhere !== undefined) return { keypath: moved(keypath, elsewhere), isCertain: true }
  const close = suggest(name, siblings) ?? completed(name, siblings)
  return close === undefined ? undefined : { keypath: renamed(keypath, depth, close), isCertain: false }
}

function isSameName(a: string, b: string): boolean {
  return fold(a) === fold(b)
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll('_', '')
}

/** A field of the same name in another part of the record: a label written as metadata, and the like. */
function fieldOfOtherPart(dataset: KnownDataset, namespace: Namespace | null, name: string) {
  return FIELDS[dataset].find(
    (field) => field.namespace !== (namespace ?? '$d') && isSameName(field.name, name),
  )
}

/** The one name that begins with this one: `application` for `applicationname`. */
function completed(name: string, names: readonly string[]): string | undefined {
  if (name.length < SHORTEST_BEGINNING) return undefined
  const longer = names.filter((candidate) => candidate.toLowerCase().startsWith(name.toLowerCase()))
  return longer.length === 1 ? longer[0] : undefined
}

const SHORTEST_BEGINNING = 3

/** The keypath with another name at one of its segments. */
export function renamed(keypath: Keypath, depth: number, name: string): Keypath {
  const segments = keypath.segments.map((segment, index) =>
    index === depth && segment.kind === 'NameSegment' ? { ...segment, name } : segment,
  )
  return { ...keypath, segments }
}

function moved(keypath: Keypath, { namespace, name }: { namespace: Namespace; name: string }): Keypath {
  return { ...renamed(keypath, 0, name), namespace }
}
