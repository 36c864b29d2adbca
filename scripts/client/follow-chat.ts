import type { Answer, ChatAccepted } from '#shared/contracts'
import { answerSchema, chatStatusSchema, type RequestStatus } from '#shared/contracts'
import { type Clock, systemClock } from '../supervisor/clock'
import { readEventStream, type StreamedEvent } from './event-stream'
import { UnreachableError } from './http-call'
import type { MeshClient } from './mesh-client'

/** How a chat request ended: with an answer, or without one. */
export type ChatEnd =
  | { readonly answer: Answer; readonly status: null }
  /** `failed` or `timed_out`. */
  | { readonly answer: null; readonly status: RequestStatus }

export interface FollowChatOptions {
  /** Told of every event, as it comes. */
  readonly onEvent: (event: StreamedEvent) => void
  /** How long the gateway may be away before it is not waited for any longer. */
  readonly patienceMs?: number
  readonly clock?: Clock
}

const PATIENCE_MS = 30_000
const RECONNECT_MS = 500

/** Follows a chat request by its event stream until it is answered, has failed or has timed out. */
export async function followChat(
  mesh: Pick<MeshClient, 'url'>,
  { request_id }: Pick<ChatAccepted, 'request_id'>,
  { onEvent, patienceMs = PATIENCE_MS, clock = systemClock }: FollowChatOptions,
): Promise<ChatEnd> {
  const url = `${mesh.url}/api/requests/${encodeURIComponent(request_id)}/events`
  let lastEventId: string | undefined
  let heardAt = clock.now()
  for (;;) {
    try {
      for await (const event of readEventStream(url, lastEventId)) {
        lastEventId = event.id
        heardAt = clock.now()
        onEvent(event)
        const end = toEnd(event)
        if (end !== undefined) return end
      }
    } catch (error) {
      // A gateway that restarts ends its streams; the next one goes on where this one was.
      if (!(error instanceof UnreachableError) || clock.now() - heardAt > patienceMs) throw error
    }
    await clock.sleep(RECONNECT_MS)
  }
}

function toEnd({ name, data }: StreamedEvent): ChatEnd | undefined {
  if (name === 'answered') {
    return { answer: answerSchema.parse(chatStatusSchema.parse(data).answer), status: null }
  }
  if (name !== 'failed' && name !== 'timed_out') return undefined
  return { answer: null, status: chatStatusSchema.omit({ answer: true }).parse(data) }
}
