import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { SqliteDatabase } from '#shared/sqlite'
import { recordSpans } from '../../sqlite/testing/record-spans'
import { temporaryFolder } from '../../sqlite/testing/temporary-folder'
import type { BusLogger } from '../bus-logger'
import type { MessageDriver } from '../driver'
import type { Retention } from '../drivers/embedded/embedded-driver'
import { AmqpReplyError, REPLY } from '../drivers/rabbitmq/amqp'
import { createRabbitmqDriver } from '../drivers/rabbitmq/rabbitmq-driver'
import { FakeBroker } from '../drivers/rabbitmq/testing/fake-broker'
import { settle } from '../drivers/rabbitmq/testing/fake-broker-harness'
import { deadLetterQueueOf } from '../message'
import { aMessage, messages } from '../testing/a-message'
import { Inbox } from '../testing/inbox'
import { ManualClock } from '../testing/manual-clock'
import { waitUntil } from '../testing/wait-until'
import type { Topology } from '../topology'
import { LedgerDriver } from './ledger-driver'
import { openLedgerFile } from './message-ledger'

// Registers the propagator that reads the trace of a message.
recordSpans()

const QUEUE = 'ledger.jobs'
const EVENTS = 'ledger.events'
const TTL_MS = 1_000
const CAUSE = { reason: 'not-retryable', code: 'query-invalid', detail: 'no such field' } as const

const topology: Topology = {
  queues: [{ name: QUEUE, ttlMs: TTL_MS }, { name: 'history' }, { name: 'counts' }],
  exchanges: [{ name: EVENTS, type: 'topic' }],
  bindings: [
    { exchange: EVENTS, pattern: '#', queue: 'history' },
    { exchange: EVENTS, pattern: '#', queue: 'counts' },
  ],
  retryDelaysMs: [],
}

/** A broker with the driver of a process that remembers, and the driver of another one that does not. */
async function aLedger(
  t: TestContext,
  { retention, logger }: { retention?: Retention; logger?: BusLogger } = {},
) {
  const clock = new ManualClock()
  const broker = new FakeBroker(clock)
  const connect = async (by = topology) => {
    const driver = await createRabbitmqDriver({
      url: 'amqp://fake',
      topology: by,
      clock,
      connect: broker.connect,
      rememberedMax: 0,
      ...(logger !== undefined && { logger }),
    })
    t.after(() => driver.close())
    return driver
  }
  const file = path.join(temporaryFolder(t), 'queue-state.db')
  const open = async (under: MessageDriver, database: SqliteDatabase, by = topology) => {
    const driver = new LedgerDriver(under, database, {
      topology: by,
      clock,
      ...(retention !== undefined && { retention }),
      ...(logger !== undefined && { logger }),
    })
    t.after(() => driver.close())
    await driver.open()
    return driver
  }
  const database = openLedgerFile(file)
  return {
    driver: await open(await connect(), database),
    other: await connect(),
    reopen: async (by = topology) => open(await connect(by), openLedgerFile(file), by),
    broker,
    clock,
    database,
  }
}

const stateOf = async (driver: MessageDriver, id: string) => (await driver.lookup(id))?.state

const becomesDead = (driver: MessageDriver, ...ids: string[]) =>
  waitUntil('they are known to be dead letters', async () => {
    const states = await Promise.all(ids.map((id) => stateOf(driver, id)))
    return states.every((state) => state === 'dead')
  })

async function depth(driver: MessageDriver, queue: string): Promise<number> {
  return (await driver.stats(queue)).ready
}

test('tells the trace of a message as long as it remembers it', async (t) => {
  const { driver } = await aLedger(t)
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  await driver.send(
    QUEUE,
    aMessage({ id: 'm1', headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } }),
  )
  const inbox = await Inbox.open(driver, QUEUE)

  await (await inbox.next()).ack()

  const { state, traceId: told } = (await driver.lookup('m1')) ?? {}
  assert.deepEqual({ state, told }, { state: 'done', told: traceId })
})

test('what another process sent is known from its first delivery here', async (t) => {
  const { driver, other } = await aLedger(t)
  await other.send(QUEUE, aMessage({ id: 'm1' }))
  assert.equal(await driver.lookup('m1'), undefined)
  const inbox = await Inbox.open(driver, QUEUE)

  const delivery = await inbox.next()

  assert.equal(await stateOf(driver, 'm1'), 'leased')
  await delivery.deadLetter(CAUSE)
  assert.equal(await stateOf(driver, 'm1'), 'dead')
  assert.equal((await driver.send(QUEUE, aMessage({ id: 'm1' }))).duplicate, true)
})

test('what another process or the broker gave up is known as soon as it is', async (t) => {
  const { driver, other, clock } = await aLedger(t)
  const elsewhere = await Inbox.open(other, QUEUE)
  await driver.send(QUEUE, aMessage({ id: 'given-up' }))
  await (await elsewhere.next()).deadLetter(CAUSE)
  await elsewhere.stop()
  await driver.send(QUEUE, aMessage({ id: 'expired' }))
  clock.advance(TTL_MS + 1)

  await becomesDead(driver, 'given-up', 'expired')

  const told = await Promise.all(['given-up', 'expired'].map((id) => driver.lookup(id)))
  assert.deepEqual(
    told.map((record) => [record?.queue, record?.attempts, record?.cause?.reason]),
    [
      [QUEUE, 1, 'not-retryable'],
      [QUEUE, 0, 'expired'],
    ],
  )
  assert.equal((await driver.stats(QUEUE)).deadLetters, 2)
})

test('what was given up while this process was away is known when it is back', async (t) => {
  const { driver, other, reopen } = await aLedger(t)
  await driver.send(QUEUE, aMessage({ id: 'm1' }))
  await driver.close()
  const elsewhere = await Inbox.open(other, QUEUE)
  await (await elsewhere.next()).deadLetter(CAUSE)

  const after = await reopen()

  await becomesDead(after, 'm1')
  assert.deepEqual((await after.lookup('m1'))?.cause, CAUSE)
})

test('dead letters of which nothing was heard are known once they were listed', async (t) => {
  const { driver, broker } = await aLedger(t)
  const properties = { messageId: 'm1' }
  // As those are that were given up before this process had ever listened.
  broker.publish({ exchange: '', routingKey: `${QUEUE}.dlq`, body: Buffer.from('{}'), properties })

  await driver.deadLetters(QUEUE, { limit: 10 })

  assert.equal(await stateOf(driver, 'm1'), 'dead')
})

test('what is given up elsewhere while it is held here is known, and a late settlement changes nothing', async (t) => {
  const { driver, other, clock, broker } = await aLedger(t)
  const inbox = await Inbox.open(driver, QUEUE)
  await driver.send(QUEUE, aMessage({ id: 'm1' }))
  const held = await inbox.next()
  await inbox.stop()
  broker.cutConnections()
  await settle()
  clock.advance(TTL_MS / 2)
  await settle()
  await (await (await Inbox.open(other, QUEUE)).next()).deadLetter(CAUSE)
  await becomesDead(driver, 'm1')

  assert.equal(await held.ack(), 'stale')

  const { state, attempts } = (await driver.lookup('m1')) ?? {}
  assert.deepEqual({ state, attempts }, { state: 'dead', attempts: 2 })
})

for (const { what, act, state } of [
  {
    what: 'a replay',
    act: (driver: MessageDriver) => driver.replay(QUEUE, { limit: 10, headers: {} }),
    state: 'ready',
  },
  {
    what: 'a purge',
    act: (driver: MessageDriver) => driver.purge(deadLetterQueueOf(QUEUE)),
    state: undefined,
  },
]) {
  test(`${what} comes after the news of the dead letters that it takes`, async (t) => {
    const { driver, other, broker } = await aLedger(t)
    const elsewhere = await Inbox.open(other, QUEUE)
    const news = broker.queue('dlx.tap')
    news.setHeldBack(true)
    await driver.send(QUEUE, aMessage({ id: 'm1' }))
    await (await elsewhere.next()).deadLetter(CAUSE)
    await elsewhere.stop()

    // News are waited for in real time, of which none passes here.
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const acting = act(driver)
    await settle()
    news.setHeldBack(false)
    await acting
    await settle()

    assert.equal(await stateOf(driver, 'm1'), state)
    assert.deepEqual(broker.idsIn(deadLetterQueueOf(QUEUE)), [])
  })
}

test('a message that is done before its sending is put down stays done', async (t) => {
  const { driver } = await aLedger(t)
  const inbox = await Inbox.open(driver, QUEUE, { ackAtOnce: true, prefetch: 50 })

  await Promise.all(messages(50).map((message) => driver.send(QUEUE, message)))
  await waitUntil('all were delivered', () => inbox.deliveries.length === 50)
  await settle()

  for (const { id } of messages(50)) assert.equal(await stateOf(driver, id), 'done', id)
})

test('a copy that is settled late does not undo what its newer one has become', async (t) => {
  const { driver } = await aLedger(t)
  const inbox = await Inbox.open(driver, QUEUE)
  await driver.send(QUEUE, aMessage({ id: 'm1' }))
  const first = await inbox.next()

  const nacking = first.nack({ delayMs: 0 })
  const second = await inbox.next()
  await nacking
  assert.equal(await stateOf(driver, 'm1'), 'leased')
  await second.ack()

  const { state, attempts } = (await driver.lookup('m1')) ?? {}
  assert.deepEqual({ state, attempts }, { state: 'done', attempts: 2 })
})

test('a replay is not put down over what the message became meanwhile', async (t) => {
  const { driver } = await aLedger(t)
  const inbox = await Inbox.open(driver, QUEUE)
  await driver.send(QUEUE, aMessage({ id: 'm1' }))
  await (await inbox.next()).deadLetter(CAUSE)

  const replaying = driver.replay(QUEUE, { limit: 1, headers: {} })
  await (await inbox.next()).deadLetter({ ...CAUSE, code: 'bad-gateway' })
  assert.deepEqual(await replaying, ['m1'])

  const { state, attempts, cause } = (await driver.lookup('m1')) ?? {}
  assert.deepEqual(
    { state, attempts, code: cause?.code },
    { state: 'dead', attempts: 1, code: 'bad-gateway' },
  )
})

test('an event that only some of its queues have is added to the others alone', async (t) => {
  const { driver } = await aLedger(t)
  await driver.send('history', aMessage({ id: 'e1' }))

  const added = await driver.publish(EVENTS, 'query.generated', aMessage({ id: 'e1' }))
  const again = await driver.publish(EVENTS, 'query.generated', aMessage({ id: 'e1' }))

  assert.deepEqual(
    [added, again],
    [
      { isRouted: true, duplicate: false },
      { isRouted: true, duplicate: true },
    ],
  )
  assert.deepEqual([await depth(driver, 'history'), await depth(driver, 'counts')], [1, 1])
})

test('what was refused leaves nothing behind, so that another body may be sent under its id', async (t) => {
  const { driver } = await aLedger(t)
  await assert.rejects(driver.send(QUEUE, aMessage({ id: 'm1', priority: 'high' })), {
    code: 'invalid-request',
  })

  const { duplicate } = await driver.send(
    QUEUE,
    aMessage({ id: 'm1', body: Buffer.from('{"text":"other"}') }),
  )

  assert.equal(duplicate, false)
})

test('what was purged is unknown, and may be sent again', async (t) => {
  const { driver } = await aLedger(t)
  const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1 })
  await driver.send(QUEUE, aMessage({ id: 'dead' }))
  await (await inbox.next()).deadLetter(CAUSE)
  await driver.send(QUEUE, aMessage({ id: 'held' }))
  await inbox.next()
  await inbox.stop()
  await driver.send(QUEUE, aMessage({ id: 'waits' }))

  assert.equal(await driver.purge(QUEUE), 1)
  const afterQueue = await Promise.all(['dead', 'held', 'waits'].map((id) => stateOf(driver, id)))
  assert.equal(await driver.purge(deadLetterQueueOf(QUEUE)), 1)

  assert.deepEqual(afterQueue, ['dead', 'leased', undefined])
  assert.equal(await stateOf(driver, 'dead'), undefined)
  assert.equal((await driver.send(QUEUE, aMessage({ id: 'waits' }))).duplicate, false)
})

test('the oldest are forgotten beyond the retention, by count and by age', async (t) => {
  const ageMs = 60_000
  const { driver, clock } = await aLedger(t, { retention: { ageMs, countMax: 100 } })
  const inbox = await Inbox.open(driver, QUEUE, { prefetch: 100, ackAtOnce: true })
  const known = async () => {
    const states = await Promise.all(messages(300).map(({ id }) => stateOf(driver, id)))
    return states.flatMap((state, index) => (state === undefined ? [] : [index + 1]))
  }

  for (const message of messages(300)) await driver.send(QUEUE, message)
  await waitUntil('all are done', () => inbox.deliveries.length === 300)
  const byCount = await known()
  clock.advance(ageMs + 1)
  for (let count = 0; count < 100; count++) await driver.send(QUEUE, aMessage({ id: `later-${count}` }))
  const byAge = await known()

  // Swept now and then, so there may be a few more than the limit.
  assert.ok(byCount.length >= 100 && byCount.length < 200, `${byCount.length} are known`)
  assert.equal(byCount.at(-1), 300, 'the newest are')
  assert.deepEqual(byAge, [])
})

test('a ledger that cannot be written costs no message, and says so once', async (t) => {
  const errors: string[] = []
  const logger = {
    info: () => {},
    warn: () => {},
    error: (_fields: object, text: string) => errors.push(text),
  }
  const { driver, other, database } = await aLedger(t, { logger })
  const inbox = await Inbox.open(other, QUEUE, { ackAtOnce: true })
  database.exec(
    "CREATE TRIGGER broken BEFORE INSERT ON message BEGIN SELECT raise(ABORT, 'disk I/O error'); END",
  )

  const receipts = await Promise.all(messages(20).map((message) => driver.send(QUEUE, message)))

  await waitUntil('all were delivered', () => inbox.deliveries.length === 20)
  assert.deepEqual(new Set(receipts.map(({ duplicate }) => duplicate)), new Set([false]))
  assert.deepEqual(errors, ['what becomes of messages cannot be remembered'])
  database.exec('DROP TRIGGER broken')
  await driver.send(QUEUE, aMessage({ id: 'after' }))
  assert.equal(await stateOf(driver, 'after'), 'ready')
})

describe('a binding that is no longer in the topology', () => {
  const fewer: Topology = {
    ...topology,
    bindings: topology.bindings.filter(({ queue }) => queue !== 'counts'),
  }

  test('is taken from the broker, which keeps those of others', async (t) => {
    const { driver, reopen, broker } = await aLedger(t)
    broker.bind('counts', EVENTS, 'by.hand')
    await driver.close()

    const reopened = await reopen(fewer)
    for (const key of ['query.done', 'by.hand']) await reopened.publish(EVENTS, key, aMessage({ id: key }))

    assert.deepEqual(broker.idsIn('history'), ['query.done', 'by.hand'])
    assert.deepEqual(broker.idsIn('counts'), ['by.hand'])
  })

  test('is taken away again when another process has made it again and the broker was away', async (t) => {
    const { driver, other, reopen, broker, clock } = await aLedger(t)
    await Promise.all([driver.close(), other.close()])
    const reopened = await reopen(fewer)
    broker.bind('counts', EVENTS, '#')

    broker.cutConnections()
    await settle()
    clock.advance(1_000)
    await settle()
    await reopened.publish(EVENTS, 'query.done', aMessage({ id: 'after' }))

    assert.deepEqual(broker.idsIn('history'), ['after'])
    assert.deepEqual(broker.idsIn('counts'), [])
  })

  test('is made again when it is back in the topology, and stays', async (t) => {
    const { driver, reopen, broker } = await aLedger(t)
    await driver.close()
    await (await reopen(fewer)).close()

    const reopened = await reopen()
    await reopened.publish(EVENTS, 'query.done', aMessage({ id: 'after' }))

    assert.deepEqual(broker.idsIn('counts'), ['after'])
  })

  test('is told to the log, and holds up nothing, when the broker does not let it be taken away', async (t) => {
    const told: unknown[] = []
    const tell = (fields: object, text: string) => told.push([text, fields])
    const logger: BusLogger = { info: () => {}, warn: tell, error: tell }
    const { driver, reopen, broker } = await aLedger(t, { logger })
    await driver.close()
    broker.unbindRefusal = new AmqpReplyError('ACCESS_REFUSED - no write access', REPLY.ACCESS_REFUSED)

    const reopened = await reopen(fewer)
    await reopened.publish(EVENTS, 'query.done', aMessage({ id: 'after' }))

    assert.deepEqual(broker.idsIn('history'), ['after'])
    const bindings = [{ exchange: EVENTS, pattern: '#', queue: 'counts' }]
    assert.deepEqual(told, [
      ['the broker still has bindings that were taken away', { err: broker.unbindRefusal, bindings }],
    ])
  })
})
