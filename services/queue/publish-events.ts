import type { EventsPublished } from '#shared/contracts'
import { AppError, type FieldError } from '#shared/errors'
import { ATTR, SPANS, withSpan } from '#shared/telemetry'
import { type PublishEach, type PublishedEvent, toEventOutcome } from './publish-each'

/** Events as they came, and where each stands in the body. */
export interface EventBatch {
  readonly inputs: readonly unknown[]
  readonly pointerOf: (index: number) => string
}

/**
 * Publishes a batch of domain events and tells of each what became of it.
 *
 * @throws AppError when no event was taken and all for the same reason: that reason
 */
export type PublishEvents = (batch: EventBatch) => Promise<EventsPublished>

/** Most bad fields that a problem names; of a batch of which some were taken, each event names its own. */
const ERRORS_MAX = 20

export function createPublishEvents(publishEach: PublishEach): PublishEvents {
  return ({ inputs, pointerOf }) =>
    // The convention has the count on true batches alone.
    withSpan(
      SPANS.PUBLISH_EVENTS,
      { attributes: { ...(inputs.length > 1 && { [ATTR.MESSAGING_BATCH_MESSAGE_COUNT]: inputs.length }) } },
      async (span) => {
        const published = await publishEach(inputs, pointerOf)
        const rejected = published.filter(({ status }) => status === 'rejected')
        if (rejected.length > 0) span.setAttribute(ATTR.EVENT_REJECTED_COUNT, rejected.length)
        if (rejected.length === published.length) refuseIfAllAlike(rejected)
        return {
          taken: published.length - rejected.length,
          rejected: rejected.length,
          events: published.map(toEventOutcome),
        }
      },
    )
}

/** One problem says it all, with the status that makes a sender wait and send again, or stop. */
function refuseIfAllAlike(rejected: readonly PublishedEvent[]): void {
  const errors = rejected.flatMap(({ error }) => error ?? [])
  const [first] = errors
  if (first === undefined || errors.some(({ code }) => code !== first.code)) return
  const fields: FieldError[] = errors.flatMap((error) => error.errors)
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more events)` : ''
  throw new AppError(first.code, {
    detail: `${first.message}${more}`,
    errors: fields.slice(0, ERRORS_MAX),
    cause: first,
    ...(first.retryAfterSeconds !== undefined && { retryAfterSeconds: first.retryAfterSeconds }),
  })
}
