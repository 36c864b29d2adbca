import type { ChatStatus } from '#shared/contracts'

/** Names of the server-sent events of a request, in the order in which they come. */
export const REQUEST_EVENTS = [
  'accepted',
  'processing',
  'timed_out',
  'failed',
  'answered',
  'processed',
] as const
export type RequestEventName = (typeof REQUEST_EVENTS)[number]

export interface RequestEvent {
  /** Its place: whoever has seen an event has seen, or missed for good, all with lower ids. */
  readonly id: number
  readonly name: RequestEventName
  readonly data: Record<string, unknown>
}

/**
 * Places of the events. They are the same in every process, so a client may go on where it was with any of them.
 * A request may fail before it is answered or, in its background work, afterwards.
 */
const PLACE = {
  accepted: 1,
  processing: 2,
  timed_out: 3,
  failed: 4,
  answered: 5,
  background_failed: 6,
  processed: 7,
} as const

/** What has happened to a request up to now, made from what it is now. */
export function toRequestEvents(status: ChatStatus): RequestEvent[] {
  const { answer, ...rest } = status
  const { request_id, conversation_id, trace_id, attempts, created_at, deadline_at } = status
  const summary = { request_id, conversation_id, trace_id, attempts, created_at, deadline_at }
  const isPast = (state: ChatStatus['status']) => status.status !== state
  const events: RequestEvent[] = [
    { id: PLACE.accepted, name: 'accepted', data: { ...summary, status: 'accepted' } },
  ]
  const hasBegun = status.attempts > 0 || (isPast('accepted') && isPast('timed_out'))
  if (hasBegun)
    events.push({ id: PLACE.processing, name: 'processing', data: { ...summary, status: 'processing' } })
  if (status.status === 'timed_out') events.push({ id: PLACE.timed_out, name: 'timed_out', data: rest })
  if (answer !== null)
    events.push({ id: PLACE.answered, name: 'answered', data: { ...status, status: 'answered' } })
  if (status.status === 'failed') {
    // One that was answered at once has nothing left to fail in but its background work.
    const isInBackground = answer !== null || status.deadline_at === null
    events.push({
      id: isInBackground ? PLACE.background_failed : PLACE.failed,
      name: 'failed',
      data: rest,
    })
  }
  if (status.status === 'processed') events.push({ id: PLACE.processed, name: 'processed', data: rest })
  return events
}

/** Whether nothing more is to be expected. A request that is `timed_out` may still be answered. */
export function isFinished({ status, answer }: ChatStatus): boolean {
  const hasNoBackground = status === 'answered' && answer?.message_id === null
  return status === 'processed' || status === 'failed' || hasNoBackground
}

/** Id of the last event that a client has seen; 0 for none, and for an id that is none of ours. */
export function readLastEventId(header: string | undefined): number {
  return header !== undefined && /^[1-7]$/.test(header.trim()) ? Number(header) : 0
}
