import type { Migration } from '#shared/sqlite'

/** Schema of `storage.db`. A released step is never edited. */
export const migrations: readonly Migration[] = [
  {
    id: 1,
    name: 'processed requests and feedback',
    sql: `
      CREATE TABLE processed_requests (
        request_id        TEXT PRIMARY KEY,
        trace_id          TEXT,
        conversation_id   TEXT,
        user_input        TEXT NOT NULL,
        outcome           TEXT NOT NULL,
        query             TEXT,
        intent            TEXT NOT NULL,
        intent_confidence REAL NOT NULL,
        engine            TEXT NOT NULL,
        model             TEXT,
        validation        TEXT CHECK (validation IS NULL OR json_valid(validation)),
        insights          TEXT NOT NULL CHECK (json_valid(insights)),
        complexity_level  TEXT,
        fingerprint_hash  TEXT,
        attempts          INTEGER NOT NULL,
        created_at        TEXT NOT NULL,
        processed_at      TEXT NOT NULL,
        stored_at         TEXT NOT NULL
      ) STRICT;
      CREATE INDEX processed_requests_by_time ON processed_requests (created_at DESC, request_id);
      CREATE INDEX processed_requests_by_conversation ON processed_requests (conversation_id, created_at)
        WHERE conversation_id IS NOT NULL;

      CREATE TABLE feedback (
        feedback_id     TEXT PRIMARY KEY,
        trace_id        TEXT,
        request_id      TEXT,
        user_input      TEXT NOT NULL,
        generated_query TEXT NOT NULL,
        rating          INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
        feedback_type   TEXT,
        comment         TEXT,
        corrected_query TEXT,
        category        TEXT,
        metadata        TEXT CHECK (metadata IS NULL OR json_valid(metadata)),
        created_at      TEXT NOT NULL
      ) STRICT;
      CREATE INDEX feedback_by_request ON feedback (request_id) WHERE request_id IS NOT NULL;
    `,
  },
  {
    id: 2,
    name: 'domain events',
    sql: `
      -- What consumers have had, in the transaction of what they did with it: a message that comes again finds its
      -- row here and does nothing.
      CREATE TABLE inbox (
        consumer    TEXT NOT NULL,
        message_id  TEXT NOT NULL,
        received_at INTEGER NOT NULL,
        PRIMARY KEY (consumer, message_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX inbox_by_age ON inbox (received_at);

      CREATE TABLE event_history (
        -- Order of recording, by which it is swept.
        sequence        INTEGER PRIMARY KEY,
        event_id        TEXT NOT NULL UNIQUE,
        event_type      TEXT NOT NULL,
        service         TEXT NOT NULL,
        -- In UTC, whatever the producer wrote, so that times can be compared as text.
        occurred_at     TEXT NOT NULL,
        request_id      TEXT,
        conversation_id TEXT,
        trace_id        TEXT,
        data            TEXT NOT NULL CHECK (json_valid(data)),
        recorded_at     TEXT NOT NULL
      ) STRICT;
      CREATE INDEX event_history_by_time ON event_history (occurred_at, event_id);
      CREATE INDEX event_history_by_type ON event_history (event_type, occurred_at, event_id);
      CREATE INDEX event_history_by_request ON event_history (request_id) WHERE request_id IS NOT NULL;

      -- Sums of whole numbers alone, so that they do not depend on the order of the events.
      CREATE TABLE event_aggregates (
        -- Start of the hour in which the events occurred, UTC.
        hour            TEXT NOT NULL,
        event_type      TEXT NOT NULL,
        service         TEXT NOT NULL,
        -- Empty for events that have none; part of a key cannot be null.
        intent          TEXT NOT NULL,
        engine          TEXT NOT NULL,
        events          INTEGER NOT NULL,
        valid           INTEGER NOT NULL,
        invalid         INTEGER NOT NULL,
        duration_count  INTEGER NOT NULL,
        duration_us_sum INTEGER NOT NULL,
        duration_us_max INTEGER NOT NULL,
        rating_count    INTEGER NOT NULL,
        rating_sum      INTEGER NOT NULL,
        tokens          INTEGER NOT NULL,
        PRIMARY KEY (hour, event_type, service, intent, engine)
      ) STRICT, WITHOUT ROWID;

      -- Events of what was stored that are still to be published, in the transaction in which it was stored.
      CREATE TABLE event_outbox (
        sequence   INTEGER PRIMARY KEY,
        event_id   TEXT NOT NULL UNIQUE,
        event      TEXT NOT NULL CHECK (json_valid(event)),
        -- JSON object: the trace in which it happened.
        headers    TEXT NOT NULL CHECK (json_valid(headers)),
        created_at TEXT NOT NULL,
        -- Why it will never be taken; null while it waits.
        failure    TEXT
      ) STRICT;
    `,
  },
  {
    id: 3,
    name: 'chat requests',
    sql: `
      CREATE TABLE chat_requests (
        sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
        request_id      TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL,
        trace_id        TEXT,
        user_input      TEXT NOT NULL,
        status          TEXT NOT NULL DEFAULT 'accepted'
                        CHECK (status IN ('accepted', 'processing', 'answered', 'failed')),
        attempts        INTEGER NOT NULL DEFAULT 0,
        version         INTEGER NOT NULL DEFAULT 1,
        accepted_at     TEXT NOT NULL,
        deadline_at     TEXT NOT NULL,
        answered_at     TEXT,
        late            INTEGER NOT NULL DEFAULT 0,
        answer          TEXT CHECK (answer IS NULL OR json_valid(answer)),
        problem         TEXT CHECK (problem IS NULL OR json_valid(problem)),
        follow_up_query TEXT
      ) STRICT;
      CREATE INDEX chat_requests_by_conversation ON chat_requests (conversation_id, sequence);
    `,
  },
  {
    id: 4,
    name: 'turns in the order of their acceptance',
    sql: `
      DROP INDEX chat_requests_by_conversation;
      CREATE INDEX chat_requests_by_conversation ON chat_requests (conversation_id, accepted_at, sequence);
    `,
  },
  {
    id: 5,
    name: 'outbox entries that others pass by',
    sql: `
      -- Tries that failed by the event itself and not by an outage.
      ALTER TABLE event_outbox ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
      -- When it is tried again, milliseconds since the epoch.
      ALTER TABLE event_outbox ADD COLUMN due_at INTEGER NOT NULL DEFAULT 0;
    `,
  },
  {
    id: 6,
    name: 'age of chat requests and aggregates',
    sql: `
      -- When the request became known here, by which it is swept, in the order of 'sequence'.
      ALTER TABLE chat_requests ADD COLUMN registered_at TEXT NOT NULL DEFAULT '';
      UPDATE chat_requests SET registered_at = accepted_at;

      -- When the first of its events was counted, by which a row is swept: hours are chosen by senders.
      ALTER TABLE event_aggregates ADD COLUMN begun_at TEXT NOT NULL DEFAULT '';
      UPDATE event_aggregates SET begun_at = hour;
      CREATE INDEX event_aggregates_by_age ON event_aggregates (begun_at);
    `,
  },
  {
    id: 7,
    name: 'pages of requests that pass over none of one time',
    sql: `
      DROP INDEX processed_requests_by_time;
      CREATE INDEX processed_requests_by_time ON processed_requests (created_at, request_id);
    `,
  },
]
