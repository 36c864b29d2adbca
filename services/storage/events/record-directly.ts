import { type DomainEvent, EVENTS_EXCHANGE } from '#shared/contracts'
import { type RouteEvent, routesOf, type Topology } from '#shared/messaging'
import type { Inbox } from '../inbox'
import { applyOnce, type EventEffect } from './event-effect'

export interface RecordDirectlyDeps {
  readonly inbox: Inbox
  readonly effects: readonly EventEffect[]
  readonly route: RouteEvent
  readonly topology: Topology
}

/** To be called inside a transaction. */
export type RecordDirectly = (events: readonly DomainEvent[], traceId: string | null) => void

/**
 * Does at once what the consumers would have done, had the events been published: by the same filter, the same
 * bindings and the same inbox, so that the tables do not show by which way an event came.
 */
export function createRecordDirectly({
  inbox,
  effects,
  route,
  topology,
}: RecordDirectlyDeps): RecordDirectly {
  return (events, traceId) => {
    for (const event of events) {
      const routingKey = route(event)
      if (routingKey === undefined) continue
      const queues = routesOf(topology, EVENTS_EXCHANGE, routingKey)
      for (const effect of effects) {
        if (queues.includes(effect.consumer)) applyOnce(inbox, effect, event, traceId)
      }
    }
  }
}
