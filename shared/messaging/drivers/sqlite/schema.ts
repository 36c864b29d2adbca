import type { Migration } from '#shared/sqlite'

/** The tables of a queue file. `MessageStore` describes the states. */
export const migrations: readonly Migration[] = [
  {
    id: 1,
    name: 'messages',
    sql: `
      CREATE TABLE message (
        -- Order of arrival. AUTOINCREMENT: a number is never given twice, so an old lease fits no new message.
        sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
        id            TEXT NOT NULL,
        queue         TEXT NOT NULL,
        state         TEXT NOT NULL CHECK (state IN ('ready', 'delayed', 'leased', 'done')),
        -- End of the delay or the lease; null in the other states.
        until         INTEGER,
        -- The delay that 'until' came from, so that a start can tell when the clock was set back.
        delay_ms      INTEGER,
        delivery      INTEGER NOT NULL DEFAULT 0,
        attempts      INTEGER NOT NULL DEFAULT 0,
        enqueued_at   INTEGER NOT NULL,
        finished_at   INTEGER,
        -- What remains of the body when it is done.
        body_digest   BLOB,
        -- JSON of why it was given up.
        dead_letter_cause TEXT,
        -- In this order it serves the search by id alone, too.
        UNIQUE (id, queue)
      ) STRICT;

      -- Apart from the message, so that a change of state does not write a large body once more. Gone when done.
      CREATE TABLE payload (
        sequence      INTEGER PRIMARY KEY REFERENCES message (sequence) ON DELETE CASCADE,
        content_type  TEXT NOT NULL,
        -- JSON object of strings.
        headers       TEXT NOT NULL,
        body          BLOB NOT NULL
      ) STRICT;

      -- What can be claimed, in the order in which it is. No column of time: clocks do not order messages.
      CREATE INDEX message_ready ON message (queue, sequence) WHERE state = 'ready';
      CREATE INDEX message_until ON message (until) WHERE until IS NOT NULL;
      CREATE INDEX message_finished ON message (finished_at, sequence) WHERE finished_at IS NOT NULL;
    `,
  },
  {
    id: 2,
    name: 'priorities and times to live',
    sql: `
      -- What the queue heeds: 0 is high, 1 normal, 2 low. Dead letters are all 1, so they stay in order of arrival.
      ALTER TABLE message ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;
      -- How long it may wait for each delivery. While it is ready, 'until' is the end of that wait.
      ALTER TABLE message ADD COLUMN ttl_ms INTEGER;

      -- What its sender asked for, to be kept through the dead letters and a replay.
      ALTER TABLE payload ADD COLUMN priority INTEGER;
      ALTER TABLE payload ADD COLUMN ttl_ms INTEGER;

      -- 'until' is in it to pass by what has expired without reading the row.
      DROP INDEX message_ready;
      CREATE INDEX message_ready ON message (queue, priority, sequence, until) WHERE state = 'ready';
    `,
  },
  {
    id: 3,
    name: 'leases that outlive the process',
    sql: `
      -- Length of a lease whose holder is outside of the process and may outlive it; null for one inside. What it has
      -- in another state means nothing.
      ALTER TABLE message ADD COLUMN lease_ms INTEGER;

      -- Whose sequences they are: a new file begins to count anew, and an old lease must fit nothing in it.
      CREATE TABLE lease_owner (id TEXT NOT NULL) STRICT;
      INSERT INTO lease_owner VALUES (lower(hex(randomblob(16))));
    `,
  },
]
