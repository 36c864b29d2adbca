import {
  BEFORE_ALL,
  type BeginTurnBody,
  type ChatResponse,
  type ChatTurn,
  type PageCursor,
  type StoredChat,
} from '#shared/contracts'
import { commitInSpan, type GroupCommit, type SqliteDatabase, tracedStatement } from '#shared/sqlite'
import { createSweeper } from './sweeper'

/** A chat request, with a version that grows with every change of it. */
export interface ChatRecord {
  readonly chat: StoredChat
  readonly version: number
}

/**
 * Chat requests, in each conversation in the order in which they were accepted, those of one millisecond in the order
 * in which they became known. That alone would not do: while storage is away, and by the messages of a worker, they
 * become known in any order. A request is
 *
 * - accepted:   its message is in the queue
 * - processing: a worker has begun, once or several times
 * - answered:   its answer is kept, the first one; nothing changes it any more
 * - failed:     it was given up; a replay of its message may still answer it
 *
 * Every write does nothing when it comes again. They resolve after COMMIT.
 */
export interface ChatStore {
  register(turn: ChatTurn, traceId: string | null): Promise<void>
  /** Notes that its answer is about to be generated, unless it is there. */
  begin(turn: BeginTurnBody, traceId: string | null): Promise<ChatRecord>
  /**
   * Keeps how it ended; false when it was answered before, or when `admit`, which is asked in the same transaction,
   * says that the message was had before.
   */
  settle(response: ChatResponse, traceId: string | null, admit?: () => boolean): Promise<boolean>
  find(requestId: string): ChatRecord | undefined
  /** The first turn before this one that may still be answered in time. */
  findPendingBefore(requestId: string): { request_id: string; deadline_at: string } | undefined
  /** The query of the last turn before this one that was answered with a valid one, by chat or at once. */
  findPreviousQuery(requestId: string): string | null
  /** The chat requests of a conversation, in order, those after `after` when it is given. */
  listConversation(conversationId: string, limit: number, after: PageCursor | undefined): StoredChat[]
}

interface Row {
  readonly request_id: string
  readonly conversation_id: string
  readonly trace_id: string | null
  readonly user_input: string
  readonly status: StoredChat['status']
  readonly attempts: number
  readonly version: number
  readonly accepted_at: string
  readonly deadline_at: string
  readonly answered_at: string | null
  readonly late: number
  readonly answer: string | null
  readonly problem: string | null
}

const TABLE = 'chat_requests'
const COLUMNS = `request_id, conversation_id, trace_id, user_input, status, attempts, version, accepted_at,
  deadline_at, answered_at, late, answer, problem`

/** The order of turns. */
const IS_EARLIER = '(earlier.accepted_at, earlier.sequence) < (this.accepted_at, this.sequence)'

export interface ChatStoreOptions {
  /** How long a request is kept after it became known; 0 is for ever. */
  readonly retentionMs: number
  readonly now?: () => number
}

export function createChatStore(
  database: SqliteDatabase,
  group: GroupCommit,
  { retentionMs, now = Date.now }: ChatStoreOptions,
): ChatStore {
  const insertSql = `INSERT INTO ${TABLE} (request_id, conversation_id, trace_id, user_input, accepted_at, deadline_at, registered_at)
    VALUES (@request_id, @conversation_id, @trace_id, @user_input, @accepted_at, @deadline_at, @registered_at)
    ON CONFLICT (request_id) DO NOTHING`
  const beginSql = `UPDATE ${TABLE}
    SET status = 'processing', attempts = max(attempts, @attempt), problem = NULL, version = version + 1
    WHERE request_id = @request_id AND status <> 'answered'`
  const settleSql = `UPDATE ${TABLE}
    SET status = @status, attempts = max(attempts, @attempts), answered_at = @answered_at, answer = @answer,
      problem = @problem, follow_up_query = @follow_up_query, late = (@now > deadline_at), version = version + 1
    WHERE request_id = @request_id AND status <> 'answered'`
  const describe = (operation: string, sql: string) => ({ operation, table: TABLE, sql })
  type Registration = ChatTurn & { readonly trace_id: string | null; readonly registered_at: string }
  const insert = database.prepare<[Registration]>(insertSql)
  const begin = database.prepare<[Pick<BeginTurnBody, 'request_id' | 'attempt'>]>(beginSql)
  const settle = database.prepare<[Record<string, unknown>]>(settleSql)
  const select = <Parameters extends unknown[]>(tail: string) =>
    tracedStatement<Parameters, Row>(database, describe('SELECT', `SELECT ${COLUMNS} FROM ${TABLE} ${tail}`))
  const byId = select<[string]>('WHERE request_id = ?')
  // Turns that were answered at once come before those by chat of the same time; after a time alone, none of it is left.
  const byConversation = select<[{ id: string; time: string; last: string; limit: number }]>(
    `WHERE conversation_id = @id AND accepted_at >= @time
      AND (accepted_at > @time OR (@last <> ''
        AND sequence > ifnull((SELECT sequence FROM ${TABLE} WHERE request_id = @last), 0)))
      ORDER BY accepted_at, sequence LIMIT @limit`,
  )
  const pendingBefore = tracedStatement<
    [{ id: string; now: string }],
    { request_id: string; deadline_at: string }
  >(
    database,
    describe(
      'SELECT',
      `SELECT earlier.request_id, earlier.deadline_at FROM ${TABLE} AS this
        JOIN ${TABLE} AS earlier USING (conversation_id)
        WHERE this.request_id = @id AND ${IS_EARLIER}
          AND earlier.status IN ('accepted', 'processing') AND earlier.deadline_at > @now
        ORDER BY earlier.accepted_at, earlier.sequence LIMIT 1`,
    ),
  )
  const previousQuery = tracedStatement<[{ id: string }], { query: string }>(
    database,
    describe(
      'SELECT',
      `SELECT query FROM (
          SELECT earlier.follow_up_query AS query, earlier.accepted_at AS at, earlier.sequence AS sequence
            FROM ${TABLE} AS this JOIN ${TABLE} AS earlier USING (conversation_id)
            WHERE this.request_id = @id AND ${IS_EARLIER} AND earlier.follow_up_query IS NOT NULL
          UNION ALL
          SELECT at_once.query, at_once.created_at, 0
            FROM ${TABLE} AS this JOIN processed_requests AS at_once USING (conversation_id)
            WHERE this.request_id = @id AND at_once.created_at <= this.accepted_at
              AND json_extract(at_once.validation, '$.is_valid')
              AND at_once.request_id NOT IN (SELECT request_id FROM ${TABLE} AS chat
                WHERE chat.conversation_id = this.conversation_id)
        ) ORDER BY at DESC, sequence DESC LIMIT 1`,
    ),
  )

  const timestamp = () => new Date(now()).toISOString()
  const find = (requestId: string): ChatRecord | undefined => {
    const row = byId.get(requestId)
    return row === undefined ? undefined : { chat: toStoredChat(row), version: row.version }
  }
  const toRegistration = (turn: ChatTurn, traceId: string | null): Registration => ({
    request_id: turn.request_id,
    conversation_id: turn.conversation_id,
    user_input: turn.user_input,
    // In UTC, whatever the sender wrote, because times are compared as text.
    accepted_at: new Date(turn.accepted_at).toISOString(),
    deadline_at: new Date(turn.deadline_at).toISOString(),
    trace_id: traceId,
    registered_at: timestamp(),
  })
  const forget = database.prepare<[{ limit: number; before: string; now: string }]>(
    `DELETE FROM ${TABLE} WHERE sequence IN (SELECT sequence FROM ${TABLE} ORDER BY sequence LIMIT @limit)
      AND registered_at < @before AND deadline_at < @now`,
  )
  const sweep = createSweeper({
    retentionMs,
    forget: (before, limit) =>
      forget.run({ limit, before: new Date(before).toISOString(), now: timestamp() }),
    now,
  })
  /** To be called inside a transaction. */
  const insertTurn = (turn: ChatTurn, traceId: string | null) => {
    if (insert.run(toRegistration(turn, traceId)).changes === 1) sweep()
  }

  return {
    async register(turn, traceId) {
      await commitInSpan(group, database, describe('INSERT', insertSql), () => insertTurn(turn, traceId))
    },
    async begin(turn, traceId) {
      await commitInSpan(group, database, describe('UPDATE', beginSql), () => {
        insertTurn(turn, traceId)
        begin.run({ request_id: turn.request_id, attempt: turn.attempt })
      })
      return find(turn.request_id) as ChatRecord
    },
    settle(response, traceId, admit = () => true) {
      return commitInSpan(group, database, describe('UPDATE', settleSql), () => {
        if (!admit()) return false
        if (response.turn !== null) insertTurn(response.turn, traceId)
        return settle.run(toSettlement(response, timestamp())).changes === 1
      })
    },
    find,
    findPendingBefore: (requestId) => pendingBefore.get({ id: requestId, now: timestamp() }),
    findPreviousQuery: (requestId) => previousQuery.get({ id: requestId })?.query ?? null,
    listConversation: (id, limit, after = BEFORE_ALL) =>
      byConversation.all({ id, time: after.time, last: after.id, limit }).map(toStoredChat),
  }
}

function toSettlement(response: ChatResponse, now: string): Record<string, unknown> {
  const { request_id, status, attempts, answered_at } = response
  const answer = response.status === 'answered' ? response.answer : null
  const problem = response.status === 'failed' ? response.problem : null
  return {
    request_id,
    status,
    attempts,
    answered_at,
    answer: answer === null ? null : JSON.stringify(answer),
    problem: problem === null ? null : JSON.stringify(problem),
    follow_up_query: answer?.success === true ? answer.query : null,
    now,
  }
}

function toStoredChat({ version: _, ...row }: Row): StoredChat {
  return {
    ...row,
    late: row.late === 1,
    answer: row.answer === null ? null : JSON.parse(row.answer),
    problem: row.problem === null ? null : JSON.parse(row.problem),
  }
}
