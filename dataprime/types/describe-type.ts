import type { InferredType, TypeName } from './inferred-type'

const WITH_ARTICLE: Readonly<Record<TypeName, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  timestamp: 'a timestamp',
  interval: 'an interval',
  regexp: 'a regular expression',
  array: 'an array',
  object: 'an object',
  severity: 'a severity',
  null: 'null',
  unknown: 'a value',
}

/** A type in a message, and whether only the data makes it so: "an interval", "what is probably a string". */
export function describeType({ name, certainty }: InferredType): string {
  return certainty === 'certain' || name === 'unknown'
    ? WITH_ARTICLE[name]
    : `what is probably ${WITH_ARTICLE[name]}`
}

/** The type without its certainty. */
export function describeTypeName(name: TypeName): string {
  return WITH_ARTICLE[name]
}
