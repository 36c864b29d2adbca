import type { ChatStatus } from '#shared/contracts'
import type { RequestEvent } from './request-events'
import { isFinished, toRequestEvents } from './request-events'
import type { RequestReader, RequestSnapshot } from './request-reader'

export interface FollowRequestOptions {
  readonly reader: RequestReader
  /** The longest wait for one change. */
  readonly waitMaxMs: number
  /** The longest time that a request is followed. */
  readonly durationMaxMs: number
}

/**
 * Hands the events of a request to `emit` as they happen, those after `lastEventId` that have happened already
 * at once. Ends when nothing more is to be expected, when the request has just timed out, after the longest time
 * that it may be followed, or when `signal` aborts.
 */
export async function followRequest(
  { reader, waitMaxMs, durationMaxMs }: FollowRequestOptions,
  first: RequestSnapshot,
  lastEventId: number,
  emit: (event: RequestEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const endsAt = performance.now() + durationMaxMs
  let snapshot = first
  let seen = lastEventId
  while (!signal.aborted) {
    for (const event of newEvents(snapshot.status, seen)) {
      emit(event)
      seen = event.id
      if (event.name === 'timed_out') return
    }
    const remainingMs = endsAt - performance.now()
    if (isFinished(snapshot.status) || remainingMs <= 0) return
    const { request_id } = snapshot.status
    snapshot = await reader.next(request_id, snapshot, Math.min(remainingMs, waitMaxMs), signal)
  }
}

/** What a client that has seen `lastEventId` has not seen yet. */
export function newEvents(status: ChatStatus, lastEventId: number): RequestEvent[] {
  return toRequestEvents(status).filter(({ id }) => id > lastEventId)
}

/**
 * The request once it is answered or given up, or as it is when `waitMs` are over. The moment at which it times
 * out ends the wait too; one that has timed out before is waited for like any other.
 */
export async function waitForAnswer(
  reader: RequestReader,
  first: RequestSnapshot,
  waitMs: number,
  signal: AbortSignal,
): Promise<ChatStatus> {
  const endsAt = performance.now() + waitMs
  let snapshot = first
  while (!signal.aborted) {
    const { status } = snapshot
    const remainingMs = endsAt - performance.now()
    const hasJustTimedOut = status.status === 'timed_out' && first.status.status !== 'timed_out'
    if (status.answer !== null || isFinished(status) || hasJustTimedOut || remainingMs <= 0) break
    snapshot = await reader.next(status.request_id, snapshot, remainingMs, signal)
  }
  return snapshot.status
}
