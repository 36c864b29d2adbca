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
]
