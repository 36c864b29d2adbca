import type { SqliteDatabase } from '#shared/sqlite'

/** Messages that consumers have had. */
export interface Inbox {
  /**
   * False when `consumer` had the message before. To be called inside the transaction of what the consumer does
   * with it, so that either both are kept or neither.
   */
  admit(consumer: string, messageId: string): boolean
}

export interface InboxOptions {
  /** How long a message is remembered. */
  readonly retentionMs: number
  readonly now?: () => number
}

/** Each so many messages, twice as many old ones are forgotten: small steps that keep up. */
const SWEEP_EVERY = 64

/** An inbox in the table `inbox` of `database`. */
export function createInbox(database: SqliteDatabase, { retentionMs, now = Date.now }: InboxOptions): Inbox {
  const insert = database.prepare<[string, string, number]>(
    'INSERT INTO inbox (consumer, message_id, received_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const sweep = database.prepare<[number, number]>(
    `DELETE FROM inbox WHERE (consumer, message_id) IN
      (SELECT consumer, message_id FROM inbox WHERE received_at < ? ORDER BY received_at LIMIT ?)`,
  )
  let admitted = 0

  return {
    admit(consumer, messageId) {
      const at = now()
      const isNew = insert.run(consumer, messageId, at).changes === 1
      admitted += 1
      if (admitted % SWEEP_EVERY === 0) sweep.run(at - retentionMs, 2 * SWEEP_EVERY)
      return isNew
    },
  }
}
