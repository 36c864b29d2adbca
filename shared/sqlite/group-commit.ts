import { AsyncResource } from 'node:async_hooks'
import { AppError } from '#shared/errors'
import type { SqliteDatabase, Statement } from './open-database'
import { toStorageError } from './storage-error'

export interface GroupCommitOptions {
  /** Most pieces of work in one transaction; it bounds how long the event loop is held. */
  readonly batchMax?: number
  /** Called when a transaction was undone as a whole: what was derived from its work in memory is void. */
  readonly onRollback?: () => void
}

/** What a piece of work learns about the transaction it was part of. */
export interface Commit {
  /** Pieces of work that were committed together. */
  readonly size: number
}

interface PendingWork {
  readonly work: () => unknown
  /** The async context of the caller, in which its work runs. */
  readonly caller: AsyncResource
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  readonly onCommit: ((commit: Commit) => void) | undefined
}

type Outcome = { readonly result: unknown } | { readonly error: unknown }

const BATCH_MAX = 1_000

/**
 * Lets writes share the price of a durable commit. Work handed over in one turn of the event loop runs in
 * order in one transaction at the end of that turn:
 *
 * - queued:    waits for the end of the turn
 * - run:       inside the transaction; when it throws, it alone is undone and its promise rejects
 * - committed: COMMIT has returned, so the work is on the disk; only now the promises resolve
 * - lost:      COMMIT failed, or SQLite gave up the transaction (disk full, I/O error): every promise of that
 *              batch rejects and nothing of it is in the database
 *
 * A batch first runs without savepoints, because one for each piece of work costs as much as the work. Only if
 * something throws is it rolled back and run once more with them. So work may run twice, and must do nothing
 * but read and write the database.
 */
export class GroupCommit {
  readonly #database: SqliteDatabase
  readonly #batchMax: number
  readonly #onRollback: (() => void) | undefined
  readonly #begin: Statement
  readonly #commit: Statement
  readonly #rollback: Statement
  readonly #savepoint: Statement
  readonly #release: Statement
  readonly #rollbackToSavepoint: Statement
  /** The flush belongs to no caller: without this it would run in the context of whoever came first. */
  readonly #outsideAnyCaller = new AsyncResource('GroupCommit')
  #pending: PendingWork[] = []
  #scheduled = false
  #closed = false
  #failure: Error | undefined

  constructor(database: SqliteDatabase, { batchMax = BATCH_MAX, onRollback }: GroupCommitOptions = {}) {
    this.#database = database
    this.#batchMax = batchMax
    this.#onRollback = onRollback
    this.#begin = database.prepare('BEGIN IMMEDIATE')
    this.#commit = database.prepare('COMMIT')
    this.#rollback = database.prepare('ROLLBACK')
    this.#savepoint = database.prepare('SAVEPOINT work')
    this.#release = database.prepare('RELEASE work')
    this.#rollbackToSavepoint = database.prepare('ROLLBACK TO work')
  }

  /** Why nothing could be written lately; undefined when the last write that could succeed did. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /**
   * Runs `work` in the next transaction and resolves with its result after COMMIT. `work` is synchronous, does
   * nothing but use this database (it may run twice), and runs in the caller's async context. Rejects with what
   * `work` threw, with `storage-full` when there is no room, or with SQLite's error when the transaction was lost.
   */
  run<Result>(work: () => Result, onCommit?: (commit: Commit) => void): Promise<Result> {
    if (this.#closed) return Promise.reject(new Error(`${this.#database.path} is closed`))
    return new Promise<unknown>((resolve, reject) => {
      this.#pending.push({ work, caller: new AsyncResource('GroupCommit'), resolve, reject, onCommit })
      this.#schedule()
    }) as Promise<Result>
  }

  /** Commits what is queued and takes no more work. The database stays open. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#pending.length > 0) this.#flush()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#outsideAnyCaller.runInAsyncScope(setImmediate, undefined, () => this.#flushTurn())
  }

  #flushTurn(): void {
    this.#scheduled = false
    if (this.#pending.length > 0) this.#flush()
    if (this.#pending.length > 0) this.#schedule()
  }

  #flush(): void {
    const batch = this.#pending.splice(0, this.#batchMax)
    let outcomes: Outcome[]
    try {
      outcomes = this.#runTogether(batch) ?? this.#runInSavepoints(batch)
    } catch (error) {
      const reason = toStorageError(error)
      this.#failure = reason instanceof Error ? reason : new Error(String(reason))
      for (const { reject } of batch) reject(reason)
      return
    }
    const size = outcomes.filter((outcome) => 'result' in outcome).length
    if (size > 0) this.#failure = undefined
    for (const [index, { resolve, reject, onCommit }] of batch.entries()) {
      const outcome = outcomes[index] as Outcome
      if ('error' in outcome) {
        if (isStorageFull(outcome.error)) this.#failure = outcome.error
        reject(outcome.error)
      } else {
        onCommit?.({ size })
        resolve(outcome.result)
      }
    }
  }

  /** Undefined when something threw; then nothing has been done. */
  #runTogether(batch: readonly PendingWork[]): Outcome[] | undefined {
    return this.#inTransaction(() => {
      try {
        return batch.map((work) => ({ result: runSynchronously(work) }))
      } catch {
        return undefined
      }
    })
  }

  #runInSavepoints(batch: readonly PendingWork[]): Outcome[] {
    return this.#inTransaction(() => batch.map((work) => this.#runInSavepoint(work)))
  }

  /** Commits when `run` returns outcomes, rolls back when it returns none or throws. */
  #inTransaction<Outcomes extends Outcome[] | undefined>(run: () => Outcomes): Outcomes {
    this.#begin.run()
    let isCommitted = false
    try {
      const outcomes = run()
      if (outcomes !== undefined) {
        this.#commit.run()
        isCommitted = true
      }
      return outcomes
    } finally {
      if (!isCommitted) this.#undo()
    }
  }

  #undo(): void {
    if (this.#database.inTransaction) this.#rollback.run()
    this.#onRollback?.()
  }

  #runInSavepoint(work: PendingWork): Outcome {
    this.#savepoint.run()
    try {
      const result = runSynchronously(work)
      this.#release.run()
      return { result }
    } catch (error) {
      // A full disk or an I/O error may end the whole transaction, and with it what the others wrote.
      if (!this.#database.inTransaction) throw error
      this.#rollbackToSavepoint.run()
      this.#release.run()
      return { error: toStorageError(error) }
    }
  }
}

function runSynchronously({ work, caller }: PendingWork): unknown {
  const result = caller.runInAsyncScope(work)
  if (result instanceof Promise) throw new TypeError('work in a transaction must be synchronous')
  return result
}

function isStorageFull(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'storage-full'
}
