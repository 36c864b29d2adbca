import { type FeedbackBody, ratingOf } from '#shared/contracts'
import { commitInSpan, type GroupCommit, type SqliteDatabase } from '#shared/sqlite'
import { createTableSweeper } from './sweeper'

export interface FeedbackSummary {
  readonly count: number
  /** Null without any feedback. */
  readonly rating_mean: number | null
}

/** Feedback with what it is stored under. */
export interface StoredFeedback {
  readonly feedbackId: string
  readonly traceId: string | null
  readonly createdAt: string
  readonly body: FeedbackBody
}

export interface FeedbackStore {
  /** Resolves after COMMIT; false when it was there already. When it was not, `also` runs in the same transaction. */
  insert(feedback: StoredFeedback, also: () => void): Promise<boolean>
  summarise(): FeedbackSummary
}

const TABLE = 'feedback'

export interface FeedbackStoreOptions {
  /** How long feedback is kept; 0 is for ever. */
  readonly retentionMs: number
  readonly now?: () => number
}

export function createFeedbackStore(
  database: SqliteDatabase,
  group: GroupCommit,
  { retentionMs, now = Date.now }: FeedbackStoreOptions,
): FeedbackStore {
  const insertion = {
    operation: 'INSERT',
    table: TABLE,
    sql: `INSERT INTO ${TABLE} (feedback_id, trace_id, request_id, user_input, generated_query, rating,
        feedback_type, comment, corrected_query, category, metadata, created_at)
      VALUES (@feedback_id, @trace_id, @request_id, @user_input, @generated_query, @rating,
        @feedback_type, @comment, @corrected_query, @category, @metadata, @created_at)
      ON CONFLICT (feedback_id) DO NOTHING`,
  }
  const insert = database.prepare<[Record<string, unknown>]>(insertion.sql)
  const sweep = createTableSweeper(database, {
    table: TABLE,
    numberedBy: 'rowid',
    addedAt: 'created_at',
    retentionMs,
    now,
  })
  const summary = database.prepare<[], FeedbackSummary>(
    `SELECT count(*) AS count, avg(rating) AS rating_mean FROM ${TABLE}`,
  )

  return {
    insert: (feedback, also) =>
      commitInSpan(group, database, insertion, () => {
        const isNew = insert.run(toRow(feedback)).changes === 1
        if (isNew) {
          sweep()
          also()
        }
        return isNew
      }),
    summarise: () => summary.get() ?? { count: 0, rating_mean: null },
  }
}

function toRow({ feedbackId, traceId, createdAt, body }: StoredFeedback): Record<string, unknown> {
  return {
    feedback_id: feedbackId,
    trace_id: traceId,
    request_id: body.request_id ?? null,
    user_input: body.user_input,
    generated_query: body.generated_query,
    rating: ratingOf(body),
    feedback_type: body.feedback_type ?? null,
    comment: body.comment ?? null,
    corrected_query: body.corrected_query ?? null,
    category: body.category ?? null,
    metadata: body.metadata == null ? null : JSON.stringify(body.metadata),
    created_at: createdAt,
  }
}
