import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '#shared/errors'

export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key'
export const REPLAYED_HEADER = 'Idempotent-Replayed'

const KEY_LENGTH_MAX = 255

/** RFC 9651 string: printable ASCII in double quotes, in which `\` stands before `"` and itself. */
const QUOTED = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/
const BARE = /^[\x21\x23-\x2b\x2d-\x7e]+$/

/**
 * The key a client sent, undefined when it sent none. By draft-ietf-httpapi-idempotency-key-header it is a quoted
 * string; as most clients leave the quotes out, both are the same key.
 *
 * @throws AppError `invalid-request` for anything else, two keys among them
 */
export function readIdempotencyKey(headers: IncomingHttpHeaders): string | undefined {
  const header = headers[IDEMPOTENCY_KEY_HEADER]
  if (header === undefined) return undefined
  const text = String(header).trim()
  const key = QUOTED.test(text) ? text.slice(1, -1).replace(/\\(["\\])/g, '$1') : text
  const isKey = key !== '' && key.length <= KEY_LENGTH_MAX && (key !== text || BARE.test(text))
  if (isKey) return key
  throw new AppError('invalid-request', {
    detail: `the header Idempotency-Key: expected one key of 1 to ${KEY_LENGTH_MAX} printable ASCII characters, such as "8e03978e-40d5-43dd-bc93-6894a57f9324"`,
  })
}

/** Digest of a JSON value; the order of keys and white space make no difference. */
export function fingerprintOf(body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(body, sortKeys) ?? '')
    .digest('base64url')
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
