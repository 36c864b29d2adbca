/** What can be told of the type of a value before any data is seen. */

const TYPE_NAMES = [
  'string',
  'number',
  'boolean',
  'timestamp',
  'interval',
  'regexp',
  'array',
  'object',
  'severity',
  'null',
  'unknown',
] as const

export type TypeName = (typeof TYPE_NAMES)[number]

/**
 * - certain: the language says so, whatever the data
 * - likely:  the data is said or known to be so
 */
export type Certainty = 'certain' | 'likely'

export interface InferredType {
  readonly name: TypeName
  readonly certainty: Certainty
  /** The type of the elements of an array; `unknown` for everything else. */
  readonly element: TypeName
}

/** Most types have no elements, and every expression has a type: there is one object of each. */
function simpleTypes(certainty: Certainty): Readonly<Record<TypeName, InferredType>> {
  const types = TYPE_NAMES.map((name) => [name, Object.freeze({ name, certainty, element: 'unknown' })])
  return Object.assign(Object.create(null), Object.fromEntries(types))
}

const CERTAIN = simpleTypes('certain')
const LIKELY = simpleTypes('likely')

export const UNKNOWN: InferredType = LIKELY.unknown

export function certain(name: TypeName): InferredType {
  return CERTAIN[name]
}

export function likely(name: TypeName): InferredType {
  return LIKELY[name]
}

export function arrayOf({ name, certainty }: InferredType): InferredType {
  const known = name !== 'unknown' && name !== 'null'
  return { name: 'array', certainty: known ? certainty : 'certain', element: known ? name : 'unknown' }
}

/** The same type, no longer certain. */
export function weaken(type: InferredType): InferredType {
  if (type.certainty === 'likely') return type
  return type.element === 'unknown' ? likely(type.name) : { ...type, certainty: 'likely' }
}

/** The word for a type in the language; undefined where there is nothing to be said about it. */
export function typeWord(type: InferredType): string | undefined {
  return isKnown(type) ? type.name : undefined
}

/** The type of the language that a word of a catalogue stands for, if it is one. */
export function typeOfWord(word: string): InferredType {
  return LIKELY[word as TypeName] ?? UNKNOWN
}

/** Whether anything can be said against a value of the type: null goes everywhere, and so may what is not known. */
export function isKnown({ name }: InferredType): boolean {
  return name !== 'unknown' && name !== 'null'
}

/** Whether a value is of another type whatever the data. */
export function isCertainlyOther(type: InferredType, name: TypeName): boolean {
  return isKnown(type) && type.certainty === 'certain' && type.name !== name
}

export function isTime({ name }: InferredType): boolean {
  return name === 'timestamp' || name === 'interval'
}

/** The type of a value that is one of several; nulls do not count, and unlike types have none in common. */
export function commonType(types: readonly InferredType[]): InferredType {
  let common: InferredType | undefined
  for (const type of types) {
    if (type.name === 'null') continue
    if (common === undefined) common = type
    else if (common.name !== type.name) return UNKNOWN
    else common = mergeAlike(common, type)
  }
  return common ?? (types.length === 0 ? UNKNOWN : certain('null'))
}

function mergeAlike(one: InferredType, other: InferredType): InferredType {
  if (one.certainty === other.certainty && one.element === other.element) return one
  return {
    name: one.name,
    certainty: one.certainty === other.certainty ? one.certainty : 'likely',
    element: one.element === other.element ? one.element : 'unknown',
  }
}

/** The certainty of a conclusion from several types: as uncertain as the least certain of them. */
export function leastCertain(...types: readonly InferredType[]): Certainty {
  return types.every(({ certainty }) => certainty === 'certain') ? 'certain' : 'likely'
}
