import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { type Beginning, type Ending, type KeyedRequest, replySchema } from '#shared/contracts'
import { commitInSpan, GroupCommit, type Migration, openDatabase, type SqliteDatabase } from '#shared/sqlite'
import type { IdempotencyConfig } from './config'
import type { IdempotencyStore } from './idempotency-store'

export interface OpenIdempotencyStoreOptions {
  readonly dataDir: string
  /** The service that owns the file, which is named after it. */
  readonly owner: string
  readonly config: IdempotencyConfig
  /**
   * True when all holders live in this process: keys that are still taken were left behind by one that died, and
   * are free at once.
   */
  readonly isOnlyHolder?: boolean
  /** Wall clock, milliseconds since the epoch. */
  readonly now?: () => number
}

export interface OpenIdempotencyStore extends IdempotencyStore {
  /** Why nothing could be written lately; undefined when the last write that could succeed did. */
  readonly failure: Error | undefined
  close(): Promise<void>
}

const TABLE = 'idempotency_keys'

const migrations: readonly Migration[] = [
  {
    id: 1,
    name: 'idempotency keys',
    sql: `
      CREATE TABLE ${TABLE} (
        sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
        scope       TEXT NOT NULL,
        key         TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        claim_id    TEXT NOT NULL,
        holder      TEXT NOT NULL,
        started_at  INTEGER NOT NULL,
        lease_until INTEGER NOT NULL,
        reply       TEXT CHECK (reply IS NULL OR json_valid(reply)),
        UNIQUE (scope, key)
      ) STRICT;
      CREATE INDEX ${TABLE}_by_age ON ${TABLE} (started_at);
    `,
  },
]

/** Keys forgotten with each that is begun: more than one, so that forgetting keeps up. */
const SWEEP_SIZE = 10

interface Row {
  readonly fingerprint: string
  readonly claim_id: string
  readonly holder: string
  readonly started_at: number
  readonly lease_until: number
  readonly reply: string | null
}

/** Opens `<owner>-idempotency.db` as its only owner. */
export function openIdempotencyStore(options: OpenIdempotencyStoreOptions): OpenIdempotencyStore {
  const { dataDir, owner, config, isOnlyHolder = false, now = Date.now } = options
  const database = openDatabase({ path: path.join(dataDir, `${owner}-idempotency.db`), migrations })
  const group = new GroupCommit(database)
  if (isOnlyHolder) database.exec(`UPDATE ${TABLE} SET lease_until = 0 WHERE reply IS NULL`)
  const statements = prepareStatements(database)

  const begin = (request: KeyedRequest): Beginning => {
    const time = now()
    statements.forgetOld.run({ before: time - config.IDEMPOTENCY_RETENTION_MS, limit: SWEEP_SIZE })
    const row = statements.find.get(request)
    const isForgotten = row !== undefined && row.started_at < time - config.IDEMPOTENCY_RETENTION_MS
    if (row === undefined || isForgotten) {
      const claimId = randomUUID()
      const { lastInsertRowid } = statements.insert.run({
        ...request,
        claim_id: claimId,
        started_at: time,
        lease_until: time + config.IDEMPOTENCY_LEASE_MS,
      })
      statements.forgetSurplus.run(Number(lastInsertRowid) - config.IDEMPOTENCY_KEYS_MAX)
      return started(claimId, time)
    }
    if (row.fingerprint !== request.fingerprint) return { outcome: 'reused' }
    if (row.reply !== null) return { outcome: 'replay', reply: replySchema.parse(JSON.parse(row.reply)) }
    if (isLeased(row, time) && row.holder !== request.holder) return { outcome: 'in-flight' }
    statements.take.run({ ...request, lease_until: time + config.IDEMPOTENCY_LEASE_MS })
    return started(row.claim_id, row.started_at)
  }

  /**
   * A lease that ends far later than any that begins now comes from a clock that was set back since. It is not waited
   * for; a small correction of the clock, under a holder that is at work, is.
   */
  const isLeased = ({ lease_until: until }: Row, time: number) =>
    until > time && until <= time + 2 * config.IDEMPOTENCY_LEASE_MS

  const end = ({ reply, ...held }: Ending): boolean => {
    const { changes } =
      reply === null
        ? statements.free.run(held)
        : statements.answer.run({ ...held, reply: JSON.stringify(reply) })
    return changes === 1
  }

  return {
    get failure() {
      return group.failure
    },
    begin: (request) => commitInSpan(group, database, statements.beginDescription, () => begin(request)),
    end: (ending) => commitInSpan(group, database, statements.endDescription, () => end(ending)),
    async close() {
      await group.close()
      database.close()
    },
  }
}

function started(claimId: string, startedAt: number): Beginning {
  return { outcome: 'started', claim_id: claimId, started_at: new Date(startedAt).toISOString() }
}

type Held = Omit<Ending, 'reply'>

function prepareStatements(database: SqliteDatabase) {
  // A row that is past its retention and not swept yet gives way to the new one.
  const insert = `INSERT OR REPLACE INTO ${TABLE} (scope, key, fingerprint, claim_id, holder, started_at, lease_until)
    VALUES (@scope, @key, @fingerprint, @claim_id, @holder, @started_at, @lease_until)`
  const held = 'WHERE scope = @scope AND key = @key AND holder = @holder AND reply IS NULL'
  const answer = `UPDATE ${TABLE} SET reply = @reply ${held}`
  return {
    beginDescription: { operation: 'INSERT', table: TABLE, sql: insert },
    endDescription: { operation: 'UPDATE', table: TABLE, sql: answer },
    find: database.prepare<[Pick<KeyedRequest, 'scope' | 'key'>], Row>(
      `SELECT fingerprint, claim_id, holder, started_at, lease_until, reply FROM ${TABLE}
        WHERE scope = @scope AND key = @key`,
    ),
    insert: database.prepare<[KeyedRequest & Pick<Row, 'claim_id' | 'started_at' | 'lease_until'>]>(insert),
    take: database.prepare<[KeyedRequest & Pick<Row, 'lease_until'>]>(
      `UPDATE ${TABLE} SET holder = @holder, lease_until = @lease_until WHERE scope = @scope AND key = @key`,
    ),
    answer: database.prepare<[Held & { reply: string }]>(answer),
    // What it did before it failed is still under its claim id, so the row stays and only the lease ends.
    free: database.prepare<[Held]>(`UPDATE ${TABLE} SET lease_until = 0 ${held}`),
    forgetOld: database.prepare<[{ before: number; limit: number }]>(
      `DELETE FROM ${TABLE} WHERE sequence IN
        (SELECT sequence FROM ${TABLE} WHERE started_at < @before ORDER BY started_at LIMIT @limit)`,
    ),
    forgetSurplus: database.prepare<[number]>(`DELETE FROM ${TABLE} WHERE sequence <= ?`),
  }
}
