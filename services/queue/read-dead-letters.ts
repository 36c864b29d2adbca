import type { DeadLetterPageReport, DeadLetterReport } from '#shared/contracts'
import { AppError } from '#shared/errors'
import type { DeadLetter, MessageBus, WireMessage } from '#shared/messaging'
import { traceIdOf } from '#shared/telemetry'
import type { ReadQueues } from './read-queues'

export type ReadDeadLetters = (
  queue: string,
  page: { readonly limit: number; readonly after?: string | undefined },
) => Promise<DeadLetterPageReport>

export interface ReadDeadLettersDeps {
  readonly bus: MessageBus
  readonly readQueues: ReadQueues
  /** Most bytes of one body that are shown. */
  readonly bodyBytesMax: number
}

/** Characters of one header, and headers of one message, that are shown. */
const HEADER_LENGTH_MAX = 2_000
const HEADERS_MAX = 50

/** What was given up in a queue and why, a page at a time. Nothing is taken. */
export function createReadDeadLetters({
  bus,
  readQueues,
  bodyBytesMax,
}: ReadDeadLettersDeps): ReadDeadLetters {
  return async (queue, { limit, after }) => {
    await readQueues.assertKnown(queue)
    const request = { limit, ...(after !== undefined && { after }) }
    const { deadLetters, next } = await bus.deadLetters(queue, request).catch(pointAtPageMark)
    return {
      queue,
      dead_letters: deadLetters.map((deadLetter) => toReport(deadLetter, bodyBytesMax)),
      next: next ?? null,
    }
  }
}

/** The marks of pages are the driver's own, so it alone can tell that one is none. */
function pointAtPageMark(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'invalid-request') throw error
  const message = 'expected `next` of the page before'
  throw new AppError('invalid-request', {
    detail: `/after: ${message}`,
    errors: [{ pointer: '/after', message }],
    cause: error,
  })
}

function toReport({ message, cause, attempts, deadAt }: DeadLetter, bodyBytesMax: number): DeadLetterReport {
  const body = showBody(message, bodyBytesMax)
  const headers = showHeaders(message.headers)
  return {
    message_id: message.id,
    trace_id: traceIdOf(message.headers) ?? null,
    reason: cause.reason,
    code: cause.code,
    detail: cause.detail,
    attempts,
    enqueued_at: new Date(message.enqueuedAt).toISOString(),
    dead_at: new Date(deadAt).toISOString(),
    content_type: message.contentType,
    headers: headers.shown,
    body: body.json,
    body_base64: body.base64,
    body_bytes: message.body.byteLength,
    truncated: body.truncated || headers.truncated,
  }
}

/** A dead letter may be one because its body is no JSON; then its bytes are shown. */
function showBody({ body }: WireMessage, bytesMax: number) {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const truncated = bytes.length > bytesMax
  if (!truncated) {
    try {
      const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
      return { json, base64: null, truncated }
    } catch {
      // Shown as bytes.
    }
  }
  return { json: null, base64: bytes.subarray(0, bytesMax).toString('base64'), truncated }
}

function showHeaders(headers: WireMessage['headers']) {
  const entries = Object.entries(headers)
  const shown = entries
    .slice(0, HEADERS_MAX)
    .map(([name, value]) => [name.slice(0, HEADER_LENGTH_MAX), value.slice(0, HEADER_LENGTH_MAX)] as const)
  const isCut = ([name, value]: readonly [string, string]) =>
    Math.max(name.length, value.length) > HEADER_LENGTH_MAX
  return {
    shown: Object.fromEntries(shown),
    truncated: entries.length > HEADERS_MAX || entries.some(isCut),
  }
}
