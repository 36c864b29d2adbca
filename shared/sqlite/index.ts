export { type Commit, GroupCommit, type GroupCommitOptions } from './group-commit'
export type { Migration } from './migrate'
export {
  DatabaseOpenError,
  type OpenDatabaseOptions,
  openDatabase,
  type ReadDatabaseOptions,
  type RunResult,
  readDatabase,
  type SqliteDatabase,
  type Statement,
} from './open-database'
export { toStorageError } from './storage-error'
export {
  commitInSpan,
  type StatementDescription,
  type TracedStatement,
  tracedStatement,
  withDatabaseSpan,
} from './traced-statement'
