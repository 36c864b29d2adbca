import type { SqliteDatabase } from '#shared/sqlite'

export interface ClaimedRow {
  readonly sequence: number
  readonly delivery: number
  readonly attempts: number
  readonly id: string
  readonly enqueued_at: number
  /** What the queue heeds. */
  readonly rank: number
}

export interface PayloadRow {
  readonly content_type: string
  /** What the sender asked for. */
  readonly priority: number | null
  readonly ttl_ms: number | null
  readonly headers: string
  readonly body: Buffer
}

export type MessageState = 'ready' | 'delayed' | 'leased' | 'done'

export interface StatusRow {
  readonly queue: string
  readonly state: MessageState
  readonly attempts: number
  readonly enqueued_at: number
  readonly finished_at: number | null
  readonly headers: string | null
  readonly dead_letter_cause: string | null
}

export interface ReleasedRow {
  readonly sequence: number
  readonly delivery: number
  readonly queue: string
  /** What it was before. */
  readonly state: 'delayed' | 'leased'
}

export interface ExpiredRow extends PayloadRow {
  readonly sequence: number
  readonly delivery: number
  readonly attempts: number
  readonly id: string
  readonly queue: string
  readonly enqueued_at: number
}

export interface CountRow {
  readonly queue: string
  readonly state: MessageState
  readonly messages: number
}

/** A dead letter with its payload. */
export interface DeadMessageRow extends PayloadRow {
  readonly sequence: number
  readonly id: string
  readonly enqueued_at: number
}

type LeaseKey = [sequence: number, delivery: number]

/** The lease still stands: the message is leased, and to this delivery. */
const LEASE_STANDS = `sequence = ? AND delivery = ? AND state = 'leased'`

const PAYLOAD = 'payload.content_type, payload.headers, payload.body, payload.priority, payload.ttl_ms'

/** What may be claimed, first things first; after it comes the limit. */
const CLAIMABLE = `queue = ? AND state = 'ready' AND (until IS NULL OR until > ?)`
const CLAIM_ORDER = 'priority, sequence'

/** No message of its id waits or is held in the queue that is asked for. */
const IS_NOT_LIVE = `NOT EXISTS (
        SELECT 1 FROM message AS live WHERE live.id = message.id AND live.queue = ? AND live.state <> 'done')`

/** Every statement on a queue file, prepared. */
export function prepareStatements(database: SqliteDatabase) {
  return {
    insert: database.prepare<
      [
        id: string,
        queue: string,
        enqueuedAt: number,
        priority: number,
        ttlMs: number | null,
        until: number | null,
      ]
    >(`
      INSERT INTO message (id, queue, state, enqueued_at, priority, ttl_ms, until)
      VALUES (?, ?, 'ready', ?, ?, ?, ?)
      ON CONFLICT (id, queue) DO NOTHING`),

    insertPayload: database.prepare<
      [
        sequence: number | bigint,
        contentType: string,
        headers: string,
        body: Uint8Array,
        priority: number | null,
        ttlMs: number | null,
      ]
    >(`
      INSERT INTO payload (sequence, content_type, headers, body, priority, ttl_ms)
      VALUES (?, ?, ?, ?, ?, ?)`),

    findPayload: database.prepare<[sequence: number], PayloadRow>(
      `SELECT ${PAYLOAD} FROM payload WHERE sequence = ?`,
    ),

    deletePayload: database.prepare<[sequence: number]>('DELETE FROM payload WHERE sequence = ?'),

    find: database.prepare<
      [id: string, queue: string],
      { readonly sequence: number; readonly body_digest: Buffer | null }
    >('SELECT sequence, body_digest FROM message WHERE id = ? AND queue = ?'),

    // One statement finds and takes, so nothing can come between. RETURNING promises no order.
    claim: database.prepare<
      [until: number, outerLeaseMs: number | null, queue: string, at: number, count: number],
      ClaimedRow
    >(`
      UPDATE message
      SET state = 'leased', until = ?, lease_ms = ?, delay_ms = NULL, delivery = delivery + 1, attempts = attempts + 1
      WHERE sequence IN (
        SELECT sequence FROM message
        WHERE ${CLAIMABLE}
        ORDER BY ${CLAIM_ORDER} LIMIT ?)
      RETURNING sequence, delivery, attempts, id, enqueued_at, priority AS rank`),

    // The length of a body is told without reading it.
    claimableSizes: database.prepare<[queue: string, at: number, count: number], { readonly bytes: number }>(`
      SELECT length(payload.body) AS bytes
      FROM (SELECT sequence, priority FROM message WHERE ${CLAIMABLE} ORDER BY ${CLAIM_ORDER} LIMIT ?) AS claimable
        CROSS JOIN payload USING (sequence)
      ORDER BY claimable.priority, sequence`),

    findLeased: database.prepare<LeaseKey, ClaimedRow & { readonly queue: string }>(
      `SELECT sequence, delivery, attempts, id, enqueued_at, priority AS rank, queue
       FROM message WHERE ${LEASE_STANDS}`,
    ),

    extend: database.prepare<[until: number, leaseMs: number, ...LeaseKey]>(
      `UPDATE message SET until = ?, lease_ms = iif(lease_ms IS NULL, NULL, ?) WHERE ${LEASE_STANDS}`,
    ),

    finish: database.prepare<
      [
        finishedAt: number,
        digest: Buffer,
        cause: string | null,
        sequence: number,
        delivery: number,
        state: 'leased' | 'ready',
      ]
    >(`
      UPDATE message
      SET state = 'done', until = NULL, finished_at = ?, body_digest = ?, dead_letter_cause = ?
      WHERE sequence = ? AND delivery = ? AND state = ?`),

    // What becomes ready has its whole time to live again, if it has one: a number plus NULL is NULL.
    release: database.prepare<[at: number, ...LeaseKey]>(`
      UPDATE message SET state = 'ready', until = ? + ttl_ms, attempts = attempts - 1 WHERE ${LEASE_STANDS}`),

    retryNow: database.prepare<[at: number, ...LeaseKey]>(
      `UPDATE message SET state = 'ready', until = ? + ttl_ms WHERE ${LEASE_STANDS}`,
    ),

    retryLater: database.prepare<[until: number, delayMs: number, ...LeaseKey]>(
      `UPDATE message SET state = 'delayed', until = ?, delay_ms = ? WHERE ${LEASE_STANDS}`,
    ),

    delete: database.prepare<[id: string, queue: string], { readonly state: MessageState }>(
      'DELETE FROM message WHERE id = ? AND queue = ? RETURNING state',
    ),

    // Of what is made ready, only delayed messages have a delay.
    releaseDue: database.prepare<[at: number, time: number, limit: number], ReleasedRow>(`
      UPDATE message SET state = 'ready', until = ? + ttl_ms
      WHERE sequence IN (
        SELECT sequence FROM message WHERE until <= ? AND state <> 'ready' ORDER BY until LIMIT ?)
      RETURNING sequence, delivery, queue, iif(delay_ms IS NULL, 'leased', 'delayed') AS state`),

    expired: database.prepare<[time: number, limit: number], ExpiredRow>(`
      SELECT sequence, delivery, attempts, id, queue, enqueued_at, ${PAYLOAD}
      FROM message JOIN payload USING (sequence)
      WHERE until <= ? AND state = 'ready' ORDER BY until LIMIT ?`),

    purge: database.prepare<[queue: string, until: number, limit: number]>(`
      DELETE FROM message WHERE sequence IN (
        SELECT sequence FROM message WHERE queue = ? AND state = 'ready' AND sequence <= ? LIMIT ?)`),

    deadLetters: database.prepare<[deadLetterQueue: string, after: number, limit: number], DeadMessageRow>(`
      SELECT sequence, id, enqueued_at, ${PAYLOAD}
      FROM message JOIN payload USING (sequence)
      WHERE queue = ? AND state = 'ready' AND message.priority = 1 AND sequence > ?
      ORDER BY sequence LIMIT ?`),

    replayable: database.prepare<
      [deadLetterQueue: string, until: number, queue: string, limit: number],
      DeadMessageRow
    >(`
      SELECT sequence, id, enqueued_at, ${PAYLOAD}
      FROM message JOIN payload USING (sequence)
      WHERE queue = ? AND state = 'ready' AND message.priority = 1 AND sequence <= ? AND ${IS_NOT_LIVE}
      ORDER BY sequence LIMIT ?`),

    // Begins with the ids, because there may be many more dead letters than are asked for.
    replayableOf: database.prepare<
      [messageIds: string, deadLetterQueue: string, until: number, queue: string, limit: number],
      DeadMessageRow
    >(`
      SELECT sequence, message.id, enqueued_at, ${PAYLOAD}
      FROM (SELECT DISTINCT value FROM json_each(?)) AS selected
        CROSS JOIN message ON message.id = selected.value
        JOIN payload USING (sequence)
      WHERE queue = ? AND state = 'ready' AND sequence <= ? AND ${IS_NOT_LIVE}
      ORDER BY sequence LIMIT ?`),

    lastSequence: database.prepare<[], { readonly sequence: number | null }>(
      'SELECT max(sequence) AS sequence FROM message',
    ),

    nextDueAt: database.prepare<[], { readonly until: number | null }>(
      'SELECT min(until) AS until FROM message WHERE until IS NOT NULL',
    ),

    sweepByAge: database.prepare<[finishedBefore: number, limit: number]>(`
      DELETE FROM message WHERE sequence IN (
        SELECT sequence FROM message WHERE finished_at < ? ORDER BY finished_at, sequence LIMIT ?)`),

    sweepOldest: database.prepare<[limit: number]>(`
      DELETE FROM message WHERE sequence IN (
        SELECT sequence FROM message WHERE finished_at IS NOT NULL ORDER BY finished_at, sequence LIMIT ?)`),

    // One look into the index for each priority, instead of a walk through all that is ready.
    oldestReady: database.prepare<[queue: string], { readonly enqueued_at: number }>(`
      SELECT enqueued_at FROM message WHERE sequence = (
        SELECT min(first) FROM (
          SELECT (
            SELECT min(sequence) FROM message
            WHERE queue = wanted.queue AND state = 'ready' AND priority = ranks.rank) AS first
          FROM (SELECT ? AS queue) AS wanted,
            (SELECT 0 AS rank UNION ALL SELECT 1 UNION ALL SELECT 2) AS ranks))`),

    // The message itself tells more than its dead letter, but is forgotten sooner. A dead letter that is done
    // was thrown away and tells nothing.
    lookup: database.prepare<[id: string], StatusRow>(`
      SELECT message.*, payload.headers
      FROM message LEFT JOIN payload USING (sequence)
      WHERE id = ? AND NOT (state = 'done' AND queue LIKE '%.dlq')
      ORDER BY queue LIKE '%.dlq', sequence DESC LIMIT 1`),

    peek: database.prepare<[id: string], PayloadRow & { readonly enqueued_at: number }>(`
      SELECT ${PAYLOAD}, enqueued_at
      FROM message JOIN payload USING (sequence)
      WHERE id = ?
      ORDER BY sequence DESC LIMIT 1`),

    count: database.prepare<[], CountRow>(
      'SELECT queue, state, count(*) AS messages FROM message GROUP BY queue, state',
    ),

    releaseInnerLeases: database.prepare<[at: number]>(`
      UPDATE message SET state = 'ready', until = ? + ttl_ms
      WHERE state = 'leased' AND lease_ms IS NULL AND until IS NOT NULL`),

    leaseOwner: database.prepare<[], { readonly id: string }>('SELECT id FROM lease_owner'),

    limitDelays: database.prepare<[now: number]>(`
      UPDATE message
      SET until = min(until, ? + CASE state WHEN 'delayed' THEN delay_ms WHEN 'leased' THEN lease_ms ELSE ttl_ms END)
      WHERE until IS NOT NULL AND state IN ('delayed', 'leased', 'ready')`),
  }
}
