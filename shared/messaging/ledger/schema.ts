import type { Migration } from '#shared/sqlite'

/** The tables of a message ledger. */
export const migrations: readonly Migration[] = [
  {
    id: 1,
    name: 'messages',
    sql: `
      CREATE TABLE message (
        -- Order in which messages were first heard of: the oldest are forgotten first.
        sequence          INTEGER PRIMARY KEY AUTOINCREMENT,
        id                TEXT NOT NULL,
        queue             TEXT NOT NULL,
        state             TEXT NOT NULL CHECK (state IN ('ready', 'delayed', 'leased', 'done', 'dead')),
        attempts          INTEGER NOT NULL,
        enqueued_at       INTEGER NOT NULL,
        finished_at       INTEGER,
        trace_id          TEXT,
        -- JSON of why it was given up.
        dead_letter_cause TEXT,
        -- Tells a message that is sent again from another one under its id.
        body_digest       BLOB NOT NULL,
        -- Number of the last change, greater than that of any change before.
        version           INTEGER NOT NULL,
        UNIQUE (id, queue)
      ) STRICT;

      CREATE INDEX message_finished ON message (finished_at) WHERE finished_at IS NOT NULL;
    `,
  },
  {
    id: 2,
    name: 'bindings',
    sql: `
      -- Every binding that the broker was ever told to have: it cannot be asked, and forgets none.
      CREATE TABLE binding (
        exchange TEXT NOT NULL,
        pattern  TEXT NOT NULL,
        queue    TEXT NOT NULL,
        PRIMARY KEY (exchange, pattern, queue)
      ) STRICT, WITHOUT ROWID;
    `,
  },
]
