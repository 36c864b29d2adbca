import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openDatabase, readDatabase } from '#shared/sqlite'
import { temporaryFolder } from '../../../sqlite/testing/temporary-folder'
import { aMessage, messages } from '../../testing/a-message'
import { Inbox } from '../../testing/inbox'
import { ManualClock } from '../../testing/manual-clock'
import { waitUntil } from '../../testing/wait-until'
import { EmbeddedDriver } from '../embedded/embedded-driver'
import { DISK_LIMITS, DiskRoom } from './disk-room'
import { migrations } from './schema'
import { createSqliteDriver } from './sqlite-driver'
import { SqliteStore } from './sqlite-store'
import { prepareStatements } from './statements'

const QUEUE = 'store.jobs'

function aDriver(t: TestContext) {
  const clock = new ManualClock()
  const database = openDatabase({ path: join(temporaryFolder(t), 'queue.db'), migrations })
  const room = new DiskRoom(database, { limits: DISK_LIMITS, clock })
  const store = new SqliteStore(database, { openedAt: clock.now(), batchMax: undefined, room })
  const driver = new EmbeddedDriver({ system: 'sqlite', store, clock, openedAt: clock.now() })
  t.after(() => driver.close())
  return { clock, database, driver }
}

test('a full file refuses messages, keeps what it has, and takes messages again when there is room', async (t) => {
  const { clock, database, driver } = aDriver(t)
  database.pragma(`max_page_count = ${Number(database.pragma('page_count')) + 40}`)
  const body = Buffer.alloc(10_000)

  const refused: unknown[] = []
  for (const { id } of messages(40)) {
    await driver.send(QUEUE, aMessage({ id, body })).catch((error) => refused.push(error.code))
  }

  assert.ok(refused.length > 0 && refused.length < 40, `${refused.length} of 40 refused`)
  assert.deepEqual(new Set(refused), new Set(['storage-full']))
  assert.equal((await driver.stats(QUEUE)).ready, 40 - refused.length, 'counts what is there')

  const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1, ackAtOnce: true })
  await waitUntil('what was kept is worked off', async () => {
    clock.advance(1_000)
    const { ready, inFlight } = await driver.stats(QUEUE)
    return ready === 0 && inFlight === 0
  })
  assert.equal(new Set(inbox.ids()).size, 40 - refused.length)
  assert.equal((await driver.send(QUEUE, aMessage({ body }))).duplicate, false)
})

test('a subscriber whose claim fails is told and tries again', async (t) => {
  const { clock, database, driver } = aDriver(t)
  await driver.send(QUEUE, aMessage())
  database.exec(`
    CREATE TRIGGER broken BEFORE UPDATE ON message BEGIN SELECT raise(ABORT, 'disk I/O error'); END`)

  const inbox = await Inbox.open(driver, QUEUE)
  await waitUntil('the failure was told', () => inbox.errors.length === 1)
  database.exec('DROP TRIGGER broken')
  clock.advance(1_000)

  assert.equal((await inbox.next()).attempt, 1)
  assert.equal(inbox.errors.length, 1)
})

test('a step that fails half-way is undone, and so is what was counted of it', async (t) => {
  const { database, driver } = aDriver(t)
  const inbox = await Inbox.open(driver, QUEUE)
  await driver.send(QUEUE, aMessage())
  const delivery = await inbox.next()
  database.exec(`
    CREATE TRIGGER broken BEFORE INSERT ON message WHEN new.queue LIKE '%.dlq'
    BEGIN SELECT raise(ABORT, 'disk I/O error'); END`)

  const cause = { reason: 'not-retryable', code: 'query-invalid', detail: '' } as const
  const [deadLetter, send] = await Promise.allSettled([
    delivery.deadLetter(cause),
    driver.send(QUEUE, aMessage({ id: 'neighbour' })),
  ])

  assert.match(deadLetter.status === 'rejected' ? deadLetter.reason.message : '', /disk I\/O error/)
  assert.equal(send.status, 'fulfilled')
  await waitUntil('the neighbour was claimed', () => inbox.ids().includes('neighbour'))
  const { inFlight, deadLetters } = await driver.stats(QUEUE)
  assert.deepEqual({ inFlight, deadLetters }, { inFlight: 2, deadLetters: 0 })
  assert.equal(await delivery.ack(), 'settled')
})

test('a message that is done leaves its body and headers behind', async (t) => {
  const path = join(temporaryFolder(t), 'queue.db')
  const driver = createSqliteDriver({ path })
  t.after(() => driver.close())
  const inbox = await Inbox.open(driver, QUEUE)
  await driver.send(QUEUE, aMessage())
  await (await inbox.next()).ack()

  const reader = readDatabase({ path })
  t.after(() => reader.close())
  assert.deepEqual(reader.prepare('SELECT state FROM message').all(), [{ state: 'done' }])
  assert.deepEqual(reader.prepare('SELECT * FROM payload').all(), [])
})

test('a file of the first schema goes on as it was', async (t) => {
  const path = join(temporaryFolder(t), 'queue.db')
  const old = openDatabase({ path, migrations: migrations.slice(0, 1) })
  old.exec(`
    INSERT INTO message (id, queue, state, until, delay_ms, delivery, attempts, enqueued_at) VALUES
      ('leased', 'store.jobs', 'leased', 9e12, NULL, 1, 1, 1000),
      ('ready', 'store.jobs', 'ready', NULL, NULL, 0, 0, 2000),
      ('delayed', 'store.jobs', 'delayed', 9e12, 5000, 3, 2, 3000),
      ('dead', 'store.jobs.dlq', 'ready', NULL, NULL, 0, 0, 4000);
    INSERT INTO payload (sequence, content_type, headers, body)
      SELECT sequence, 'text/plain', '{"x-kept":"yes"}', CAST('body' AS BLOB) FROM message;`)
  old.close()
  const clock = new ManualClock()

  const driver = createSqliteDriver({ path, clock })
  t.after(() => driver.close())

  const { ready, delayed, deadLetters, oldestAgeMs } = await driver.stats(QUEUE)
  assert.deepEqual({ ready, delayed, deadLetters }, { ready: 2, delayed: 1, deadLetters: 1 })
  assert.equal(oldestAgeMs, clock.now() - 1_000)
  const inbox = await Inbox.open(driver, QUEUE)
  await inbox.take(2)
  clock.advance(5_001)
  await inbox.next()
  assert.deepEqual(
    inbox.deliveries.map(({ message, attempt }) => [message.id, attempt]),
    [
      ['leased', 2],
      ['ready', 1],
      ['delayed', 3],
    ],
  )
  assert.deepEqual(inbox.deliveries[0]?.message, {
    id: 'leased',
    body: Buffer.from('body'),
    headers: { 'x-kept': 'yes' },
    contentType: 'text/plain',
    enqueuedAt: 1_000,
  })
  assert.deepEqual(await driver.replay(QUEUE, { limit: 1, headers: {} }), ['dead'])
})

test('claims and due messages are found through their indexes', (t) => {
  const database = openDatabase({ path: ':memory:', migrations })
  t.after(() => database.close())
  const sql = prepareStatements(database)
  const plan = (statement: { readonly source: string }, ...parameters: unknown[]) =>
    database
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${statement.source}`)
      .all(...parameters)
      .map(({ detail }) => detail)
      .join('\n')

  assert.match(
    plan(sql.claim, 1, 1, 'a', 1, 5),
    /SEARCH message USING COVERING INDEX message_ready \(queue=\?\)/,
  )
  assert.match(plan(sql.releaseDue, 5, 5, 5), /message_until/)
  assert.match(plan(sql.expired, 5, 5), /message_until/)
  assert.match(
    plan(sql.oldestReady, 'a'),
    /SEARCH message USING COVERING INDEX message_ready \(queue=\? AND priority=\?\)/,
  )
  assert.match(plan(sql.nextDueAt), /message_until/)
  assert.match(plan(sql.lookup, 'a'), /SEARCH message USING INDEX .*\(id=\?\)/)
  assert.match(plan(sql.sweepByAge, 5, 5), /message_finished/)
  assert.match(plan(sql.sweepOldest, 5), /message_finished/)
  assert.match(plan(sql.purge, 'a', 5, 5), /message_ready \(queue=\?/)
  assert.match(plan(sql.deadLetters, 'a', 5, 5), /message_ready \(queue=\?/)
  assert.match(plan(sql.replayable, 'a', 5, 'b', 5), /message_ready \(queue=\?/)
  const byId = plan(sql.replayableOf, '["x"]', 'a', 5, 'b', 5)
  assert.match(byId, /SEARCH message USING INDEX .*\(id=\? AND queue=\?/)
  for (const statement of [sql.claim, sql.releaseDue, sql.deadLetters, sql.replayable]) {
    assert.doesNotMatch(
      plan(statement, ...Array(statement.source.split('?').length - 1).fill(1)),
      /TEMP B-TREE/,
    )
  }
})
