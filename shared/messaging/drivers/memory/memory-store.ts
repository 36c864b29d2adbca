import { randomUUID } from 'node:crypto'
import type { MessageRecord } from '../../driver'
import {
  type DeadLetterCause,
  deadLetterQueueOf,
  EXPIRED_CAUSE,
  isDeadLetterQueue,
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
import { type Entry, toClaim, toMessageRecord } from './entry'
import { ReadyLine } from './ready-line'

interface MemoryQueue {
  readonly byId: Map<string, Entry>
  readonly ready: ReadyLine
  delayed: number
  leased: number
}

const NO_BODY = new Uint8Array()

/** Messages in memory: gone with the process. For tests, and for trying things out. */
export class MemoryStore implements MessageStore {
  readonly leaseOwner = randomUUID()
  readonly #queues = new Map<string, MemoryQueue>()
  readonly #bySequence = new Map<number, Entry>()
  /** What leaves its state when its time has come. */
  readonly #pending = new Set<Entry>()
  /** What is done, first finished first. */
  readonly #done = new Set<Entry>()
  #lastSequence = 0

  // Each step checks before it changes anything and cannot fail half-way, so there is nothing to undo.
  async transact<Result>(work: () => Result): Promise<Result> {
    return work()
  }

  insert(queue: string, message: WireMessage, wait: Wait): InsertOutcome {
    const outcome = this.compare(queue, message)
    if (outcome !== 'inserted') return outcome

    this.#lastSequence += 1
    const entry: Entry = {
      sequence: this.#lastSequence,
      queue,
      // Copied, because the sender may go on to use its buffer.
      message: { ...message, body: Uint8Array.from(message.body) },
      digest: digestOf(message.body),
      state: 'ready',
      rank: rankOf(queue, message),
      ttlMs: ttlOf(queue, message, wait.ttlMs) ?? Number.POSITIVE_INFINITY,
      until: Number.POSITIVE_INFINITY,
      delivery: 0,
      attempts: 0,
    }
    this.#bySequence.set(entry.sequence, entry)
    this.#queue(queue).byId.set(message.id, entry)
    this.#makeReady(entry, wait.at)
    return 'inserted'
  }

  compare(queue: string, { id, body }: WireMessage): InsertOutcome {
    const known = this.#queues.get(queue)?.byId.get(id)
    if (known === undefined) return 'inserted'
    return known.digest.equals(digestOf(body)) ? 'duplicate' : 'conflict'
  }

  /** What limits it are the lengths of queues. */
  shortageFor(): undefined {}

  claim(queue: string, count: number, { at, leaseMs, bytesMax }: LeaseTerms) {
    const ready = this.#queue(queue).ready.first(count, (entry) => entry.until > at)
    const sizes = ready.map(({ message }) => message.body.byteLength)
    const fitting = bytesMax === undefined ? ready : ready.slice(0, countWithin(bytesMax, sizes))
    return fitting.map((entry) => {
      entry.delivery += 1
      entry.attempts += 1
      this.#leave(entry)
      this.#hold(entry, 'leased', at + leaseMs)
      return toClaim(entry)
    })
  }

  findClaim(lease: Lease): Claim | undefined {
    const entry = this.#find(lease)
    return entry?.queue === lease.queue ? toClaim(entry) : undefined
  }

  extend(lease: Lease, { at, leaseMs }: Pick<LeaseTerms, 'at' | 'leaseMs'>): boolean {
    const entry = this.#find(lease)
    if (entry !== undefined) entry.until = at + leaseMs
    return entry !== undefined
  }

  acknowledge(lease: Lease, at: number): boolean {
    const entry = this.#find(lease)
    if (entry !== undefined) this.#finish(entry, at)
    return entry !== undefined
  }

  release(lease: Lease, at: number): boolean {
    const entry = this.#find(lease)
    if (entry === undefined) return false
    entry.attempts -= 1
    this.#leave(entry)
    this.#makeReady(entry, at)
    return true
  }

  retry(lease: Lease, { delayMs, at }: { readonly delayMs: number; readonly at: number }): boolean {
    const entry = this.#find(lease)
    if (entry === undefined) return false
    this.#leave(entry)
    if (delayMs === 0) this.#makeReady(entry, at)
    else this.#hold(entry, 'delayed', at + delayMs)
    return true
  }

  deadLetter(claim: Claim, cause: DeadLetterCause, at: number): boolean {
    const entry = this.#find(claim)
    if (entry !== undefined) this.#giveUp(entry, cause, at)
    return entry !== undefined
  }

  #giveUp(entry: Entry, cause: DeadLetterCause, at: number): void {
    const { queue, message, attempts } = entry
    const deadLetterQueue = deadLetterQueueOf(queue)
    // A dead letter of the same id is older than the memory of its message: the newer one counts.
    const older = this.#queue(deadLetterQueue).byId.get(message.id)
    if (older !== undefined) this.#forget(older)
    const headers = toDeadLetterHeaders(message.headers, queue, cause, { attempts, at })
    this.insert(deadLetterQueue, { ...message, headers }, NO_TTL)
    entry.cause = cause
    this.#finish(entry, at)
  }

  releaseDue(time: number, limit: number): readonly Lease[] {
    const due = this.#due(time, limit, ({ state }) => state !== 'ready')
    for (const entry of due) {
      this.#leave(entry)
      this.#makeReady(entry, time)
    }
    return due
  }

  expireDue(time: number, limit: number): readonly string[] {
    const expired = this.#due(time, limit, ({ state }) => state === 'ready')
    for (const entry of expired) this.#giveUp(entry, EXPIRED_CAUSE, time)
    return expired.map(({ queue }) => queue)
  }

  #due(time: number, limit: number, isMeant: (entry: Entry) => boolean): Entry[] {
    return [...this.#pending].filter((entry) => entry.until <= time && isMeant(entry)).slice(0, limit)
  }

  nextDueAt(): number | undefined {
    let next: number | undefined
    for (const { until } of this.#pending) next = Math.min(next ?? until, until)
    return next
  }

  purge(queue: string, { until, limit }: SequenceRange): number {
    const purged = this.#queue(queue).ready.first(limit, ({ sequence }) => sequence <= until)
    for (const entry of purged) this.#forget(entry)
    return purged.length
  }

  deadLetters(
    queue: string,
    page: { readonly after: number; readonly limit: number },
  ): readonly DeadMessage[] {
    const { ready } = this.#queue(deadLetterQueueOf(queue))
    return ready.first(page.limit, ({ sequence }) => sequence > page.after)
  }

  replay(queue: string, { until, limit, messageIds, headers, wait }: ReplayRange): readonly string[] {
    const { byId } = this.#queue(queue)
    const selected = messageIds && new Set(messageIds)
    const { ready } = this.#queue(deadLetterQueueOf(queue))
    const replayed = ready.first(limit, ({ sequence, message: { id } }) => {
      const isLive = (byId.get(id)?.state ?? 'done') !== 'done'
      return sequence <= until && (selected?.has(id) ?? true) && !isLive
    })
    for (const entry of replayed) {
      const { message } = entry
      this.#forget(entry)
      // What is remembered of it would make it a duplicate.
      const known = byId.get(message.id)
      if (known !== undefined) this.#forget(known)
      const replayed = { ...message, headers: toReplayedHeaders(message.headers, queue, headers) }
      this.insert(queue, replayed, wait)
    }
    return replayed.map(({ message }) => message.id)
  }

  lastSequence(): number {
    return this.#lastSequence
  }

  forgetSome(): boolean {
    return false
  }

  sweep({ finishedBefore, countMax, limit }: Parameters<MessageStore['sweep']>[0]): void {
    let left = limit
    for (const entry of this.#done) {
      const isKept = this.#done.size <= countMax && (entry.finishedAt ?? 0) >= finishedBefore
      if (isKept || left === 0) return
      this.#forget(entry)
      left -= 1
    }
  }

  counts(queue: string): QueueCounts {
    const { ready, delayed, leased } = this.#queue(queue)
    return { ready: ready.length, delayed, leased }
  }

  oldestReady(queue: string): number | undefined {
    return this.#queue(queue).ready.oldest()?.message.enqueuedAt
  }

  lookup(messageId: string): MessageRecord | undefined {
    const latestFirst = this.#latestFirst(messageId)
    // The message itself tells more than its dead letter, but is forgotten sooner. A dead letter that is done
    // was thrown away and tells nothing.
    const entry =
      latestFirst.find(({ queue }) => !isDeadLetterQueue(queue)) ??
      latestFirst.find(({ state }) => state !== 'done')
    return entry === undefined ? undefined : toMessageRecord(entry)
  }

  peek(messageId: string): WireMessage | undefined {
    return this.#latestFirst(messageId).find(({ state }) => state !== 'done')?.message
  }

  #latestFirst(messageId: string): Entry[] {
    return [...this.#queues.values()]
      .flatMap(({ byId }) => byId.get(messageId) ?? [])
      .sort((one, other) => other.sequence - one.sequence)
  }

  queues(): readonly string[] {
    const used = [...this.#queues].filter(([, { byId }]) => byId.size > 0).map(([queue]) => queue)
    return used.filter((queue) => !isDeadLetterQueue(queue)).sort()
  }

  async close(): Promise<void> {}

  #queue(name: string): MemoryQueue {
    const known = this.#queues.get(name)
    if (known !== undefined) return known
    const queue: MemoryQueue = { byId: new Map(), ready: new ReadyLine(), delayed: 0, leased: 0 }
    this.#queues.set(name, queue)
    return queue
  }

  /** The message that `lease` is good for, undefined when it has moved on. */
  #find({ sequence, delivery }: Lease): Entry | undefined {
    const entry = this.#bySequence.get(sequence)
    return entry?.state === 'leased' && entry.delivery === delivery ? entry : undefined
  }

  /** Makes it delayed or leased; it must have left what it was before. */
  #hold(entry: Entry, state: 'delayed' | 'leased', until: number): void {
    entry.state = state
    entry.until = until
    this.#pending.add(entry)
    this.#queue(entry.queue)[state] += 1
  }

  #makeReady(entry: Entry, at: number): void {
    entry.state = 'ready'
    entry.until = at + entry.ttlMs
    if (entry.until < Number.POSITIVE_INFINITY) this.#pending.add(entry)
    this.#queue(entry.queue).ready.add(entry)
  }

  /** Takes it out of whatever it is in. */
  #leave(entry: Entry): void {
    const queue = this.#queue(entry.queue)
    if (entry.state === 'ready') queue.ready.remove(entry)
    if (entry.state === 'delayed' || entry.state === 'leased') queue[entry.state] -= 1
    this.#pending.delete(entry)
  }

  #finish(entry: Entry, at: number): void {
    this.#leave(entry)
    entry.state = 'done'
    entry.finishedAt = at
    entry.message = { ...entry.message, body: NO_BODY, headers: {} }
    this.#done.add(entry)
  }

  #forget(entry: Entry): void {
    this.#leave(entry)
    this.#queue(entry.queue).byId.delete(entry.message.id)
    this.#bySequence.delete(entry.sequence)
    this.#done.delete(entry)
  }
}
