import {
  BEFORE_ALL,
  type DataStored,
  type PageCursor,
  type ProcessingData,
  type StoredRequest,
} from '#shared/contracts'
import { commitInSpan, type GroupCommit, type SqliteDatabase, tracedStatement } from '#shared/sqlite'
import { createTableSweeper } from './sweeper'

export interface RequestStore {
  /**
   * Resolves after COMMIT with what is stored: a row with this request id that was there already is kept. In the
   * same transaction runs `also`.
   */
  insert(data: ProcessingData, traceId: string | null, also: () => void): Promise<DataStored>
  find(requestId: string): StoredRequest | undefined
  /** What a stored request was about, in few words. May be called inside a transaction. */
  describe(requestId: string): Pick<StoredRequest, 'conversation_id' | 'intent' | 'engine'> | undefined
  /** Newest first; those before `before` when it is given. */
  list(limit: number, before: PageCursor | undefined): StoredRequest[]
  /** Those of these requests that are stored, by id. */
  findAll(requestIds: readonly string[]): ReadonlyMap<string, StoredRequest>
  /**
   * The requests of one conversation that were answered at once and not by chat, oldest first, those after `after`
   * when it is given.
   */
  listAnsweredAtOnce(conversationId: string, limit: number, after: PageCursor | undefined): StoredRequest[]
  count(): number
}

interface Row {
  readonly request_id: string
  readonly trace_id: string | null
  readonly conversation_id: string | null
  readonly user_input: string
  readonly outcome: StoredRequest['outcome']
  readonly query: string | null
  readonly intent: StoredRequest['intent']
  readonly intent_confidence: number
  readonly engine: StoredRequest['engine']
  readonly model: string | null
  readonly validation: string | null
  readonly insights: string
  readonly attempts: number
  readonly created_at: string
  readonly processed_at: string
}

/** The background work of a chat request is no turn of its own. */
const IS_NO_CHAT = `request_id NOT IN (SELECT request_id FROM chat_requests AS chat
        WHERE chat.conversation_id = processed_requests.conversation_id)`

const TABLE = 'processed_requests'
const COLUMNS = `request_id, trace_id, conversation_id, user_input, outcome, query, intent, intent_confidence,
  engine, model, validation, insights, attempts, created_at, processed_at`

export interface RequestStoreOptions {
  /** How long a request is kept after it was stored; 0 is for ever. */
  readonly retentionMs: number
  readonly now?: () => number
}

export function createRequestStore(
  database: SqliteDatabase,
  group: GroupCommit,
  { retentionMs, now = Date.now }: RequestStoreOptions,
): RequestStore {
  const insertion = {
    operation: 'INSERT',
    table: TABLE,
    sql: `INSERT INTO ${TABLE} (${COLUMNS}, complexity_level, fingerprint_hash, stored_at)
      VALUES (@request_id, @trace_id, @conversation_id, @user_input, @outcome, @query, @intent, @intent_confidence,
        @engine, @model, @validation, @insights, @attempts, @created_at, @processed_at,
        @complexity_level, @fingerprint_hash, @stored_at)
      ON CONFLICT (request_id) DO NOTHING`,
  }
  const insert = database.prepare<[Record<string, unknown>]>(insertion.sql)
  const sweep = createTableSweeper(database, {
    table: TABLE,
    numberedBy: 'rowid',
    addedAt: 'stored_at',
    retentionMs,
    now,
  })
  const stored = database.prepare<[string], Pick<DataStored, 'processed_at' | 'attempts'>>(
    `SELECT processed_at, attempts FROM ${TABLE} WHERE request_id = ?`,
  )
  const select = <Parameters extends unknown[]>(tail: string) =>
    tracedStatement<Parameters, Row>(database, {
      operation: 'SELECT',
      table: TABLE,
      sql: `SELECT ${COLUMNS} FROM ${TABLE} ${tail}`,
    })
  const byId = select<[string]>('WHERE request_id = ?')
  const newest = select<[number]>('ORDER BY created_at DESC, request_id DESC LIMIT ?')
  const newestBefore = select<[string, string, number]>(
    'WHERE (created_at, request_id) < (?, ?) ORDER BY created_at DESC, request_id DESC LIMIT ?',
  )
  const description = database.prepare<[string], Pick<Row, 'conversation_id' | 'intent' | 'engine'>>(
    `SELECT conversation_id, intent, engine FROM ${TABLE} WHERE request_id = ?`,
  )
  const byIds = select<[string]>('WHERE request_id IN (SELECT value FROM json_each(?))')
  // After a turn by chat, and after a time alone, nothing of that very time is left.
  const answeredAtOnce = select<[{ id: string; time: string; last: string; limit: number }]>(
    `WHERE conversation_id = @id AND ${IS_NO_CHAT} AND created_at >= @time
      AND (created_at > @time OR (request_id > @last AND @last <> ''
        AND @last NOT IN (SELECT request_id FROM chat_requests WHERE conversation_id = @id)))
      ORDER BY created_at, request_id LIMIT @limit`,
  )
  const counted = database.prepare<[], { count: number }>(`SELECT count(*) AS count FROM ${TABLE}`)

  return {
    insert({ request_id, ...data }, traceId, also) {
      return commitInSpan(group, database, insertion, () => {
        const storedAt = new Date(now()).toISOString()
        const isNew = insert.run(toRow({ request_id, ...data }, traceId, storedAt)).changes === 1
        if (isNew) sweep()
        also()
        const { processed_at, attempts } = (isNew ? undefined : stored.get(request_id)) ?? {
          processed_at: data.processed_at,
          attempts: data.attempt,
        }
        return { request_id, stored: isNew, processed_at, attempts }
      })
    },
    find(requestId) {
      const row = byId.get(requestId)
      return row === undefined ? undefined : toStoredRequest(row)
    },
    describe: (requestId) => description.get(requestId),
    list(limit, before) {
      const rows = before === undefined ? newest.all(limit) : newestBefore.all(before.time, before.id, limit)
      return rows.map(toStoredRequest)
    },
    findAll(requestIds) {
      const rows = requestIds.length === 0 ? [] : byIds.all(JSON.stringify(requestIds))
      return new Map(rows.map((row) => [row.request_id, toStoredRequest(row)]))
    },
    listAnsweredAtOnce: (conversationId, limit, after = BEFORE_ALL) =>
      answeredAtOnce
        .all({ id: conversationId, time: after.time, last: after.id, limit })
        .map(toStoredRequest),
    count: () => counted.get()?.count ?? 0,
  }
}

function toRow(data: ProcessingData, traceId: string | null, storedAt: string): Record<string, unknown> {
  return {
    request_id: data.request_id,
    trace_id: traceId,
    conversation_id: data.conversation_id,
    user_input: data.user_input,
    outcome: data.outcome,
    query: data.query,
    intent: data.intent,
    intent_confidence: data.intent_confidence,
    engine: data.engine,
    model: data.model,
    validation: data.validation === null ? null : JSON.stringify(data.validation),
    insights: JSON.stringify(data.insights),
    attempts: data.attempt,
    created_at: new Date(data.created_at).toISOString(),
    processed_at: data.processed_at,
    complexity_level: data.insights.complexity?.level ?? null,
    fingerprint_hash: data.insights.profile?.fingerprint_hash ?? null,
    stored_at: storedAt,
  }
}

function toStoredRequest(row: Row): StoredRequest {
  return {
    ...row,
    validation: row.validation === null ? null : JSON.parse(row.validation),
    insights: JSON.parse(row.insights),
  }
}
