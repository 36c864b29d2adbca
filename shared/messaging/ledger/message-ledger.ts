import { GroupCommit, openDatabase, type SqliteDatabase, type Statement } from '#shared/sqlite'
import { traceIdOf } from '#shared/telemetry'
import type { BusLogger } from '../bus-logger'
import type { DeadLetter, MessageRecord } from '../driver'
import { digestOf } from '../drivers/embedded/body-digest'
import type { Retention } from '../drivers/embedded/embedded-driver'
import type { DeadLetterCause, WireMessage } from '../message'
import type { Binding } from '../topology'
import { migrations } from './schema'

/** @throws DatabaseOpenError when another process owns the file, or it is not one of ours */
export function openLedgerFile(path: string): SqliteDatabase {
  // What a power failure takes is remembered by nobody else, but no promise was made of it.
  return openDatabase({ path, migrations, synchronous: 'NORMAL' })
}

/** What is kept of a message: its body is not. */
export interface LedgerEntry {
  readonly id: string
  readonly enqueuedAt: number
  readonly bodyDigest: Buffer
  readonly traceId: string | undefined
}

export function toLedgerEntry({ id, enqueuedAt, body, headers }: WireMessage): LedgerEntry {
  return { id, enqueuedAt, bodyDigest: digestOf(body), traceId: traceIdOf(headers) }
}

/** What became of one delivery. */
export interface Change {
  readonly state: MessageRecord['state']
  readonly attempts: number
  readonly finishedAt?: number
  readonly cause?: DeadLetterCause
}

export interface MessageLedgerOptions {
  readonly retention: Retention
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number
  readonly logger: BusLogger
}

/** So many changes from one sweep to the next, and most old rows that one takes out: it keeps up. */
const SWEEP_EVERY = 64
const SWEEP_MAX = 4 * SWEEP_EVERY

interface Row {
  readonly queue: string
  readonly state: MessageRecord['state']
  readonly attempts: number
  readonly enqueued_at: number
  readonly finished_at: number | null
  readonly trace_id: string | null
  readonly dead_letter_cause: string | null
}

type RowParameters = Omit<Row, 'finished_at' | 'trace_id' | 'dead_letter_cause'> & {
  readonly id: string
  readonly finished_at: number | null
  readonly trace_id: string | null
  readonly cause: string | null
  readonly body_digest: Buffer
  readonly version: number
}

/**
 * Remembers what was sent and what became of it, for a broker that does not tell. It is a memory and no more: it
 * never costs a message. What cannot be written is told to the log and forgotten, and the last moments before a
 * power failure may be missing.
 *
 * What happens to one message is told by several who do not wait for each other, so each change names the version
 * of the row that it was made from; when the row has moved on, the change comes too late and does nothing.
 */
export class MessageLedger {
  readonly #options: MessageLedgerOptions
  readonly #database: SqliteDatabase
  readonly #group: GroupCommit
  readonly #digest: Statement<[id: string, queue: string], { body_digest: Buffer }>
  readonly #find: Statement<[id: string], Row>
  readonly #insert: Statement<[RowParameters]>
  readonly #update: Statement<[RowParameters & { readonly since: number }]>
  readonly #replayed: Statement<[{ id: string; queue: string; version: number; since: number }]>
  readonly #forget: Statement<[queue: string, state: string]>
  readonly #sweepOld: Statement<[before: number, limit: number]>
  readonly #sweepSurplus: Statement<[countMax: number]>
  readonly #bindings: Statement<[], Binding>
  readonly #bind: Statement<[exchange: string, pattern: string, queue: string]>
  #version: number
  #changes = 0
  #isFailing = false

  /** @param database one that `openLedgerFile` opened; it is closed with the ledger */
  constructor(database: SqliteDatabase, options: MessageLedgerOptions) {
    this.#options = options
    this.#database = database
    this.#group = new GroupCommit(database)
    this.#digest = database.prepare('SELECT body_digest FROM message WHERE id = ? AND queue = ?')
    this.#find = database.prepare(`
      SELECT queue, state, attempts, enqueued_at, finished_at, trace_id, dead_letter_cause
      FROM message WHERE id = ? ORDER BY sequence DESC LIMIT 1`)
    // Not `ON CONFLICT`: an insert that comes to nothing still takes a number, and the sweep counts by numbers.
    this.#insert = database.prepare(`
      INSERT INTO message
        (id, queue, state, attempts, enqueued_at, finished_at, trace_id, dead_letter_cause, body_digest, version)
      SELECT @id, @queue, @state, @attempts, @enqueued_at, @finished_at, @trace_id, @cause, @body_digest, @version
      WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = @id AND queue = @queue)`)
    this.#update = database.prepare(`
      UPDATE message SET state = @state, attempts = @attempts, finished_at = @finished_at,
        dead_letter_cause = @cause, version = @version
      WHERE id = @id AND queue = @queue AND version <= @since`)
    this.#replayed = database.prepare(`
      UPDATE message SET state = 'ready', attempts = 0, finished_at = NULL, dead_letter_cause = NULL, version = @version
      WHERE id = @id AND queue = @queue AND state = 'dead' AND version <= @since`)
    this.#forget = database.prepare('DELETE FROM message WHERE queue = ? AND state = ?')
    this.#sweepOld = database.prepare(`
      DELETE FROM message WHERE sequence IN
        (SELECT sequence FROM message WHERE finished_at < ? ORDER BY finished_at LIMIT ?)`)
    this.#sweepSurplus = database.prepare(
      'DELETE FROM message WHERE sequence <= (SELECT max(sequence) FROM message) - ?',
    )
    this.#bindings = database.prepare(
      'SELECT exchange, pattern, queue FROM binding ORDER BY exchange, pattern, queue',
    )
    this.#bind = database.prepare('INSERT OR IGNORE INTO binding (exchange, pattern, queue) VALUES (?, ?, ?)')
    const newest = database.prepare<[], { version: number | null }>(
      'SELECT max(version) AS version FROM message',
    )
    this.#version = newest.get()?.version ?? 0
  }

  /** Why nothing could be written lately. */
  get failure(): Error | undefined {
    return this.#group.failure
  }

  /** Names the present: a change made `since` it does nothing to what has changed later. */
  get version(): number {
    return this.#version
  }

  /** Whether this message was sent to `queue` before, or another one under its id. */
  compare(queue: string, { id, bodyDigest }: LedgerEntry): 'unknown' | 'same' | 'other' {
    try {
      const row = this.#digest.get(id, queue)
      if (row === undefined) return 'unknown'
      return row.body_digest.equals(bodyDigest) ? 'same' : 'other'
    } catch (error) {
      this.#tell(error)
      return 'unknown'
    }
  }

  /** The latest message under this id, as it is after all changes that were told before. */
  async lookup(messageId: string): Promise<MessageRecord | undefined> {
    const row = await this.#group.run(() => this.#find.get(messageId))
    return row && toRecord(messageId, row)
  }

  /** A message is safe in these queues. Changes nothing where more is known already. */
  sent(queues: readonly string[], entry: LedgerEntry): Promise<void> {
    const change: Change = { state: 'ready', attempts: 0 }
    // Of now, not of the commit: a delivery that is told between the two is the later one.
    const version = this.#version
    return this.#write(() => {
      for (const queue of queues) this.#insert.run(toParameters(queue, entry, change, version))
    })
  }

  /** @returns the version, for `settled` */
  delivered(queue: string, entry: LedgerEntry, attempts: number): number {
    const since = this.#version
    void this.#change(queue, entry, { state: 'leased', attempts }, since)
    return this.#version
  }

  /** A delivery has ended; `since` is what `delivered` returned for it. */
  settled(queue: string, entry: LedgerEntry, change: Change, since: number): Promise<void> {
    return this.#change(queue, entry, change, since)
  }

  /** Dead letters wait in their queue again. `since` is the version from before they were taken back. */
  replayed(queue: string, messageIds: readonly string[], since: number): Promise<void> {
    const version = this.#nextVersion()
    return this.#write(() => {
      for (const id of messageIds) this.#replayed.run({ id, queue, version, since })
    })
  }

  /** Dead letters as they were found at version `since`, which others may have given up. */
  found(queue: string, deadLetters: readonly DeadLetter[], since: number): Promise<void> {
    const version = this.#nextVersion()
    return this.#write(() => {
      for (const { message, cause, attempts, deadAt } of deadLetters) {
        const change: Change = { state: 'dead', attempts, finishedAt: deadAt, cause }
        this.#record(toParameters(queue, toLedgerEntry(message), change, version), since)
      }
    })
  }

  /** Messages of that state were dropped from `queue`. */
  forget(queue: string, state: 'ready' | 'dead'): Promise<void> {
    return this.#write(() => void this.#forget.run(queue, state))
  }

  /** Remembers bindings, and tells those that were remembered before and are not among them. Never rejects. */
  async bound(bindings: readonly Binding[]): Promise<readonly Binding[]> {
    const keys = new Set(bindings.map(toKey))
    try {
      const known = await this.#group.run(() => {
        const before = this.#bindings.all()
        for (const { exchange, pattern, queue } of bindings) this.#bind.run(exchange, pattern, queue)
        return before
      })
      return known.filter((binding) => !keys.has(toKey(binding)))
    } catch (error) {
      this.#tell(error)
      return []
    }
  }

  async close(): Promise<void> {
    await this.#group.close()
    this.#database.close()
  }

  #change(queue: string, entry: LedgerEntry, change: Change, since: number): Promise<void> {
    const version = this.#nextVersion()
    return this.#write(() => this.#record(toParameters(queue, entry, change, version), since))
  }

  /** Changes a row that has not changed since, or makes one where there is none. */
  #record(row: RowParameters, since: number): void {
    if (this.#update.run({ ...row, since }).changes === 0) this.#insert.run(row)
  }

  #nextVersion(): number {
    this.#version += 1
    return this.#version
  }

  /** Never rejects. */
  async #write(work: () => void): Promise<void> {
    this.#changes += 1
    const sweeps = this.#changes % SWEEP_EVERY === 0
    try {
      await this.#group.run(() => {
        work()
        if (sweeps) this.#sweep()
      })
      this.#isFailing = false
    } catch (error) {
      this.#tell(error)
    }
  }

  #sweep(): void {
    const { ageMs, countMax } = this.#options.retention
    this.#sweepOld.run(this.#options.now() - ageMs, SWEEP_MAX)
    this.#sweepSurplus.run(countMax)
  }

  /** Once for each spell of failures: every message brings one. */
  #tell(error: unknown): void {
    if (this.#isFailing) return
    this.#isFailing = true
    this.#options.logger.error({ err: error }, 'what becomes of messages cannot be remembered')
  }
}

function toKey({ exchange, pattern, queue }: Binding): string {
  return `${exchange}\n${pattern}\n${queue}`
}

function toParameters(queue: string, entry: LedgerEntry, change: Change, version: number) {
  const { state, attempts, finishedAt, cause } = change
  return {
    id: entry.id,
    queue,
    state,
    attempts,
    enqueued_at: entry.enqueuedAt,
    finished_at: finishedAt ?? null,
    trace_id: entry.traceId ?? null,
    cause: cause === undefined ? null : JSON.stringify(cause),
    body_digest: entry.bodyDigest,
    version,
  }
}

function toRecord(messageId: string, row: Row): MessageRecord {
  const cause: DeadLetterCause | null =
    row.dead_letter_cause === null ? null : JSON.parse(row.dead_letter_cause)
  return {
    messageId,
    queue: row.queue,
    state: row.state,
    attempts: row.attempts,
    enqueuedAt: row.enqueued_at,
    ...(row.finished_at !== null && { finishedAt: row.finished_at }),
    ...(row.trace_id !== null && { traceId: row.trace_id }),
    ...(cause !== null && { cause }),
  }
}
