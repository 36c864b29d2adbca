import { type FeedbackBody, ratingOf } from '#shared/contracts'
import { type GroupCommit, type SqliteDatabase, tracedStatement } from '#shared/sqlite'

export interface FeedbackSummary {
  readonly count: number
  /** Null without any feedback. */
  readonly rating_mean: number | null
}

export interface FeedbackStore {
  /** Resolves after COMMIT. */
  insert(feedbackId: string, feedback: FeedbackBody, traceId: string | null): Promise<void>
  summarise(): FeedbackSummary
}

const TABLE = 'feedback'

export function createFeedbackStore(database: SqliteDatabase, group: GroupCommit): FeedbackStore {
  const insert = tracedStatement<[Record<string, unknown>], never>(database, {
    operation: 'INSERT',
    table: TABLE,
    sql: `INSERT INTO ${TABLE} (feedback_id, trace_id, request_id, user_input, generated_query, rating,
        feedback_type, comment, corrected_query, category, metadata, created_at)
      VALUES (@feedback_id, @trace_id, @request_id, @user_input, @generated_query, @rating,
        @feedback_type, @comment, @corrected_query, @category, @metadata, @created_at)
      ON CONFLICT (feedback_id) DO NOTHING`,
  })
  const summary = database.prepare<[], FeedbackSummary>(
    `SELECT count(*) AS count, avg(rating) AS rating_mean FROM ${TABLE}`,
  )

  return {
    async insert(feedbackId, feedback, traceId) {
      await insert.commit(group, {
        feedback_id: feedbackId,
        trace_id: traceId,
        request_id: feedback.request_id ?? null,
        user_input: feedback.user_input,
        generated_query: feedback.generated_query,
        rating: ratingOf(feedback),
        feedback_type: feedback.feedback_type ?? null,
        comment: feedback.comment ?? null,
        corrected_query: feedback.corrected_query ?? null,
        category: feedback.category ?? null,
        metadata: feedback.metadata == null ? null : JSON.stringify(feedback.metadata),
        created_at: new Date().toISOString(),
      })
    },
    summarise: () => summary.get() ?? { count: 0, rating_mean: null },
  }
}
