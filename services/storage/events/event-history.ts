import { type DomainEvent, EVENTS_STORAGE_QUEUE, type PageCursor, type StoredEvent } from '#shared/contracts'
import { type SqliteDatabase, type TracedStatement, tracedStatement } from '#shared/sqlite'
import { createTableSweeper } from '../sweeper'
import type { EventEffect } from './event-effect'

export interface EventFilter {
  readonly requestId?: string | undefined
  readonly conversationId?: string | undefined
  readonly eventType?: string | undefined
}

export interface EventHistory extends EventEffect {
  /** Newest first; those before `before` when it is given. */
  list(filter: EventFilter, limit: number, before: PageCursor | undefined): StoredEvent[]
  count(): number
}

export interface EventHistoryOptions {
  /** How long events are kept; 0 is for ever. */
  readonly retentionMs: number
}

type Row = Omit<StoredEvent, 'data'> & { readonly data: string }

const TABLE = 'event_history'
const COLUMNS =
  'event_id, event_type, service, occurred_at, request_id, conversation_id, trace_id, data, recorded_at'

/** Every event that was routed to `events.storage`, once. */
export function createEventHistory(
  database: SqliteDatabase,
  { retentionMs }: EventHistoryOptions,
): EventHistory {
  const statement = {
    operation: 'INSERT',
    table: TABLE,
    // The inbox forgets earlier than this table does.
    sql: `INSERT INTO ${TABLE} (${COLUMNS})
      VALUES (@event_id, @event_type, @service, @occurred_at, @request_id, @conversation_id, @trace_id, @data, @recorded_at)
      ON CONFLICT (event_id) DO NOTHING`,
  }
  const insert = database.prepare<[Row]>(statement.sql)
  const counted = database.prepare<[], { count: number }>(`SELECT count(*) AS count FROM ${TABLE}`)
  const selects = new Map<string, TracedStatement<[Record<string, unknown>], Row>>()
  const sweep = createTableSweeper(database, {
    table: TABLE,
    numberedBy: 'sequence',
    addedAt: 'recorded_at',
    retentionMs,
  })

  const selectWhere = (conditions: readonly string[]) => {
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
    const known = selects.get(where)
    if (known !== undefined) return known
    const prepared = tracedStatement<[Record<string, unknown>], Row>(database, {
      operation: 'SELECT',
      table: TABLE,
      sql: `SELECT ${COLUMNS} FROM ${TABLE} ${where} ORDER BY occurred_at DESC, event_id DESC LIMIT @limit`,
    })
    selects.set(where, prepared)
    return prepared
  }

  return {
    consumer: EVENTS_STORAGE_QUEUE,
    statement,
    apply(event, traceId) {
      insert.run(toRow(event, traceId))
      sweep()
    },
    list(filter, limit, before) {
      const conditions = [
        ...(filter.requestId === undefined ? [] : ['request_id = @request_id']),
        ...(filter.conversationId === undefined ? [] : ['conversation_id = @conversation_id']),
        ...(filter.eventType === undefined ? [] : ['event_type = @event_type']),
        ...(before === undefined ? [] : ['(occurred_at, event_id) < (@before_time, @before_id)']),
      ]
      const parameters = {
        request_id: filter.requestId,
        conversation_id: filter.conversationId,
        event_type: filter.eventType,
        before_time: before?.time,
        before_id: before?.id,
        limit,
      }
      return selectWhere(conditions).all(parameters).map(toStoredEvent)
    },
    count: () => counted.get()?.count ?? 0,
  }
}

function toRow(event: DomainEvent, traceId: string | null): Row {
  return {
    event_id: event.event_id,
    event_type: event.event_type,
    service: event.service,
    occurred_at: new Date(event.occurred_at).toISOString(),
    request_id: event.request_id ?? null,
    conversation_id: event.conversation_id ?? null,
    trace_id: traceId,
    data: JSON.stringify(event.data),
    recorded_at: new Date().toISOString(),
  }
}

function toStoredEvent(row: Row): StoredEvent {
  return { ...row, data: JSON.parse(row.data) }
}
