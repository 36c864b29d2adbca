import type { Attributes, AttributeValue } from '../span'
import type { WireAnyValue, WireKeyValue } from './wire'
import { MalformedFieldError, toList, toMessage, toText } from './wire-fields'

const NESTING_DEPTH_MAX = 32
const INT64_PATTERN = /^-?\d{1,19}$/
const NON_FINITE_DOUBLES = ['NaN', 'Infinity', '-Infinity']

/**
 * A list of OTLP key-value pairs as a plain object; the last of equal keys stands.
 *
 * @throws MalformedFieldError when a pair or a value is not what OTLP says
 */
export function decodeAttributes(value: unknown, field: string, depth = 0): Attributes {
  const pairs = toList(value, field)
  if (pairs.length === 0) return {}
  // fromEntries defines own properties, so that a key such as `__proto__` stays an ordinary one.
  return Object.fromEntries(pairs.map((pair) => decodePair(pair, depth)))
}

function decodePair(value: unknown, depth: number): [string, AttributeValue] {
  const pair = toMessage<WireKeyValue>(value, 'an attribute')
  const key = toText(pair.key, 'the key of an attribute')
  return [key, decodeValue(pair.value, key, depth)]
}

function decodeValue(value: unknown, key: string, depth: number): AttributeValue {
  if (depth > NESTING_DEPTH_MAX) throw new MalformedFieldError(`${key} is nested too deeply`)
  const any = toMessage<WireAnyValue>(value, key)
  if (isSet(any.stringValue)) return toText(any.stringValue, key)
  if (isSet(any.intValue)) return decodeInteger(any.intValue, key)
  if (isSet(any.boolValue)) return decodeBoolean(any.boolValue, key)
  if (isSet(any.doubleValue)) return decodeDouble(any.doubleValue, key)
  if (isSet(any.arrayValue)) {
    const { values } = toMessage<{ values?: unknown }>(any.arrayValue, key)
    return toList(values, key).map((member) => decodeValue(member, key, depth + 1))
  }
  if (isSet(any.kvlistValue)) {
    const { values } = toMessage<{ values?: unknown }>(any.kvlistValue, key)
    return decodeAttributes(values, key, depth + 1)
  }
  if (isSet(any.bytesValue)) return toText(any.bytesValue, key)
  return null
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null
}

function decodeInteger(value: unknown, key: string): number | string {
  const text = typeof value === 'bigint' ? value.toString() : value
  if (typeof text === 'number' && Number.isInteger(text)) return text
  if (typeof text !== 'string' || !INT64_PATTERN.test(text)) {
    throw new MalformedFieldError(`${key} is not a whole number`)
  }
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : text
}

function decodeBoolean(value: unknown, key: string): boolean {
  if (typeof value === 'boolean') return value
  throw new MalformedFieldError(`${key} is not true or false`)
}

/** JSON cannot write a non-finite number, so that those stay the text which proto3 JSON uses for them. */
function decodeDouble(value: unknown, key: string): number | string {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'string' && NON_FINITE_DOUBLES.includes(value)) return value
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value)
  throw new MalformedFieldError(`${key} is not a number`)
}
