import assert from 'node:assert/strict'
import { GroupCommit, type SqliteDatabase } from '#shared/sqlite'
import type { MessageRecord } from '../../driver'
import {
  type DeadLetterCause,
  deadLetterQueueOf,
  isDeadLetterQueue,
  toDeadLetterHeaders,
  toReplayedHeaders,
  type WireMessage,
} from '../../message'
import { digestOf } from '../embedded/body-digest'
import { toDeadLetterRecord } from '../embedded/dead-letter-record'
import type {
  Claim,
  DeadMessage,
  Lease,
  MessageStore,
  QueueCounts,
  ReplayRange,
  SequenceRange,
} from '../embedded/message-store'
import {
  type ClaimedRow,
  type MessageState,
  type PayloadRow,
  prepareStatements,
  type StatusRow,
} from './statements'

type State = Exclude<MessageState, 'done'>

/** What is in the file, counted once and kept up since: a length limit must not cost a scan each time. */
interface Counts {
  readonly queues: Map<string, Record<State, number>>
  done: number
}

export interface SqliteStoreOptions {
  /** Wall clock when the driver was opened. */
  readonly openedAt: number
  /** Most writes that share one transaction. */
  readonly batchMax: number | undefined
}

/**
 * Messages in a SQLite file, several steps to a transaction (`GroupCommit`). It owns `database` from now on.
 *
 * Opening ends every lease at once: the database has one owner process at a time, so whoever held one died with
 * the owner before. The attempts stay counted, which is how a message that kills the process is told from one
 * that was merely in its way.
 */
export class SqliteStore implements MessageStore {
  readonly #database: SqliteDatabase
  readonly #group: GroupCommit
  readonly #sql: ReturnType<typeof prepareStatements>
  #knownCounts: Counts | undefined

  constructor(database: SqliteDatabase, { openedAt, batchMax }: SqliteStoreOptions) {
    this.#database = database
    this.#sql = prepareStatements(database)
    this.#group = new GroupCommit(database, {
      ...(batchMax !== undefined && { batchMax }),
      onRollback: () => this.#countAgain(),
    })
    database.transaction(() => {
      this.#sql.releaseAllLeases.run()
      // A clock set back while nobody ran must not hold a message for longer than its own delay.
      this.#sql.limitDelays.run(openedAt)
    })
  }

  transact<Result>(work: () => Result): Promise<Result> {
    return this.#group.run(() => {
      // Counted before the work changes anything, or its changes would be counted twice.
      this.#knownCounts ??= this.#count()
      try {
        return work()
      } catch (error) {
        // What it had counted is undone with it.
        this.#countAgain()
        throw error
      }
    })
  }

  insert(queue: string, message: WireMessage): 'inserted' | 'duplicate' | 'conflict' {
    const { id, enqueuedAt, contentType, headers, body } = message
    const { changes, lastInsertRowid: sequence } = this.#sql.insert.run(id, queue, enqueuedAt)
    if (changes === 0) return this.#isSameBody(queue, message) ? 'duplicate' : 'conflict'
    this.#sql.insertPayload.run(sequence, contentType, JSON.stringify(headers), body)
    this.#move(queue, { to: 'ready' })
    return 'inserted'
  }

  #isSameBody(queue: string, { id, body }: WireMessage): boolean {
    const known = this.#sql.find.get(id, queue)
    if (known === undefined) return false
    const digest = known.body_digest ?? digestOf(this.#payload(known.sequence).body)
    return digest.equals(digestOf(body))
  }

  has(queue: string, messageId: string): boolean {
    return this.#sql.find.get(messageId, queue) !== undefined
  }

  claim(queue: string, count: number, until: number): readonly Claim[] {
    if (this.counts(queue).ready === 0) return []
    const rows = this.#sql.claim.all(until, queue, count)
    this.#move(queue, { from: 'ready', to: 'leased', messages: rows.length })
    return rows
      .sort((one, other) => one.sequence - other.sequence)
      .map((row) => toClaim(queue, row, this.#payload(row.sequence)))
  }

  findClaim({ queue, sequence, delivery }: Lease): Claim | undefined {
    const row = this.#sql.findLeased.get(sequence, delivery)
    if (row === undefined || row.queue !== queue) return undefined
    return toClaim(queue, row, this.#payload(sequence))
  }

  extend({ sequence, delivery }: Lease, until: number): boolean {
    return this.#sql.extend.run(until, sequence, delivery).changes > 0
  }

  acknowledge(claim: Claim, at: number): boolean {
    return this.#finish(claim, at)
  }

  release({ queue, sequence, delivery }: Lease): boolean {
    const released = this.#sql.release.run(sequence, delivery).changes > 0
    if (released) this.#move(queue, { from: 'leased', to: 'ready' })
    return released
  }

  retry(lease: Lease, { delayMs, until }: { readonly delayMs: number; readonly until: number }): boolean {
    const { queue, sequence, delivery } = lease
    const { changes } =
      delayMs > 0
        ? this.#sql.retryLater.run(until, delayMs, sequence, delivery)
        : this.#sql.retryNow.run(sequence, delivery)
    if (changes > 0) this.#move(queue, { from: 'leased', to: delayMs > 0 ? 'delayed' : 'ready' })
    return changes > 0
  }

  deadLetter(claim: Claim, cause: DeadLetterCause, at: number): boolean {
    if (!this.#finish(claim, at, cause)) return false
    const { queue, message, attempt } = claim
    const deadLetterQueue = deadLetterQueueOf(queue)
    // A dead letter of the same id is older than the memory of its message: the newer one counts.
    this.#delete(message.id, deadLetterQueue)
    const headers = toDeadLetterHeaders(message.headers, queue, cause, { attempts: attempt, at })
    this.insert(deadLetterQueue, { ...message, headers })
    return true
  }

  #finish({ queue, sequence, delivery, message }: Claim, at: number, cause?: DeadLetterCause): boolean {
    const causeText = cause === undefined ? null : JSON.stringify(cause)
    const { changes } = this.#sql.finish.run(at, digestOf(message.body), causeText, sequence, delivery)
    if (changes > 0) {
      this.#sql.deletePayload.run(sequence)
      this.#move(queue, { from: 'leased' })
      this.#counts.done += 1
    }
    return changes > 0
  }

  releaseDue(time: number, limit: number): readonly Lease[] {
    const due = this.#sql.releaseDue.all(time, limit)
    for (const { queue, state } of due) this.#move(queue, { from: state, to: 'ready' })
    return due
  }

  nextDueAt(): number | undefined {
    return this.#sql.nextDueAt.get()?.until ?? undefined
  }

  purge(queue: string, { until, limit }: SequenceRange): number {
    const { changes } = this.#sql.purge.run(queue, until, limit)
    this.#move(queue, { from: 'ready', messages: changes })
    return changes
  }

  deadLetters(
    queue: string,
    page: { readonly after: number; readonly limit: number },
  ): readonly DeadMessage[] {
    const rows = this.#sql.deadLetters.all(deadLetterQueueOf(queue), page.after, page.limit)
    return rows.map((row) => ({ sequence: row.sequence, message: toWireMessage(row) }))
  }

  replay(queue: string, { until, limit, messageIds, headers }: ReplayRange): readonly string[] {
    const deadLetterQueue = deadLetterQueueOf(queue)
    const rows =
      messageIds === undefined
        ? this.#sql.replayable.all(deadLetterQueue, until, queue, limit)
        : this.#sql.replayableOf.all(JSON.stringify(messageIds), deadLetterQueue, until, queue, limit)
    for (const message of rows.map(toWireMessage)) {
      this.#delete(message.id, deadLetterQueue)
      // What is remembered of it would make it a duplicate.
      this.#delete(message.id, queue)
      this.insert(queue, { ...message, headers: toReplayedHeaders(message.headers, queue, headers) })
    }
    return rows.map(({ id }) => id)
  }

  lastSequence(): number {
    return this.#sql.lastSequence.get()?.sequence ?? 0
  }

  sweep({ finishedBefore, countMax, limit }: Parameters<MessageStore['sweep']>[0]): void {
    const counts = this.#counts
    const aged = this.#sql.sweepByAge.run(finishedBefore, limit).changes
    const surplus = Math.min(limit, counts.done - aged - countMax)
    const surplusSwept = surplus > 0 ? this.#sql.sweepOldest.run(surplus).changes : 0
    counts.done -= aged + surplusSwept
  }

  counts(queue: string): QueueCounts {
    return this.#counts.queues.get(queue) ?? { ready: 0, delayed: 0, leased: 0 }
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
    return [...this.#counts.queues.keys()].filter((queue) => !isDeadLetterQueue(queue)).sort()
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

  get #counts(): Counts {
    this.#knownCounts ??= this.#count()
    return this.#knownCounts
  }

  #countAgain(): void {
    this.#knownCounts = undefined
  }

  #count(): Counts {
    const counts: Counts = { queues: new Map(), done: 0 }
    for (const { queue, state, messages } of this.#sql.count.all()) {
      const queueCounts = countsOf(counts, queue)
      if (state === 'done') counts.done += messages
      else queueCounts[state] = messages
    }
    return counts
  }

  #delete(messageId: string, queue: string): void {
    const deleted = this.#sql.delete.get(messageId, queue)
    if (deleted?.state === 'done') this.#counts.done -= 1
    else if (deleted !== undefined) this.#move(queue, { from: deleted.state })
  }

  #move(
    queue: string,
    move: { readonly from?: State; readonly to?: State; readonly messages?: number },
  ): void {
    const { from, to, messages = 1 } = move
    const queueCounts = countsOf(this.#counts, queue)
    if (from !== undefined) queueCounts[from] -= messages
    if (to !== undefined) queueCounts[to] += messages
  }
}

function countsOf({ queues }: Counts, queue: string): Record<State, number> {
  const known = queues.get(queue)
  if (known !== undefined) return known
  const none = { ready: 0, delayed: 0, leased: 0 }
  queues.set(queue, none)
  return none
}

function toClaim(queue: string, row: ClaimedRow, payload: PayloadRow): Claim {
  const { sequence, delivery, attempts: attempt } = row
  return { queue, sequence, delivery, attempt, message: toWireMessage({ ...row, ...payload }) }
}

function toWireMessage(row: PayloadRow & { readonly id: string; readonly enqueued_at: number }): WireMessage {
  const { id, body, content_type: contentType, enqueued_at: enqueuedAt } = row
  return { id, body, headers: JSON.parse(row.headers), contentType, enqueuedAt }
}

function toMessageRecord(messageId: string, row: StatusRow): MessageRecord {
  const { queue, state, attempts, enqueued_at: enqueuedAt, finished_at, dead_letter_cause } = row
  if (isDeadLetterQueue(queue)) {
    return toDeadLetterRecord({ messageId, queue, enqueuedAt, headers: JSON.parse(row.headers ?? '{}') })
  }
  return {
    messageId,
    queue,
    state: dead_letter_cause === null ? state : 'dead',
    attempts,
    enqueuedAt,
    ...(finished_at !== null && { finishedAt: finished_at }),
    ...(dead_letter_cause !== null && { cause: JSON.parse(dead_letter_cause) }),
  }
}
