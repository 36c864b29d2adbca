import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Beginning, KeyedRequest, Reply } from '#shared/contracts'
import { readDatabase } from '#shared/sqlite'
import { temporaryFolder } from '../sqlite/testing/temporary-folder'
import { openIdempotencyStore } from './sqlite-idempotency-store'

const CONFIG = { IDEMPOTENCY_RETENTION_MS: 10_000, IDEMPOTENCY_KEYS_MAX: 100, IDEMPOTENCY_LEASE_MS: 1_000 }
const REPLY: Reply = { status: 202, headers: { location: '/api/requests/1' }, body: { ok: [1, null, 'é'] } }

const aRequest = (parts: Partial<KeyedRequest> = {}): KeyedRequest => ({
  scope: 'enqueue',
  key: 'key-1',
  fingerprint: 'body-1',
  holder: 'holder-1',
  ...parts,
})

interface Opening {
  readonly dataDir?: string
  readonly isOnlyHolder?: boolean
  readonly config?: Partial<typeof CONFIG>
}

/** A store on a clock that stands still until it is told. */
function open(t: TestContext, { dataDir = temporaryFolder(t), isOnlyHolder, config }: Opening = {}) {
  let time = 1_750_000_000_000
  const store = openIdempotencyStore({
    dataDir,
    owner: 'test',
    config: { ...CONFIG, ...config },
    ...(isOnlyHolder !== undefined && { isOnlyHolder }),
    now: () => time,
  })
  t.after(() => store.close())
  return {
    store,
    dataDir,
    passes: (ms: number) => {
      time += ms
    },
    end: ({ scope, key, holder }: KeyedRequest, reply: Reply | null) =>
      store.end({ scope, key, holder, reply }),
  }
}

function startedOf(beginning: Beginning): Extract<Beginning, { outcome: 'started' }> {
  if (beginning.outcome !== 'started') throw new Error(`the key was ${beginning.outcome}`)
  return beginning
}

describe('a store of idempotency keys', () => {
  test('lets one of many begin, and gives the others its answer', async (t) => {
    const { store, end } = open(t)
    const requests = ['a', 'b', 'c'].map((holder) => aRequest({ holder }))

    const outcomes = await Promise.all(requests.map((request) => store.begin(request)))
    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ['started', 'in-flight', 'in-flight'],
    )
    assert.equal(await end(requests[0] as KeyedRequest, REPLY), true)

    assert.deepEqual(await store.begin(aRequest({ holder: 'd' })), { outcome: 'replay', reply: REPLY })
  })

  test('refuses another body under a key, whether the first is answered or not', async (t) => {
    const { store, end } = open(t)
    await store.begin(aRequest())

    assert.deepEqual(await store.begin(aRequest({ fingerprint: 'body-2' })), { outcome: 'reused' })
    await end(aRequest(), REPLY)
    assert.deepEqual(await store.begin(aRequest({ fingerprint: 'body-2' })), { outcome: 'reused' })
  })

  test('keeps scopes apart', async (t) => {
    const { store } = open(t)
    const one = startedOf(await store.begin(aRequest()))
    const other = startedOf(await store.begin(aRequest({ scope: 'chat', fingerprint: 'body-2' })))

    assert.notEqual(one.claim_id, other.claim_id)
  })

  test('a holder that asks twice has begun once', async (t) => {
    const { store } = open(t)

    const first = await store.begin(aRequest())

    assert.deepEqual(await store.begin(aRequest()), first)
  })

  test('a request that ended without an answer is begun anew under the same claim', async (t) => {
    const { store, end, passes } = open(t)
    const first = startedOf(await store.begin(aRequest()))
    assert.equal(await end(aRequest(), null), true)
    passes(5)

    assert.deepEqual(await store.begin(aRequest({ holder: 'other' })), first)
  })

  test('the key of a dead holder is free after its lease, and the dead one can change nothing', async (t) => {
    const { store, end, passes } = open(t)
    const first = startedOf(await store.begin(aRequest()))
    passes(999)
    assert.equal((await store.begin(aRequest({ holder: 'other' }))).outcome, 'in-flight')
    passes(1)

    assert.deepEqual(await store.begin(aRequest({ holder: 'other' })), first)
    assert.equal(await end(aRequest(), REPLY), false)
    assert.equal((await store.begin(aRequest({ holder: 'third' }))).outcome, 'in-flight')
    assert.equal(await end(aRequest({ holder: 'other' }), REPLY), true)
  })

  test('the key of a dead holder does not wait for a clock that was set back to catch up', async (t) => {
    const { store, passes } = open(t)
    const first = startedOf(await store.begin(aRequest()))

    passes(-1_000)
    assert.equal((await store.begin(aRequest({ holder: 'other' }))).outcome, 'in-flight')
    passes(-3_600_000)

    assert.deepEqual(await store.begin(aRequest({ holder: 'other' })), first)
    assert.equal((await store.begin(aRequest({ holder: 'third' }))).outcome, 'in-flight')
  })

  test('an answer is never replaced', async (t) => {
    const { store, end } = open(t)
    await store.begin(aRequest())
    await end(aRequest(), REPLY)

    assert.equal(await end(aRequest(), { ...REPLY, status: 500 }), false)
    assert.equal(await end(aRequest(), null), false)
    assert.deepEqual(await store.begin(aRequest()), { outcome: 'replay', reply: REPLY })
  })

  test('outlives its process: answers stay, and what was begun keeps its claim', async (t) => {
    const before = open(t)
    const unfinished = startedOf(await before.store.begin(aRequest({ key: 'unfinished' })))
    await before.store.begin(aRequest())
    await before.end(aRequest(), REPLY)
    await before.store.close()

    const { store } = open(t, { dataDir: before.dataDir, isOnlyHolder: true })

    assert.deepEqual(await store.begin(aRequest({ holder: 'new' })), { outcome: 'replay', reply: REPLY })
    assert.deepEqual(await store.begin(aRequest({ key: 'unfinished', holder: 'new' })), unfinished)
  })

  test('waits for the lease after a restart when holders live elsewhere', async (t) => {
    const before = open(t)
    await before.store.begin(aRequest())
    await before.store.close()

    const { store } = open(t, { dataDir: before.dataDir })

    assert.equal((await store.begin(aRequest({ holder: 'new' }))).outcome, 'in-flight')
  })

  test('forgets a key after the retention, and the row of it is gone', async (t) => {
    const { store, end, passes, dataDir } = open(t)
    const first = startedOf(await store.begin(aRequest()))
    await end(aRequest(), REPLY)
    passes(CONFIG.IDEMPOTENCY_RETENTION_MS)
    assert.equal((await store.begin(aRequest())).outcome, 'replay')
    passes(1)

    const second = startedOf(await store.begin(aRequest({ fingerprint: 'body-2' })))

    assert.notEqual(second.claim_id, first.claim_id)
    assert.equal(keysIn(dataDir).length, 1)
  })

  test('keeps no more keys than it may, the newest', async (t) => {
    const { store, dataDir } = open(t, { config: { IDEMPOTENCY_KEYS_MAX: 3 } })

    for (const key of ['a', 'b', 'c', 'd', 'e']) await store.begin(aRequest({ key }))

    assert.deepEqual(keysIn(dataDir), ['c', 'd', 'e'])
  })

  test('a file that is owned already is an error that names it', (t) => {
    const { dataDir } = open(t)

    assert.throws(() => open(t, { dataDir }), /test-idempotency\.db is owned by another process/)
  })
})

function keysIn(dataDir: string): string[] {
  const database = readDatabase({ path: `${dataDir}/test-idempotency.db` })
  try {
    const rows = database.prepare<[], { key: string }>('SELECT key FROM idempotency_keys ORDER BY key').all()
    return rows.map(({ key }) => key)
  } finally {
    database.close()
  }
}
