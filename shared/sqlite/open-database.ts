import { mkdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { type Migration, migrate } from './migrate'

export type Statement<Parameters extends unknown[] = unknown[], Row = unknown> = BetterSqlite3.Statement<
  Parameters,
  Row
>
export type RunResult = BetterSqlite3.RunResult

export interface OpenDatabaseOptions {
  /** File, or `:memory:` for a database that ends with the process. Missing folders are created. */
  readonly path: string
  readonly migrations: readonly Migration[]
  /**
   * FULL unless told otherwise: a commit has reached the disk when it returns. The package's build would
   * take NORMAL in WAL mode, which loses the last commits when the power fails.
   */
  readonly synchronous?: 'FULL' | 'NORMAL'
  /** How long to wait for a lock that a predecessor or a reader still holds. */
  readonly busyTimeoutMs?: number
}

export interface ReadDatabaseOptions {
  readonly path: string
  readonly busyTimeoutMs?: number
}

/** A database that cannot be opened, with the path and the reason. Not worth a retry without a change. */
export class DatabaseOpenError extends Error {
  constructor(path: string, reason: string, cause?: unknown) {
    super(`${path} ${reason}`, { cause })
    this.name = 'DatabaseOpenError'
  }
}

const BUSY_TIMEOUT_MS = 2_000

/** The page cache. Everything the mesh touches often fits; better-sqlite3's own default, said aloud. */
const CACHE_KIB = 16_000

/** What a burst may leave of the write-ahead log on the disk once it is checkpointed. */
const WAL_SIZE_LIMIT_BYTES = 64 * 1024 * 1024

/**
 * An open database. `close` is harmless when called twice; any other use after it throws.
 */
export class SqliteDatabase {
  readonly path: string
  /** File name, for `db.namespace`. */
  readonly namespace: string
  readonly #connection: BetterSqlite3.Database
  readonly #ownership: BetterSqlite3.Database | undefined

  constructor(path: string, connection: BetterSqlite3.Database, ownership?: BetterSqlite3.Database) {
    this.path = path
    this.namespace = basename(path)
    this.#connection = connection
    this.#ownership = ownership
  }

  prepare<Parameters extends unknown[] = unknown[], Row = unknown>(sql: string): Statement<Parameters, Row> {
    return this.#connection.prepare<Parameters, Row>(sql)
  }

  exec(sql: string): void {
    this.#connection.exec(sql)
  }

  /** The value of a pragma, or what SQLite answers to setting one. */
  pragma(text: string): unknown {
    return this.#connection.pragma(text, { simple: true })
  }

  /** True between a BEGIN and its end; SQLite itself ends a transaction when the disk is full. */
  get inTransaction(): boolean {
    return this.#connection.inTransaction
  }

  /** Runs `work` in one transaction: all of it is kept, or nothing when it throws. */
  transaction<Result>(work: () => Result): Result {
    return this.#connection.transaction(work).immediate()
  }

  close(): void {
    this.#connection.close()
    this.#ownership?.close()
  }
}

/**
 * Opens a database as its only owner, in WAL mode, and brings its schema up to date.
 *
 * One process owns a file at a time: several writers on one SQLite file starve each other, and an owner that
 * is alone may trust what it remembers. Readers (`readDatabase`, the `sqlite3` shell) are welcome beside it.
 *
 * @throws DatabaseOpenError when another process owns the file, when it was written by newer code, or when it
 * is no database
 */
export function openDatabase(options: OpenDatabaseOptions): SqliteDatabase {
  const { path, migrations, synchronous = 'FULL', busyTimeoutMs = BUSY_TIMEOUT_MS } = options
  const inMemory = path === ':memory:'
  if (!inMemory) createFolder(path)

  const ownership = inMemory ? undefined : takeOwnership(path, busyTimeoutMs)
  let connection: BetterSqlite3.Database | undefined
  try {
    connection = new BetterSqlite3(path, { timeout: busyTimeoutMs })
    configure(connection, synchronous)
    const database = new SqliteDatabase(path, connection, ownership)
    migrate(database, migrations)
    return database
  } catch (error) {
    connection?.close()
    ownership?.close()
    throw toOpenError(path, error)
  }
}

function createFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch (error) {
    throw toOpenError(path, error)
  }
}

/** Opens a database for reading beside its owner. */
export function readDatabase({ path, busyTimeoutMs = BUSY_TIMEOUT_MS }: ReadDatabaseOptions): SqliteDatabase {
  try {
    return new SqliteDatabase(path, new BetterSqlite3(path, { readonly: true, timeout: busyTimeoutMs }))
  } catch (error) {
    throw toOpenError(path, error)
  }
}

/**
 * An exclusive lock on a file beside the database, held as long as the database is open. The kernel gives it
 * back when the process dies, however it dies, so a lock is never left behind. It is not taken on the database
 * itself, because that would shut out readers.
 */
function takeOwnership(path: string, busyTimeoutMs: number): BetterSqlite3.Database {
  let lock: BetterSqlite3.Database | undefined
  try {
    lock = new BetterSqlite3(`${path}.lock`, { timeout: busyTimeoutMs })
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock?.close()
    throw isSqliteError(error) && error.code.startsWith('SQLITE_BUSY')
      ? new DatabaseOpenError(path, 'is owned by another process; one at a time may open it', error)
      : toOpenError(path, error)
  }
}

function configure(connection: BetterSqlite3.Database, synchronous: 'FULL' | 'NORMAL'): void {
  connection.pragma('journal_mode = WAL')
  connection.pragma(`synchronous = ${synchronous}`)
  connection.pragma('foreign_keys = ON')
  connection.pragma(`cache_size = -${CACHE_KIB}`)
  // No memory map: an I/O error below one kills the process, where a read gives an error to handle.
  connection.pragma('mmap_size = 0')
  connection.pragma('temp_store = MEMORY')
  connection.pragma(`journal_size_limit = ${WAL_SIZE_LIMIT_BYTES}`)
}

function toOpenError(path: string, error: unknown): Error {
  if (error instanceof DatabaseOpenError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new DatabaseOpenError(path, `cannot be opened: ${reason}`, error)
}

export function isSqliteError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof BetterSqlite3.SqliteError
}
