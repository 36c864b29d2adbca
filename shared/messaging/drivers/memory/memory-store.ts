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

interface Entry {
  readonly sequence: number
  readonly queue: string
  message: WireMessage
  readonly digest: Buffer
  state: 'ready' | 'delayed' | 'leased' | 'done'
  /** End of the delay or the lease. */
  until: number
  delivery: number
  attempts: number
  finishedAt?: number
  cause?: DeadLetterCause
}

interface MemoryQueue {
  readonly byId: Map<string, Entry>
  /** In order of arrival. */
  readonly ready: Entry[]
  delayed: number
  leased: number
}

const NO_BODY = new Uint8Array()

/** Messages in memory: gone with the process. For tests, and for trying things out. */
export class MemoryStore implements MessageStore {
  readonly #queues = new Map<string, MemoryQueue>()
  readonly #bySequence = new Map<number, Entry>()
  /** What is delayed or leased. */
  readonly #pending = new Set<Entry>()
  /** What is done, first finished first. */
  readonly #done = new Set<Entry>()
  #lastSequence = 0

  // Each step checks before it changes anything and cannot fail half-way, so there is nothing to undo.
  async transact<Result>(work: () => Result): Promise<Result> {
    return work()
  }

  insert(queue: string, message: WireMessage): 'inserted' | 'duplicate' | 'conflict' {
    const { byId, ready } = this.#queue(queue)
    const digest = digestOf(message.body)
    const known = byId.get(message.id)
    if (known !== undefined) return known.digest.equals(digest) ? 'duplicate' : 'conflict'

    this.#lastSequence += 1
    const entry: Entry = {
      sequence: this.#lastSequence,
      queue,
      // Copied, because the sender may go on to use its buffer.
      message: { ...message, body: Uint8Array.from(message.body) },
      digest,
      state: 'ready',
      until: Number.POSITIVE_INFINITY,
      delivery: 0,
      attempts: 0,
    }
    this.#bySequence.set(entry.sequence, entry)
    byId.set(message.id, entry)
    ready.push(entry)
    return 'inserted'
  }

  has(queue: string, messageId: string): boolean {
    return this.#queues.get(queue)?.byId.has(messageId) ?? false
  }

  claim(queue: string, count: number, until: number): readonly Claim[] {
    return this.#queue(queue)
      .ready.splice(0, count)
      .map((entry) => {
        entry.delivery += 1
        entry.attempts += 1
        this.#hold(entry, 'leased', until)
        const { sequence, delivery, message, attempts } = entry
        return { queue, sequence, delivery, message, attempt: attempts }
      })
  }

  findClaim(lease: Lease): Claim | undefined {
    const entry = this.#find(lease)
    if (entry === undefined || entry.queue !== lease.queue) return undefined
    return { ...lease, message: entry.message, attempt: entry.attempts }
  }

  extend(lease: Lease, until: number): boolean {
    const entry = this.#find(lease)
    if (entry !== undefined) entry.until = until
    return entry !== undefined
  }

  acknowledge(lease: Lease, at: number): boolean {
    const entry = this.#find(lease)
    if (entry !== undefined) this.#finish(entry, at)
    return entry !== undefined
  }

  release(lease: Lease): boolean {
    const entry = this.#find(lease)
    if (entry === undefined) return false
    entry.attempts -= 1
    this.#makeReady(entry)
    return true
  }

  retry(lease: Lease, { delayMs, until }: { readonly delayMs: number; readonly until: number }): boolean {
    const entry = this.#find(lease)
    if (entry === undefined) return false
    if (delayMs === 0) this.#makeReady(entry)
    else {
      this.#letGo(entry)
      this.#hold(entry, 'delayed', until)
    }
    return true
  }

  deadLetter(claim: Claim, cause: DeadLetterCause, at: number): boolean {
    const entry = this.#find(claim)
    if (entry === undefined) return false
    const { queue, message, attempt } = claim
    const deadLetterQueue = deadLetterQueueOf(queue)
    // A dead letter of the same id is older than the memory of its message: the newer one counts.
    const older = this.#queue(deadLetterQueue).byId.get(message.id)
    if (older !== undefined) this.#forget(older)
    const headers = toDeadLetterHeaders(message.headers, queue, cause, { attempts: attempt, at })
    this.insert(deadLetterQueue, { ...message, headers })
    entry.cause = cause
    this.#finish(entry, at)
    return true
  }

  releaseDue(time: number, limit: number): readonly Lease[] {
    const due = [...this.#pending].filter((entry) => entry.until <= time).slice(0, limit)
    for (const entry of due) this.#makeReady(entry)
    return due
  }

  nextDueAt(): number | undefined {
    let next: number | undefined
    for (const { until } of this.#pending) next = Math.min(next ?? until, until)
    return next
  }

  purge(queue: string, { until, limit }: SequenceRange): number {
    const purged = this.#queue(queue)
      .ready.filter(({ sequence }) => sequence <= until)
      .slice(0, limit)
    for (const entry of purged) this.#forget(entry)
    return purged.length
  }

  deadLetters(
    queue: string,
    page: { readonly after: number; readonly limit: number },
  ): readonly DeadMessage[] {
    return this.#queue(deadLetterQueueOf(queue))
      .ready.filter(({ sequence }) => sequence > page.after)
      .slice(0, page.limit)
  }

  replay(queue: string, { until, limit, messageIds, headers }: ReplayRange): readonly string[] {
    const { byId } = this.#queue(queue)
    const selected = messageIds && new Set(messageIds)
    const replayed = this.#queue(deadLetterQueueOf(queue))
      .ready.filter(({ sequence, message: { id } }) => {
        const isLive = (byId.get(id)?.state ?? 'done') !== 'done'
        return sequence <= until && (selected?.has(id) ?? true) && !isLive
      })
      .slice(0, limit)
    for (const entry of replayed) {
      const { message } = entry
      this.#forget(entry)
      // What is remembered of it would make it a duplicate.
      const known = byId.get(message.id)
      if (known !== undefined) this.#forget(known)
      this.insert(queue, { ...message, headers: toReplayedHeaders(message.headers, queue, headers) })
    }
    return replayed.map(({ message }) => message.id)
  }

  lastSequence(): number {
    return this.#lastSequence
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
    return this.#queues.get(queue)?.ready[0]?.message.enqueuedAt
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
    const queue: MemoryQueue = { byId: new Map(), ready: [], delayed: 0, leased: 0 }
    this.#queues.set(name, queue)
    return queue
  }

  /** The message that `lease` is good for, undefined when it has moved on. */
  #find({ sequence, delivery }: Lease): Entry | undefined {
    const entry = this.#bySequence.get(sequence)
    return entry?.state === 'leased' && entry.delivery === delivery ? entry : undefined
  }

  #hold(entry: Entry, state: 'delayed' | 'leased', until: number): void {
    entry.state = state
    entry.until = until
    this.#pending.add(entry)
    this.#queue(entry.queue)[state] += 1
  }

  #letGo(entry: Entry): void {
    if (entry.state === 'delayed' || entry.state === 'leased') this.#queue(entry.queue)[entry.state] -= 1
    this.#pending.delete(entry)
  }

  #makeReady(entry: Entry): void {
    this.#letGo(entry)
    entry.state = 'ready'
    const { ready } = this.#queue(entry.queue)
    const later = ready.findIndex(({ sequence }) => sequence > entry.sequence)
    ready.splice(later < 0 ? ready.length : later, 0, entry)
  }

  #finish(entry: Entry, at: number): void {
    this.#letGo(entry)
    entry.state = 'done'
    entry.finishedAt = at
    entry.message = { ...entry.message, body: NO_BODY, headers: {} }
    this.#done.add(entry)
  }

  #forget(entry: Entry): void {
    const { byId, ready } = this.#queue(entry.queue)
    this.#letGo(entry)
    if (entry.state === 'ready') ready.splice(ready.indexOf(entry), 1)
    byId.delete(entry.message.id)
    this.#bySequence.delete(entry.sequence)
    this.#done.delete(entry)
  }
}

function toMessageRecord({ queue, message, state, attempts, finishedAt, cause }: Entry): MessageRecord {
  const { id: messageId, enqueuedAt, headers } = message
  if (isDeadLetterQueue(queue)) return toDeadLetterRecord({ messageId, queue, enqueuedAt, headers })
  return {
    messageId,
    queue,
    state: cause === undefined ? state : 'dead',
    attempts,
    enqueuedAt,
    ...(finishedAt !== undefined && { finishedAt }),
    ...(cause !== undefined && { cause }),
  }
}
