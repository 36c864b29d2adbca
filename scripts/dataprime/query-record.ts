/** The line as an object with a query, or what is wrong with it; then with its fields when it is an object. */
export type ReadRecord =
  | { readonly query: string; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly error: string; readonly fields: Readonly<Record<string, unknown>> }

const NO_FIELDS = {}

/** Reads one line of NDJSON. Numbers that JavaScript would round are kept as they are written. */
export function readRecord(line: string): ReadRecord {
  if (line.trim() === '') return { error: 'the line is empty', fields: NO_FIELDS }
  let value: unknown
  try {
    value = JSON.parse(line, keepNumber)
  } catch (error) {
    return { error: `not JSON: ${(error as Error).message}`, fields: NO_FIELDS }
  }
  if (!isObject(value)) {
    return { error: `expected an object with a "query", found ${nameOf(value)}`, fields: NO_FIELDS }
  }
  const { query } = value
  if (query === undefined) return { error: 'the object has no "query"', fields: value }
  if (typeof query !== 'string') {
    return { error: `"query" is to be a string, found ${nameOf(query)}`, fields: value }
  }
  return { query, fields: value }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJson(value)
}

function nameOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (isRawJson(value)) return 'a number'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Part of ECMAScript that the compiler's library does not declare: https://github.com/tc39/proposal-json-parse-with-source */
interface JsonWithSource {
  rawJSON(text: string): object
  isRawJSON(value: unknown): boolean
}

const { rawJSON, isRawJSON } = JSON as typeof JSON & JsonWithSource

function isRawJson(value: unknown): boolean {
  return isRawJSON(value)
}

function keepNumber(this: unknown, _key: string, value: unknown, context?: { readonly source?: string }) {
  const source = context?.source
  return typeof value === 'number' && source !== undefined && String(value) !== source
    ? rawJSON(source)
    : value
}
