import type { Keypath } from '#dataprime'
import type { Unit } from '../units'

/** `unknown` is the type of a field that a question names by its keypath and the catalogue does not hold. */
export type FieldType = 'string' | 'number' | 'boolean' | 'timestamp' | 'unknown'

/** A field of the catalogue, prepared for linking. */
export interface Field {
  /** Place in the catalogue: the last tie-break, so that a catalogue's author decides. */
  readonly position: number
  readonly keypath: Keypath
  /** The keypath as the catalogue writes it. */
  readonly text: string
  readonly type: FieldType
  readonly unit: Unit | null
  /** The unit as the catalogue writes it, lower case: also one that cannot be converted, such as km/h. */
  readonly unitName: string | null
  /** Words of the last name of the keypath: pod, name. */
  readonly nameWords: readonly string[]
  /** The same without what only says the kind of thing: pod. Never empty. */
  readonly baseWords: readonly string[]
  readonly description: string
  /** How surely the field is of a concept, 0 to 1; absent for none. */
  readonly concepts: ReadonlyMap<string, number>
  /** True for prose such as a log message, where a value is looked for inside. */
  readonly isFreeText: boolean
  readonly samples: readonly string[]
  /** Which side of a call or transfer the field is about: the other one, the near one, or neither. */
  readonly side: 'away' | 'near' | null
}

/** The keypath's names, outermost first; dynamic steps do not occur in a catalogue. */
export function keypathNames(keypath: Keypath): string[] {
  return keypath.segments.flatMap((segment) => (segment.kind === 'NameSegment' ? [segment.name] : []))
}

export function isOfConcept(field: Field, concept: string): boolean {
  return field.concepts.has(concept)
}

/** Numbers can be averaged and compared by size. */
export function isNumeric(field: Field): boolean {
  return field.type === 'number' || field.type === 'unknown'
}

/** Fields worth grouping by or listing: everything that is not a measured number, a time or prose. */
export function isDimension(field: Field): boolean {
  return field.type !== 'timestamp' && !field.isFreeText && (field.type !== 'number' || field.unit === null)
}

/** Ids: what is counted by their distinct values. */
export function isIdentity(field: Field): boolean {
  return (field.type === 'string' || field.type === 'unknown') && !field.isFreeText
}

/** The field a concept means most surely; of equally sure ones the first of the catalogue. */
export function findByConcept(
  fields: readonly Field[],
  concept: string,
  accept: (field: Field) => boolean = () => true,
): Field | null {
  let best: Field | null = null
  for (const field of fields) {
    const strength = field.concepts.get(concept) ?? 0
    if (strength > (best?.concepts.get(concept) ?? 0) && accept(field)) best = field
  }
  return best
}

/** What a person would call the field: its base name in words. */
export function fieldTitle(field: Field): string {
  return field.baseWords.join(' ')
}

const ADDED_UP = ['size', 'amount', 'retries']

/** True for numbers of which the sum says something. */
export function addsUp(field: Field): boolean {
  return (
    ADDED_UP.some((concept) => (field.concepts.get(concept) ?? 0) > 0.7) ||
    field.unit?.dimension === 'currency'
  )
}
