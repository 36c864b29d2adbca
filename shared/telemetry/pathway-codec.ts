/**
 * Where something that moves through queues stands: the last checkpoint it passed, when it set out, and when
 * it passed that checkpoint. Times are wall clock, milliseconds since the epoch, of whichever host took them.
 */
export interface Pathway {
  /** Of the last checkpoint and, within it, of all before: 16 hexadecimal digits. */
  readonly hash: string
  /** When the first checkpoint was passed. */
  readonly originMs: number
  /** When the last one was. */
  readonly edgeStartMs: number
}

/** Header of HTTP requests and of messages. */
export const PATHWAY_HEADER = 'x-mesh-pathway'

/** The hash of no checkpoint: what a pathway that has not begun comes from. */
export const NO_HASH = '0'.repeat(16)

const HASH_BYTES = 8

/** Eight bytes hold seven bits each of any safe integer. */
const VARINT_BYTES_MAX = 8

const BYTES_MAX = HASH_BYTES + 2 * VARINT_BYTES_MAX

/** From two varints of one byte to two of eight. */
const ENCODED = /^[A-Za-z0-9_-]{14,32}$/

/** As text for a header, 27 characters in this century: base64url of the hash and of both times as varints. */
export function encodePathway({ hash, originMs, edgeStartMs }: Pathway): string {
  const bytes = Buffer.allocUnsafe(BYTES_MAX)
  bytes.write(hash, 0, 'hex')
  const end = writeVarint(bytes, writeVarint(bytes, HASH_BYTES, originMs), edgeStartMs)
  return bytes.toString('base64url', 0, end)
}

/** Undefined for anything that `encodePathway` has not written. Whether its times can be true is not looked at. */
export function decodePathway(text: unknown): Pathway | undefined {
  if (typeof text !== 'string' || !ENCODED.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  const hash = bytes.toString('hex', 0, HASH_BYTES)
  const origin = readVarint(bytes, HASH_BYTES)
  if (origin === undefined || hash === NO_HASH) return undefined
  const edgeStart = readVarint(bytes, origin.end)
  if (edgeStart?.end !== bytes.length) return undefined
  return { hash, originMs: origin.value, edgeStartMs: edgeStart.value }
}

/** How far ahead another host's clock may be, and how long a message may have waited, to be believed. */
const AHEAD_MAX_MS = 24 * 3_600_000
const AGE_MAX_MS = 30 * 24 * 3_600_000

/**
 * What a header says, as far as it can be true: a time that is more than a day ahead or 30 days ago is read
 * as now, so that a broken clock somewhere spoils no percentile. The hash is kept, and with it the connection.
 */
export function readPathway(text: unknown, nowMs: number): Pathway | undefined {
  const pathway = decodePathway(text)
  if (pathway === undefined) return undefined
  const orNow = (timeMs: number) =>
    timeMs <= nowMs + AHEAD_MAX_MS && timeMs >= nowMs - AGE_MAX_MS ? timeMs : nowMs
  return { ...pathway, originMs: orNow(pathway.originMs), edgeStartMs: orNow(pathway.edgeStartMs) }
}

/** @returns where the number ends */
function writeVarint(bytes: Buffer, start: number, value: number): number {
  let rest = Math.floor(value)
  let index = start
  // Times have 41 bits, which bitwise operators of numbers do not have.
  while (rest >= 0x80) {
    bytes[index++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  bytes[index++] = rest
  return index
}

function readVarint(bytes: Buffer, start: number): { value: number; end: number } | undefined {
  let value = 0
  let factor = 1
  for (let index = start; index < start + VARINT_BYTES_MAX; index++) {
    const byte = bytes[index]
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return Number.isSafeInteger(value) ? { value, end: index + 1 } : undefined
    factor *= 0x80
  }
  return undefined
}
