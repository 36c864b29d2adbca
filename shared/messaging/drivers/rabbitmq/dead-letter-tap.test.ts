import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { DeadLetter } from '../../driver'
import type { NoteDeadLetter, TappableDriver } from '../../tappable-driver'
import { aMessage } from '../../testing/a-message'
import { Inbox } from '../../testing/inbox'
import { waitUntil } from '../../testing/wait-until'
import type { Topology } from '../../topology'
import type { FakeBroker } from './testing/fake-broker'
import { settle } from './testing/fake-broker-harness'
import { openOnFake } from './testing/open-on-fake'

const TTL_MS = 1_000

const TOPOLOGY: Topology = {
  queues: [
    { name: 'jobs', priorities: true, deliveryLimit: 2 },
    { name: 'brief', ttlMs: TTL_MS },
  ],
  exchanges: [],
  bindings: [],
  retryDelaysMs: [],
}

const CAUSE = { reason: 'not-retryable', code: 'query-invalid', detail: 'no such field' } as const
const TRACE_HEADERS = { traceparent: '00-aa-bb-01' }

type Told = readonly [queue: string, id: string, reason: string, attempts: number]

const toTold = (queue: string, { message, cause, attempts }: DeadLetter): Told => [
  queue,
  message.id,
  cause.reason,
  attempts,
]

/** A tap on a fake broker, and what it has told. */
async function aTap(t: TestContext, options: { readonly before?: (broker: FakeBroker) => void } = {}) {
  const onFake = await openOnFake(t, { topology: TOPOLOGY, ...options })
  const told: Told[] = []
  const letters: DeadLetter[] = []
  const note: NoteDeadLetter = async (queue, deadLetter) => {
    told.push(toTold(queue, deadLetter))
    letters.push(deadLetter)
  }
  const tap = await onFake.driver.tapDeadLetters(note)
  return { ...onFake, tap, told, letters }
}

/** As the broker has it when a consumer somewhere gives a message up. */
async function giveUp(driver: TappableDriver, id: string): Promise<void> {
  await driver.send('jobs', aMessage({ id, headers: TRACE_HEADERS, priority: 'high' }))
  const inbox = await Inbox.open(driver, 'jobs')
  await (await inbox.next()).deadLetter(CAUSE)
  await inbox.stop()
}

test('tells of what consumers give up and of what the broker gives up, with their own headers', async (t) => {
  const { broker, driver, told, letters, advance } = await aTap(t)

  await giveUp(driver, 'given-up')
  await driver.send('brief', aMessage({ id: 'late', headers: TRACE_HEADERS }))
  await advance(TTL_MS + 1)
  await driver.send('jobs', aMessage({ id: 'killer', headers: TRACE_HEADERS }))
  const inbox = await Inbox.open(driver, 'jobs')
  for (let crash = 1; crash <= 3; crash++) {
    await inbox.next()
    broker.cutConnections()
    await advance(30_000)
  }

  await waitUntil('all are told', () => told.length === 3)
  assert.deepEqual(told, [
    ['jobs', 'given-up', 'not-retryable', 1],
    ['brief', 'late', 'expired', 0],
    ['jobs', 'killer', 'delivery-limit', 3],
  ])
  for (const { message } of letters) assert.deepEqual(message.headers, TRACE_HEADERS)
  assert.deepEqual([broker.idsIn('jobs.dlq'), broker.idsIn('brief.dlq')], [['given-up', 'killer'], ['late']])
  assert.equal(broker.queue('dlx.tap').ready.length, 0)
})

test('tells of what was given up while nobody was there, and of that alone', async (t) => {
  const { broker, driver, told } = await aTap(t)
  await giveUp(driver, 'before')
  await waitUntil('it is told', () => told.length === 1)
  await driver.close()
  for (const id of ['m1', 'm2']) {
    broker.publish({
      exchange: 'dlx',
      routingKey: 'jobs.dlq',
      body: Buffer.from('?'),
      properties: { messageId: id },
    })
  }

  const again = await openOnFake(t, { topology: TOPOLOGY, connect: broker.connect })
  const toldAgain: Told[] = []
  await again.driver.tapDeadLetters(async (...letter) => void toldAgain.push(toTold(...letter)))
  await settle()

  assert.deepEqual(toldAgain, [
    ['jobs', 'm1', 'not-retryable', 0],
    ['jobs', 'm2', 'not-retryable', 0],
  ])
})

test('what was not noted when the connection broke is told again', async (t) => {
  const { broker, driver, advance } = await openOnFake(t, { topology: TOPOLOGY })
  const told: string[] = []
  const noting = Promise.withResolvers<void>()
  await driver.tapDeadLetters((_queue, { message }) => {
    told.push(message.id)
    return told.length === 1 ? noting.promise : Promise.resolve()
  })
  await giveUp(driver, 'm1')
  await waitUntil('it is told', () => told.length === 1)

  broker.cutConnections()
  noting.resolve()
  await advance(1_000)

  assert.deepEqual(told, ['m1', 'm1'])
  assert.equal(broker.queue('dlx.tap').ready.length, 0)
})

test('goes on when the broker closes its channel or somebody deletes its queue', async (t) => {
  const { broker, driver, told, advance } = await aTap(t)

  broker.closeChannels(new Error('PRECONDITION_FAILED - delivery acknowledgement timed out'))
  await advance(1_000)
  await giveUp(driver, 'after-close')
  broker.deleteQueue('dlx.tap')
  await advance(1_000)
  await giveUp(driver, 'after-delete')

  await waitUntil('both are told', () => told.length === 2)
  assert.deepEqual(
    told.map(([, id]) => id),
    ['after-close', 'after-delete'],
  )
})

test('has caught up when all that was given up before is noted', async (t) => {
  // Its limit is in real time, which is never over here.
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { driver } = await openOnFake(t, { topology: TOPOLOGY })
  const noting = Promise.withResolvers<void>()
  const tap = await driver.tapDeadLetters(() => noting.promise)
  await giveUp(driver, 'm1')
  let isCaughtUp = false

  const catchingUp = tap.caughtUp().then(() => {
    isCaughtUp = true
  })
  await settle()
  const wasCaughtUp = isCaughtUp
  noting.resolve()
  await catchingUp

  assert.equal(wasCaughtUp, false)
})

test('catching up is not waited for while the broker is away', async (t) => {
  const { broker, tap } = await aTap(t)
  broker.setAway(true)
  await settle()
  let isCaughtUp = false

  // The limit of a wait is in real time, which is never over here.
  t.mock.timers.enable({ apis: ['setTimeout'] })
  void tap.caughtUp().then(() => {
    isCaughtUp = true
  })
  await settle()

  assert.equal(isCaughtUp, true)
})

test('holds no more than its limit when nobody listens, and holds up no dead letter', async (t) => {
  const { broker, driver } = await aTap(t)
  await driver.close()

  for (let count = 1; count <= 10_010; count++) {
    const properties = { messageId: `m${count}` }
    const outcome = broker.publish({
      exchange: 'dlx',
      routingKey: 'jobs.dlq',
      body: Buffer.from('?'),
      properties,
    })
    assert.equal(outcome, 'stored')
  }

  assert.equal(broker.idsIn('jobs.dlq').length, 10_010)
  const kept = broker.idsIn('dlx.tap')
  assert.deepEqual([kept.length, kept[0], kept.at(-1)], [10_000, 'm11', 'm10010'])
})

test('a queue that is there with other settings costs no message, and is told once', async (t) => {
  const other = { durable: true, arguments: { 'x-queue-type': 'quorum' } }
  const { driver, told, warnings, advance } = await aTap(t, {
    before: (broker) => broker.assertQueue('dlx.tap', other),
  })

  await advance(5_000)
  await giveUp(driver, 'm1')

  assert.deepEqual(told, [])
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /^the broker has the queue dlx\.tap with x-max-length none/)
  assert.equal((await driver.stats('jobs')).deadLetters, 1)
})
