import type { SqliteDatabase } from '#shared/sqlite'
import { createSweeper } from './sweeper'

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

/** An inbox in the table `inbox` of `database`. */
export function createInbox(database: SqliteDatabase, { retentionMs, now = Date.now }: InboxOptions): Inbox {
  const insert = database.prepare<[string, string, number]>(
    'INSERT INTO inbox (consumer, message_id, received_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const forget = database.prepare<[number, number]>(
    `DELETE FROM inbox WHERE (consumer, message_id) IN
      (SELECT consumer, message_id FROM inbox WHERE received_at < ? ORDER BY received_at LIMIT ?)`,
  )
  const sweep = createSweeper({ retentionMs, forget: (before, limit) => forget.run(before, limit), now })

  return {
    admit(consumer, messageId) {
      const isNew = insert.run(consumer, messageId, now()).changes === 1
      sweep()
      return isNew
    },
  }
}
