import assert from 'node:assert/strict'
import { GroupCommit, type SqliteDatabase } from '#shared/sqlite'
import type { MessageRecord } from '../../driver'
import {
  type DeadLetterCause,
  deadLetterQueueOf,
  EXPIRED_CAUSE,
  isDeadLetterQueue,
  MESSAGE_PRIORITIES,
  toDeadLetterHeaders,
  toReplayedHeaders,
  type WireMessage,
} from '../../message'
import { digestOf } from '../embedded/body-digest'
import {
  type Claim,
  countWithin,
  type DeadMessage,
  type InsertOutcome,
  type Lease,
  type LeaseTerms,
  type MessageStore,
  NO_TTL,
  type QueueCounts,
  type ReplayRange,
  rankOf,
  type SequenceRange,
  ttlOf,
  type Wait,
} from '../embedded/message-store'
import type { DiskRoom } from './disk-room'
import { MessageCounts } from './message-counts'
import { toClaim, toMessageRecord, toWireMessage } from './rows'
import { type PayloadRow, prepareStatements } from './statements'

/** Done messages forgotten at a time when there is no room; enough to empty some pages of the file. */
const FORGOTTEN_FOR_ROOM = 256

export interface SqliteStoreOptions {
  /** Wall clock when the driver was opened. */
  readonly openedAt: number
  /** Most writes that share one transaction. */
  readonly batchMax: number | undefined
  readonly room: DiskRoom
}

/**
 * Messages in a SQLite file, several steps to a transaction (`GroupCommit`). It owns `database` from now on.
 *
 * Opening ends every lease of a holder inside the process at once: the database has one owner process at a time, so
 * whoever held one died with the owner before. The attempts stay counted, which is how a message that kills the process
 * is told from one that was merely in its way. A holder outside may have outlived it and be at work; its lease stands
 * and ends in its time.
 */
export class SqliteStore implements MessageStore {
  readonly leaseOwner: string
  readonly #database: SqliteDatabase
  readonly #group: GroupCommit
  readonly #room: DiskRoom
  readonly #sql: ReturnType<typeof prepareStatements>
  readonly #counts: MessageCounts

  constructor(database: SqliteDatabase, { openedAt, batchMax, room }: SqliteStoreOptions) {
    this.#database = database
    this.#room = room
    this.#sql = prepareStatements(database)
    const owner = this.#sql.leaseOwner.get()
    assert(owner !== undefined, 'every queue file has an id')
    this.leaseOwner = owner.id
    this.#counts = new MessageCounts(() => this.#sql.count.all())
    this.#group = new GroupCommit(database, {
      ...(batchMax !== undefined && { batchMax }),
      onRollback: () => this.#counts.forget(),
    })
    database.transaction(() => {
      this.#sql.releaseInnerLeases.run(openedAt)
      // A clock set back while nobody ran must not let a delay, a wait or a lease last longer than it was to be.
      this.#sql.limitDelays.run(openedAt)
    })
  }

  transact<Result>(work: () => Result): Promise<Result> {
    return this.#group.run(() => {
      this.#counts.know()
      try {
        return work()
      } catch (error) {
        // What it had counted is undone with it.
        this.#counts.forget()
        throw error
      }
    })
  }

  insert(queue: string, message: WireMessage, wait: Wait): InsertOutcome {
    const { id, enqueuedAt } = message
    const ttlMs = ttlOf(queue, message, wait.ttlMs) ?? null
    const until = ttlMs === null ? null : wait.at + ttlMs
    const rank = rankOf(queue, message)
    const { changes, lastInsertRowid } = this.#sql.insert.run(id, queue, enqueuedAt, rank, ttlMs, until)
    if (changes === 0) return this.compare(queue, message)
    this.#insertPayload(lastInsertRowid, message)
    this.#room.take(message.body.byteLength)
    this.#counts.move(queue, { to: 'ready' })
    return 'inserted'
  }

  #insertPayload(sequence: number | bigint, message: WireMessage): void {
    const { contentType, headers, body, priority, ttlMs } = message
    const priorityNumber = priority === undefined ? null : MESSAGE_PRIORITIES.indexOf(priority)
    const headersText = JSON.stringify(headers)
    this.#sql.insertPayload.run(sequence, contentType, headersText, body, priorityNumber, ttlMs ?? null)
  }

  compare(queue: string, { id, body }: WireMessage): InsertOutcome {
    const known = this.#sql.find.get(id, queue)
    if (known === undefined) return 'inserted'
    const digest = known.body_digest ?? digestOf(this.#payload(known.sequence).body)
    return digest.equals(digestOf(body)) ? 'duplicate' : 'conflict'
  }

  shortageFor({ body }: WireMessage, copies: number): string | undefined {
    return this.#room.shortageFor(body.byteLength, copies)
  }

  claim(queue: string, count: number, { at, leaseMs, bytesMax, outlives }: LeaseTerms) {
    if (this.counts(queue).ready === 0) return []
    const most = bytesMax === undefined ? count : this.#countWithin(bytesMax, queue, at, count)
    const rows = this.#sql.claim.all(at + leaseMs, outlives ? leaseMs : null, queue, at, most)
    this.#counts.move(queue, { from: 'ready', to: 'leased', messages: rows.length })
    return rows
      .sort((one, other) => one.rank - other.rank || one.sequence - other.sequence)
      .map((row) => toClaim(queue, row, this.#payload(row.sequence)))
  }

  #countWithin(bytesMax: number, queue: string, at: number, count: number): number {
    const claimable = this.#sql.claimableSizes.all(queue, at, count)
    return countWithin(
      bytesMax,
      claimable.map(({ bytes }) => bytes),
    )
  }

  findClaim({ queue, sequence, delivery }: Lease): Claim | undefined {
    const row = this.#sql.findLeased.get(sequence, delivery)
    if (row === undefined || row.queue !== queue) return undefined
    return toClaim(queue, row, this.#payload(sequence))
  }

  extend({ sequence, delivery }: Lease, { at, leaseMs }: Pick<LeaseTerms, 'at' | 'leaseMs'>): boolean {
    return this.#sql.extend.run(at + leaseMs, leaseMs, sequence, delivery).changes > 0
  }

  acknowledge(claim: Claim, at: number): boolean {
    return this.#finish(claim, at)
  }

  release({ queue, sequence, delivery }: Lease, at: number): boolean {
    const released = this.#sql.release.run(at, sequence, delivery).changes > 0
    if (released) this.#counts.move(queue, { from: 'leased', to: 'ready' })
    return released
  }

  retry(lease: Lease, { delayMs, at }: { readonly delayMs: number; readonly at: number }): boolean {
    const { queue, sequence, delivery } = lease
    const { changes } =
      delayMs > 0
        ? this.#sql.retryLater.run(at + delayMs, delayMs, sequence, delivery)
        : this.#sql.retryNow.run(at, sequence, delivery)
    if (changes > 0) this.#counts.move(queue, { from: 'leased', to: delayMs > 0 ? 'delayed' : 'ready' })
    return changes > 0
  }

  deadLetter(claim: Claim, cause: DeadLetterCause, at: number): boolean {
    if (!this.#finish(claim, at, { cause })) return false
    this.#insertDeadLetter(claim, cause, at)
    return true
  }

  #insertDeadLetter({ queue, message, attempt }: Claim, cause: DeadLetterCause, at: number): void {
    const deadLetterQueue = deadLetterQueueOf(queue)
    // A dead letter of the same id is older than the memory of its message: the newer one counts.
    this.#delete(message.id, deadLetterQueue)
    const headers = toDeadLetterHeaders(message.headers, queue, cause, { attempts: attempt, at })
    this.insert(deadLetterQueue, { ...message, headers }, NO_TTL)
  }

  #finish(
    { queue, sequence, delivery, message }: Claim,
    at: number,
    { cause, from = 'leased' }: { readonly cause?: DeadLetterCause; readonly from?: 'leased' | 'ready' } = {},
  ): boolean {
    const causeText = cause === undefined ? null : JSON.stringify(cause)
    const digest = digestOf(message.body)
    const { changes } = this.#sql.finish.run(at, digest, causeText, sequence, delivery, from)
    if (changes > 0) {
      this.#sql.deletePayload.run(sequence)
      this.#counts.move(queue, { from, to: 'done' })
    }
    return changes > 0
  }

  releaseDue(time: number, limit: number): readonly Lease[] {
    const due = this.#sql.releaseDue.all(time, time, limit)
    for (const { queue, state } of due) this.#counts.move(queue, { from: state, to: 'ready' })
    return due
  }

  expireDue(time: number, limit: number): readonly string[] {
    const expired = this.#sql.expired.all(time, limit)
    for (const row of expired) {
      const { queue, sequence, delivery, attempts: attempt } = row
      const claim = { queue, sequence, delivery, attempt, message: toWireMessage(row) }
      this.#finish(claim, time, { cause: EXPIRED_CAUSE, from: 'ready' })
      this.#insertDeadLetter(claim, EXPIRED_CAUSE, time)
    }
    return expired.map(({ queue }) => queue)
  }

  nextDueAt(): number | undefined {
    return this.#sql.nextDueAt.get()?.until ?? undefined
  }

  purge(queue: string, { until, limit }: SequenceRange): number {
    const { changes } = this.#sql.purge.run(queue, until, limit)
    this.#counts.move(queue, { from: 'ready', messages: changes })
    return changes
  }

  deadLetters(
    queue: string,
    page: { readonly after: number; readonly limit: number },
  ): readonly DeadMessage[] {
    const rows = this.#sql.deadLetters.all(deadLetterQueueOf(queue), page.after, page.limit)
    return rows.map((row) => ({ sequence: row.sequence, message: toWireMessage(row) }))
  }

  replay(queue: string, { until, limit, messageIds, headers, wait }: ReplayRange): readonly string[] {
    const deadLetterQueue = deadLetterQueueOf(queue)
    const rows =
      messageIds === undefined
        ? this.#sql.replayable.all(deadLetterQueue, until, queue, limit)
        : this.#sql.replayableOf.all(JSON.stringify(messageIds), deadLetterQueue, until, queue, limit)
    for (const message of rows.map(toWireMessage)) {
      this.#delete(message.id, deadLetterQueue)
      // What is remembered of it would make it a duplicate.
      this.#delete(message.id, queue)
      const replayed = { ...message, headers: toReplayedHeaders(message.headers, queue, headers) }
      this.insert(queue, replayed, wait)
    }
    return rows.map(({ id }) => id)
  }

  lastSequence(): number {
    return this.#sql.lastSequence.get()?.sequence ?? 0
  }

  sweep({ finishedBefore, countMax, limit }: Parameters<MessageStore['sweep']>[0]): void {
    const aged = this.#sql.sweepByAge.run(finishedBefore, limit).changes
    const surplus = Math.min(limit, this.#counts.done - aged - countMax)
    const surplusSwept = surplus > 0 ? this.#sql.sweepOldest.run(surplus).changes : 0
    this.#counts.sweep(aged + surplusSwept)
  }

  forgetSome(): boolean {
    if (this.#counts.done === 0) return false
    this.#counts.sweep(this.#sql.sweepOldest.run(FORGOTTEN_FOR_ROOM).changes)
    this.#room.measureAgain()
    return true
  }

  counts(queue: string): QueueCounts {
    return this.#counts.of(queue)
  }

  oldestReady(queue: string): number | undefined {
    return this.#sql.oldestReady.get(queue)?.enqueued_at
  }

  lookup(messageId: string): MessageRecord | undefined {
    const row = this.#sql.lookup.get(messageId)
    return row === undefined ? undefined : toMessageRecord(messageId, row)
  }

  peek(messageId: string): WireMessage | undefined {
    const row = this.#sql.peek.get(messageId)
    return row === undefined ? undefined : toWireMessage({ ...row, id: messageId })
  }

  queues(): readonly string[] {
    return this.#counts
      .queues()
      .filter((queue) => !isDeadLetterQueue(queue))
      .sort()
  }

  async close(): Promise<void> {
    await this.#group.close()
    this.#database.close()
  }

  #payload(sequence: number): PayloadRow {
    const payload = this.#sql.findPayload.get(sequence)
    assert(payload !== undefined, `message ${sequence} is not done and has no payload`)
    return payload
  }

  #delete(messageId: string, queue: string): void {
    const deleted = this.#sql.delete.get(messageId, queue)
    if (deleted !== undefined) this.#counts.move(queue, { from: deleted.state })
  }
}
