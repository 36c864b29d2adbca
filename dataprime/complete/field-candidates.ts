import { printExpression } from '../format/print'
import { type Namespace, NO_RANGE } from '../tree/ast'
import { type Candidate, candidate, operandOf, type Situation } from './candidate'
import type { TokenSpan } from './expression-place'
import { type LiveField, namesIn } from './live-fields'

/** All fields, as they are written where an operand may begin. */
export function fieldCandidates(situation: Situation, fields = situation.fields()): readonly Candidate[] {
  const { text } = situation.caret.typed
  // Whoever writes names without a namespace goes on doing so.
  const bare = text !== '' && !text.startsWith('$')
  return fields.toSorted(byUse).map((field) => {
    const path = field.path.join('.')
    const label = spell(bare || field.origin !== 'catalogue' ? shortest(field) : field.namespace, field.path)
    return fieldCandidate(situation, field, {
      label,
      matches: [label, path, spell(field.namespace, field.path), lastOf(field.path)],
    })
  })
}

/** What the query makes or names itself, the fields that most queries read, those of the data, and the others. */
function byUse(a: LiveField, b: LiveField): number {
  return useOf(a) - useOf(b)
}

function useOf({ origin, path }: LiveField): number {
  if (origin === 'stage' || origin === 'mention') return 0
  if (origin === 'catalogue') return 2
  return USUAL_FIELDS.has(path[0] ?? '') ? 1 : 3
}

const USUAL_FIELDS: ReadonlySet<string> = new Set([
  ...['timestamp', 'severity', 'duration'],
  ...['applicationname', 'subsystemname'],
  ...['applicationName', 'subsystemName', 'serviceName', 'operationName'],
])

/** A field of the data is written without a namespace where it came from the query itself. */
function shortest({ namespace }: LiveField): Namespace | null {
  return namespace === '$d' ? null : namespace
}

function fieldCandidate(
  situation: Situation,
  { type, summary }: LiveField,
  facts: Pick<Candidate, 'label' | 'matches'> & Partial<Candidate>,
): Candidate {
  return candidate(situation, { kind: 'field', detail: type ?? '', documentation: summary, ...facts })
}

function spell(namespace: Namespace | null, path: readonly string[]): string {
  const segments = path.map((name) => ({ kind: 'NameSegment', name, range: NO_RANGE }) as const)
  return printExpression({ kind: 'Keypath', namespace, segments, range: NO_RANGE })
}

function lastOf(path: readonly string[]): string {
  return path.at(-1) ?? ''
}

/** The fields below a keypath, behind its dot or within its brackets: the whole keypath is replaced. */
export function memberCandidates(
  situation: Situation,
  span: TokenSpan,
  where: 'dot' | 'brackets',
): readonly Candidate[] {
  const { caret } = situation
  const base = operandOf(situation, span)
  const path = base.kind === 'Keypath' ? namesIn(base) : undefined
  if (base.kind !== 'Keypath' || path === undefined) return []
  const start = caret.tokens[span.from]?.start ?? caret.typed.start
  const closed = where === 'brackets' && caret.after.startsWith(']')
  const range = { start, end: caret.typed.end + (closed ? 1 : 0) }
  const namespace = base.namespace ?? '$d'
  const below = [...situation.fields(), ...PARAMETERS]
    .toSorted(byUse)
    .filter((field) => field.namespace === namespace && isBelow(field.path, path))
  return below.map((field) => {
    const rest = field.path.slice(path.length)
    return fieldCandidate(situation, field, {
      label: spell(base.namespace, field.path),
      range,
      matches: [rest.join('.'), lastOf(rest)],
      inString: where === 'brackets',
    })
  })
}

/** Parameters that every dashboard has. */
const PARAMETERS: readonly LiveField[] = ['startTime', 'endTime'].map((name) => ({
  namespace: '$p',
  path: ['timeRange', name],
  type: 'timestamp',
  origin: 'dataset',
  summary: `The ${name === 'startTime' ? 'beginning' : 'end'} of the time range of the dashboard.`,
  sampleValues: [],
}))

export function parameterCandidates(situation: Situation): readonly Candidate[] {
  return fieldCandidates(situation, PARAMETERS)
}

const NAMESPACE_SUMMARIES: Readonly<Record<Namespace, string>> = {
  $d: 'The data.',
  $m: 'Metadata.',
  $l: 'Labels.',
  $p: 'Parameters of a dashboard.',
}

export function namespaceCandidates(situation: Situation): readonly Candidate[] {
  return Object.entries(NAMESPACE_SUMMARIES).map(([label, documentation]) =>
    candidate(situation, { label, kind: 'field', detail: 'object', documentation }),
  )
}

function isBelow(path: readonly string[], base: readonly string[]): boolean {
  return path.length > base.length && base.every((name, index) => path[index] === name)
}
