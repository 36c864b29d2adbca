import { EVENTS_EXCHANGE, eventsPublishedSchema, hasNewEvents, type MeshEvent } from '#shared/contracts'
import { AppError } from '#shared/errors'
import type { HttpClient } from '#shared/http'
import type { ServiceStats } from '#shared/monitoring'
import { handOver } from '#shared/pathways'
import { ATTR, type Logger, SPANS, withSpan } from '#shared/telemetry'

/** Resolves when the queue service has the event, from now or from an earlier delivery of the job. */
export type PublishProcessed = (event: MeshEvent) => Promise<void>

export function createPublishProcessed(deps: {
  queue: HttpClient
  stats: ServiceStats
  logger: Logger
}): PublishProcessed {
  return (event) =>
    withSpan(
      SPANS.PUBLISH_PROCESSED,
      { attributes: { [ATTR.EVENT_TYPE]: event.event_type, [ATTR.MESSAGE_ID]: event.event_id } },
      async () => {
        try {
          await handOver({ queue: EVENTS_EXCHANGE, payload: event, isNew: hasNewEvents }, () =>
            deps.queue.post('/events', event, { schema: eventsPublishedSchema, idempotent: true }),
          )
          deps.stats.increment('events_published')
        } catch (error) {
          if (!isKnownOtherwise(error)) throw error
          deps.logger.warn({ event_id: event.event_id }, 'domain event was published before, with other data')
        }
      },
    )
}

/** A newer version of this service may tell more of a question than the one that published first. */
function isKnownOtherwise(error: unknown): boolean {
  return error instanceof AppError && error.code === 'request-conflict'
}
