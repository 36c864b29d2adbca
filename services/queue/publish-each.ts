import {
  type DomainEvent,
  domainEventSchema,
  EVENTS_EXCHANGE,
  type EventOutcome,
  type EventStatus,
} from '#shared/contracts'
import { type AppError, toAppError } from '#shared/errors'
import { parseInput } from '#shared/http'
import type { MessageBus, RouteEvent } from '#shared/messaging'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, type Logger } from '#shared/telemetry'

export interface PublishEachDeps {
  readonly bus: Pick<MessageBus, 'publish'>
  readonly route: RouteEvent
  readonly stats: ServiceStats
  readonly logger: Logger
}

/** What became of one event of a list. */
export interface PublishedEvent {
  readonly eventId: string | null
  readonly status: EventStatus
  /** Why it was rejected. */
  readonly error?: AppError
}

/**
 * Publishes what it can of a list of events, each judged by itself. Resolves when those that were accepted are
 * safe, and never rejects. All are handed over in this turn of the event loop, so that an embedded queue commits
 * them together, with whatever else the caller publishes in it.
 *
 * `pointerOf` says where in the request's body an event stands.
 */
export type PublishEach = (
  inputs: readonly unknown[],
  pointerOf: (index: number) => string,
) => Promise<PublishedEvent[]>

export function createPublishEach(deps: PublishEachDeps): PublishEach {
  return (inputs, pointerOf) =>
    Promise.all(
      inputs.map(async (input, index) => {
        const published = await publishOne(deps, input, pointerOf(index))
        deps.stats.increment(`events_${published.status}`)
        return published
      }),
    )
}

async function publishOne(deps: PublishEachDeps, input: unknown, pointer: string): Promise<PublishedEvent> {
  try {
    const event = parseInput(domainEventSchema, input, pointer)
    return { eventId: event.event_id, status: await publish(deps, event) }
  } catch (error) {
    const appError = toAppError(error)
    const eventId = idOf(input)
    const { code, detail } = appError
    // What is wrong with an event is for its sender to know, who is told; the rest is for us.
    if (appError.retryable)
      deps.logger.warn({ event_id: eventId, code, detail }, 'domain event was not published')
    return { eventId, status: 'rejected', error: appError }
  }
}

async function publish({ bus, route }: PublishEachDeps, event: DomainEvent): Promise<EventStatus> {
  const routingKey = route(event)
  if (routingKey === undefined) return 'filtered'
  const { isRouted, duplicate } = await bus.publish({
    exchange: EVENTS_EXCHANGE,
    routingKey,
    id: event.event_id,
    body: event,
    attributes: { [ATTR.EVENT_TYPE]: event.event_type },
    ...(event.request_id != null && { conversationId: event.request_id }),
  })
  if (!isRouted) return 'unrouted'
  return duplicate ? 'duplicate' : 'accepted'
}

function idOf(input: unknown): string | null {
  const id = (input as { event_id?: unknown } | null | undefined)?.event_id
  return typeof id === 'string' ? id : null
}

export function toEventOutcome({ eventId, status, error }: PublishedEvent, index: number): EventOutcome {
  return {
    index,
    event_id: eventId,
    status,
    ...(error !== undefined && {
      error: {
        code: error.code,
        detail: error.message,
        retryable: error.retryable,
        errors: [...error.errors],
      },
    }),
  }
}
