import { trace } from '@opentelemetry/api'
import type { DomainEvent } from '#shared/contracts'
import type { MessageHandler } from '#shared/messaging'
import type { ServiceStats } from '#shared/monitoring'
import { commitInSpan, type GroupCommit, type SqliteDatabase } from '#shared/sqlite'
import { ATTR, activeTraceId } from '#shared/telemetry'
import type { Inbox } from '../inbox'
import { applyOnce, type EventEffect } from './event-effect'

export interface ConsumeEventDeps {
  readonly database: SqliteDatabase
  readonly group: GroupCommit
  readonly inbox: Inbox
  readonly stats: ServiceStats
}

/**
 * Takes the events of one consumer. Done when the effect and the inbox row are committed, in one transaction: an
 * event that is delivered again, because that was not heard of any more, changes nothing.
 */
export function createConsumeEvent(deps: ConsumeEventDeps, effect: EventEffect): MessageHandler<DomainEvent> {
  const { database, group, inbox, stats } = deps
  return async (event) => {
    const traceId = activeTraceId() ?? null
    const isNew = await commitInSpan(group, database, effect.statement, () =>
      applyOnce(inbox, effect, event, traceId),
    )
    trace.getActiveSpan()?.setAttributes({
      [ATTR.EVENT_TYPE]: event.event_type,
      [ATTR.EVENT_DUPLICATE]: !isNew,
      ...(event.request_id != null && { [ATTR.REQUEST_ID]: event.request_id }),
    })
    stats.increment(`${effect.consumer}.${isNew ? 'consumed' : 'duplicate'}`)
  }
}
