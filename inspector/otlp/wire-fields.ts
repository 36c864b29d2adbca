/** A field holds something OTLP does not allow. The message says which and what is expected. */
export class MalformedFieldError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'MalformedFieldError'
  }
}

const UINT64_MAX = 2n ** 64n - 1n
const HEX_ID_PATTERN = { 16: /^[0-9a-f]{16}$/, 32: /^[0-9a-f]{32}$/ }
const ZEROS_PATTERN = /^0*$/

/** A message; `null` and a missing field are the empty message, as proto3 JSON has it. */
export function toMessage<Message extends object>(value: unknown, field: string): Message {
  if (value === undefined || value === null) return {} as Message
  if (typeof value === 'object' && !Array.isArray(value)) return value as Message
  throw new MalformedFieldError(`${field} is not an object`)
}

/** A repeated field; `null` and a missing field are empty. */
export function toList(value: unknown, field: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  throw new MalformedFieldError(`${field} is not an array`)
}

export function toText(value: unknown, field: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  throw new MalformedFieldError(`${field} is not a string`)
}

/** An enum, which OTLP/JSON encodes as its number only. A number this reader does not know is the first name. */
export function toEnum<const Names extends readonly [string, ...string[]]>(
  value: unknown,
  names: Names,
  field: string,
): Names[number] {
  if (value === undefined || value === null) return names[0]
  if (typeof value === 'number' && Number.isInteger(value)) return names[value] ?? names[0]
  throw new MalformedFieldError(`${field} is not a whole number`)
}

/**
 * Unix nanoseconds: a decimal string as proto3 JSON writes 64-bit numbers, a plain number as many write
 * them all the same (exact to about 256 ns), or a bigint from the binary encoding. The only place where
 * nanoseconds leave their wire form.
 */
export function toNano(value: unknown, field: string): bigint {
  const nano = toUnsignedInteger(value)
  if (nano === undefined) throw new MalformedFieldError(`${field} is not a whole number of nanoseconds`)
  if (nano === 0n) throw new MalformedFieldError(`${field} is missing`)
  return nano
}

function toUnsignedInteger(value: unknown): bigint | undefined {
  if (value === undefined || value === null || value === '') return 0n
  const integer =
    typeof value === 'bigint'
      ? value
      : typeof value === 'string' && /^\d{1,20}$/.test(value)
        ? BigInt(value)
        : typeof value === 'number' && Number.isInteger(value)
          ? BigInt(value)
          : undefined
  return integer !== undefined && integer >= 0n && integer <= UINT64_MAX ? integer : undefined
}

/** A trace id (32 digits) or span id (16 digits). Hex in either case, because OTLP/JSON says so. */
export function toHexId(value: unknown, digits: 16 | 32, field: string): string {
  const id = toOptionalHexId(value, digits, field)
  if (id === undefined) throw new MalformedFieldError(`${field} is missing or all zeros`)
  return id
}

/** As `toHexId`; a missing, empty or all-zero id is undefined. */
export function toOptionalHexId(value: unknown, digits: 16 | 32, field: string): string | undefined {
  const id = toText(value, field).toLowerCase()
  if (HEX_ID_PATTERN[digits].test(id)) return ZEROS_PATTERN.test(id) ? undefined : id
  if (id === '') return undefined
  throw new MalformedFieldError(`${field} is not ${digits} hex digits (OTLP/JSON ids are hex, not base64)`)
}
