import { parseBody, reasonOf, UnreachableError } from './http-call'
import { toProblemError } from './problem-error'

/** One server-sent event. */
export interface StreamedEvent {
  readonly id: string
  readonly name: string
  /** Parsed from JSON. */
  readonly data: unknown
}

/**
 * The events of a stream, after `lastEventId` when it is given, until its server ends it.
 *
 * @throws ProblemError when it answers with an error · UnreachableError when there is no answer at all, or the
 * connection breaks
 */
export async function* readEventStream(
  url: string,
  lastEventId: string | undefined,
): AsyncGenerator<StreamedEvent> {
  const gone = new AbortController()
  try {
    const response = await fetch(url, {
      headers: {
        accept: 'text/event-stream',
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
      signal: gone.signal,
    }).catch((error) => failRead(url, error))
    if (response.status >= 400) {
      const { status, headers } = response
      throw toProblemError({ status, headers, body: parseBody(await response.text()) })
    }
    // Nothing more will happen: 204.
    if (response.body === null) return
    let rest = ''
    const decoder = new TextDecoder()
    for await (const chunk of chunksOf(url, response.body)) {
      rest += decoder.decode(chunk, { stream: true })
      const blocks = rest.split('\n\n')
      rest = blocks.pop() ?? ''
      yield* blocks.flatMap(toEvent)
    }
  } finally {
    gone.abort()
  }
}

async function* chunksOf(url: string, body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    failRead(url, error)
  }
}

function failRead(url: string, error: unknown): never {
  throw new UnreachableError(new URL(url).origin, reasonOf(error))
}

/** A block of fields; comments and the retry hint are no events. */
function toEvent(block: string): StreamedEvent[] {
  const fields = new Map<string, string>()
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^(\w+):? ?(.*)$/.exec(line) ?? []
    if (name !== undefined) fields.set(name, value)
  }
  const data = fields.get('data')
  if (data === undefined) return []
  return [{ id: fields.get('id') ?? '', name: fields.get('event') ?? 'message', data: JSON.parse(data) }]
}
