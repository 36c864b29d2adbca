import { type Attributes, type Span, SpanKind } from '@opentelemetry/api'
import { ATTR, withSpan, withSpanSync } from '#shared/telemetry'
import type { GroupCommit } from './group-commit'
import type { RunResult, SqliteDatabase } from './open-database'

/** What a database span says about a statement. */
export interface StatementDescription {
  /** SQL verb: SELECT, INSERT, UPDATE, DELETE. */
  readonly operation: string
  readonly table: string
  /** The statement with placeholders; values never go on a span. */
  readonly sql: string
}

/** A prepared statement, each run of which is a CLIENT span named `{operation} {table}`. */
export interface TracedStatement<Parameters extends unknown[], Row> {
  run(...parameters: Parameters): RunResult
  get(...parameters: Parameters): Row | undefined
  all(...parameters: Parameters): Row[]
  /** Runs in the group's next transaction. Resolves, and its span ends, after COMMIT. */
  commit(group: GroupCommit, ...parameters: Parameters): Promise<RunResult>
}

/** Prepares `description.sql`. */
export function tracedStatement<Parameters extends unknown[] = unknown[], Row = unknown>(
  database: SqliteDatabase,
  description: StatementDescription,
): TracedStatement<Parameters, Row> {
  const statement = database.prepare<Parameters, Row>(description.sql)
  const { name, options } = toSpan(database, description)
  return {
    run: (...parameters) => withSpanSync(name, options, () => statement.run(...parameters)),
    get: (...parameters) => withSpanSync(name, options, () => statement.get(...parameters)),
    all: (...parameters) => withSpanSync(name, options, () => statement.all(...parameters)),
    commit: (group, ...parameters) =>
      commitInSpan(group, database, description, () => statement.run(...parameters)),
  }
}

/** Runs `work`, which may be several statements, in the span of the one that `description` tells about. */
export function withDatabaseSpan<Result>(
  database: SqliteDatabase,
  description: StatementDescription,
  work: (span: Span) => Promise<Result> | Result,
): Promise<Result> {
  const { name, options } = toSpan(database, description)
  return withSpan(name, options, work)
}

/**
 * Runs `work` in the group's next transaction, in a span that ends after COMMIT: the span shows what the
 * caller waited for, the disk included.
 */
export function commitInSpan<Result>(
  group: GroupCommit,
  database: SqliteDatabase,
  description: StatementDescription,
  work: () => Result,
): Promise<Result> {
  return withDatabaseSpan(database, description, (span) =>
    group.run(work, ({ size }) => {
      // The convention has the attribute on true batches alone.
      if (size > 1) span.setAttribute(ATTR.DB_OPERATION_BATCH_SIZE, size)
    }),
  )
}

function toSpan(database: SqliteDatabase, { operation, table, sql }: StatementDescription) {
  const name = `${operation} ${table}`
  const attributes: Attributes = {
    [ATTR.DB_SYSTEM_NAME]: 'sqlite',
    [ATTR.DB_NAMESPACE]: database.namespace,
    [ATTR.DB_COLLECTION_NAME]: table,
    [ATTR.DB_OPERATION_NAME]: operation,
    [ATTR.DB_QUERY_SUMMARY]: name,
    [ATTR.DB_QUERY_TEXT]: sql.replace(/\s+/g, ' ').trim(),
    [ATTR.DATABASE_OPERATION]: operation,
  }
  return { name, options: { kind: SpanKind.CLIENT, attributes } }
}
