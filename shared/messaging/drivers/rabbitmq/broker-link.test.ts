import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '#shared/errors'
import { aMessage } from '../../testing/a-message'
import { Inbox } from '../../testing/inbox'
import { ManualClock } from '../../testing/manual-clock'
import { AmqpReplyError, type ConnectToBroker, REPLY } from './amqp'
import { createRabbitmqDriver } from './rabbitmq-driver'
import { FakeBroker } from './testing/fake-broker'
import { settle } from './testing/fake-broker-harness'
import { openOnFake } from './testing/open-on-fake'

const URL = 'amqp://user:secret@fake/mesh'

const ACCESS_REFUSED = new AmqpReplyError(
  'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused"',
  REPLY.ACCESS_REFUSED,
)

test('starts without a broker, and sends and consumes when it comes', async (t) => {
  const { broker, driver, advance, warnings } = await openOnFake(t, { before: (one) => one.setAway(true) })
  const inbox = await Inbox.open(driver, 'jobs')
  const sending = driver.send('jobs', aMessage({ id: 'early' }))
  assert.deepEqual(driver.connection(), {
    state: 'disconnected',
    detail: 'the broker amqp://fake:5672/mesh cannot be used: connect ECONNREFUSED',
  })
  assert.ok(warnings.length > 0)

  broker.setAway(false)
  await advance(5_000)

  await sending
  assert.equal((await inbox.next()).message.id, 'early')
  assert.deepEqual(driver.connection(), { state: 'connected' })
})

test('the waits between attempts double up to the longest, and are never the same', async (t) => {
  const clock = new ManualClock()
  const attempts: number[] = []
  const connect: ConnectToBroker = async () => {
    attempts.push(clock.elapsed())
    throw new Error('nobody there')
  }
  const connection = { reconnectMinMs: 100, reconnectMaxMs: 3_000 }
  const driver = await createRabbitmqDriver({
    url: URL,
    clock,
    connect,
    connection,
    publisher: { connections: 1 },
  })
  t.after(() => driver.close())

  for (let step = 0; step < 3_000; step++) {
    clock.advance(10)
    await settle(3)
  }

  // Two links take turns; each has its own waits.
  const [first = 0] = attempts
  const times = attempts.filter((at, index) => index === 0 || at > first)
  assert.ok(times.length > 12, `${times.length} attempts in half a minute`)
  const latest = attempts.slice(-8)
  const waits = latest.slice(2).map((at, index) => at - (latest[index] ?? 0))
  for (const wait of waits) assert.ok(wait > 100 && wait <= 3_100, `${wait} ms`)
  assert.ok(new Set(waits.map(Math.round)).size > 1, waits.join(' '))
})

test('a refused login ends the start with an error that holds no password', async () => {
  const broker = new FakeBroker(new ManualClock())
  broker.refuse(ACCESS_REFUSED)

  await assert.rejects(createRabbitmqDriver({ url: URL, connect: broker.connect }), (error) => {
    assert.ok(error instanceof AppError)
    assert.equal(error.code, 'broker-refused')
    assert.match(error.message, /^the broker amqp:\/\/fake:5672\/mesh cannot be used: .*ACCESS_REFUSED/)
    assert.doesNotMatch(error.message, /secret|user/)
    return true
  })
})

test('a login that is refused later fails sends at once, and is tried again after the longest wait', async (t) => {
  const { broker, driver, advance } = await openOnFake(t)
  const made = broker.connectionsMade
  broker.refuse(ACCESS_REFUSED)
  broker.cutConnections()
  await advance(200)

  await assert.rejects(driver.send('jobs', aMessage()), { code: 'broker-refused' })
  await assert.rejects(driver.stats('jobs'), { code: 'broker-refused' })
  broker.refuse(undefined)
  await advance(9_000)
  assert.equal(broker.connectionsMade, made)
  await advance(1_000)

  await driver.send('jobs', aMessage({ id: 'let in' }))
  assert.deepEqual(broker.idsIn('jobs'), ['let in'])
})

test('a queue with other settings ends the start with an error that names it, and what to do', async () => {
  const clock = new ManualClock()
  const broker = new FakeBroker(clock)
  const open = (lengthMax: number) =>
    createRabbitmqDriver({
      url: URL,
      clock,
      connect: broker.connect,
      namePrefix: 'staging.',
      topology: { queues: [{ name: 'jobs', lengthMax }], exchanges: [], bindings: [], retryDelaysMs: [] },
    })
  await (await open(10)).close()

  await assert.rejects(open(5), {
    code: 'topology-mismatch',
    message:
      'the broker has the queue staging.jobs with x-max-length 10, but 5 is asked for. What exists cannot be changed: set QUEUE_LENGTH_MAX back, delete the queue once it is empty, or take another RABBITMQ_NAME_PREFIX',
  })
  assert.equal(broker.connections, 0)
})

test('a queue that has other settings after a reconnection fails what is sent, and nothing is hurried', async (t) => {
  const topology = {
    queues: [{ name: 'jobs', lengthMax: 10 }],
    exchanges: [],
    bindings: [],
    retryDelaysMs: [],
  }
  const { broker, driver, advance, warnings } = await openOnFake(t, { topology })
  broker.deleteQueue('jobs')
  broker.assertQueue('jobs', { durable: true, arguments: { 'x-queue-type': 'classic' } })
  const made = broker.connectionsMade

  broker.cutConnections()
  await advance(300)

  await assert.rejects(driver.send('jobs', aMessage()), { code: 'topology-mismatch', message: /queue jobs/ })
  const tried = broker.connectionsMade - made
  await advance(9_000)
  assert.equal(broker.connectionsMade - made, tried, 'not tried again for ten seconds')
  assert.ok(warnings.some((warning) => warning.includes('the broker has the queue jobs')))
  broker.deleteQueue('jobs')
  await advance(11_000)
  await driver.send('jobs', aMessage({ id: 'mended' }))
  assert.deepEqual(broker.idsIn('jobs'), ['mended'])
})

test('a question that the broker did not answer before the connection was lost is told as such', async (t) => {
  const { broker, driver } = await openOnFake(t)
  await driver.send('jobs', aMessage())
  const asked = [
    assert.rejects(driver.stats('jobs'), {
      code: 'service-unavailable',
      message: /the broker did not answer/,
    }),
    assert.rejects(driver.purge('jobs'), { code: 'service-unavailable' }),
  ]
  broker.setHung(true)
  await settle()

  broker.cutConnections()

  await Promise.all(asked)
})

test('a URL that is none is refused without its password', async () => {
  await assert.rejects(createRabbitmqDriver({ url: 'amqp://user:sec ret%@h:1:2/' }), (error: Error) => {
    assert.doesNotMatch(error.message, /sec/)
    return true
  })
})

test('connections end with the driver, also when it is closed while it connects', async () => {
  const clock = new ManualClock()
  const broker = new FakeBroker(clock)
  const gate = Promise.withResolvers<void>()
  const connect: ConnectToBroker = async (...parameters) => {
    await gate.promise
    return broker.connect(...parameters)
  }
  const opening = createRabbitmqDriver({ url: URL, clock, connect })
  gate.resolve()
  const driver = await opening
  broker.cutConnections()
  await settle()
  clock.advance(150)

  await driver.close()
  await settle()
  clock.advance(60_000)
  await settle()

  assert.equal(broker.connections, 0)
})
