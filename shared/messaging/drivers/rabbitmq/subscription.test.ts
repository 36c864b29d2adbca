import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Delivery, DriverSubscription, MessageDriver } from '../../driver'
import { HEADER, type WireMessage } from '../../message'
import type { TappableDriver } from '../../tappable-driver'
import { aMessage, messages } from '../../testing/a-message'
import { Inbox } from '../../testing/inbox'
import { waitUntil } from '../../testing/wait-until'
import type { QueueDefinition, Topology } from '../../topology'
import { type AmqpProperties, AmqpReplyError, type ConnectToBroker, REPLY } from './amqp'
import type { FakeBroker } from './testing/fake-broker'
import { settle } from './testing/fake-broker-harness'
import { openOnFake } from './testing/open-on-fake'

const LEASE_MS = 30_000

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const CAUSE = { reason: 'not-retryable', code: 'invalid-request', detail: 'no such field' } as const

function withQueue(queue: Omit<QueueDefinition, 'name'> = {}) {
  const topology = {
    queues: [{ name: 'jobs', deliveryLimit: 3, ...queue }],
    exchanges: [],
    bindings: [],
    retryDelaysMs: [200],
  }
  return { topology }
}

/** `target` with some of its methods replaced, each of which gets the real one's object. */
function instead<Target extends object>(
  target: Target,
  methods: { readonly [Name in keyof Target]?: (target: Target) => Target[Name] },
): Target {
  const get = (_: Target, name: string | symbol) => {
    const replaced = methods[name as keyof Target]
    if (replaced !== undefined) return replaced(target)
    const value: unknown = Reflect.get(target, name)
    return typeof value === 'function' ? value.bind(target) : value
  }
  return new Proxy(target, { get })
}

/** A message as some other program may publish it. */
function publishAsStranger(broker: FakeBroker, properties: AmqpProperties, body = '{}'): void {
  broker.publish({ exchange: '', routingKey: 'jobs', body: Buffer.from(body), properties })
}

test('a driver that is closed keeps no process from ending, whatever is still held', async (t) => {
  const { driver, clock } = await openOnFake(t, withQueue())
  const inbox = await Inbox.open(driver, 'jobs', { leaseMs: LEASE_MS })
  await Promise.all(messages(3).map((message) => driver.send('jobs', message)))
  await inbox.take(3)

  await driver.close()

  assert.equal(clock.pending, 0)
})

describe('a lost connection', () => {
  test('nobody gets a message that another one in this process still holds, until that one is done', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs', { leaseMs: LEASE_MS })
    await driver.send('jobs', aMessage())
    const first = await inbox.next()

    broker.cutConnections()
    await advance(1_000)
    assert.equal(inbox.deliveries.length, 1, 'the first holder is still at work')
    assert.equal(await first.ack(), 'stale')

    const second = await inbox.next()
    assert.deepEqual([second.attempt, second.redelivered], [2, true])
    assert.equal(await second.ack(), 'settled')
    assert.equal(await first.ack(), 'stale')
  })

  test('nor in another subscription of the queue', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue())
    const one = await Inbox.open(driver, 'jobs', { prefetch: 1 })
    await driver.send('jobs', aMessage())
    const held = await one.next()
    const other = await Inbox.open(driver, 'jobs', { prefetch: 1 })

    broker.cutConnections()
    await advance(1_000)
    assert.equal(other.deliveries.length, 0)
    await held.release()

    await waitUntil('it came again', () => one.deliveries.length + other.deliveries.length === 2)
  })

  test('a holder that never ends loses its right and its place with its lease', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs', { leaseMs: LEASE_MS, prefetch: 1 })
    await driver.send('jobs', aMessage())
    const hanging = await inbox.next()
    broker.cutConnections()
    await advance(LEASE_MS - 1)
    assert.equal(inbox.deliveries.length, 1)
    assert.equal(await hanging.extend(LEASE_MS), 'stale')

    await advance(1_000)

    const second = await inbox.next()
    assert.equal(await second.ack(), 'settled')
    assert.equal(await hanging.deadLetter(CAUSE), 'stale')
    assert.equal((await driver.stats('jobs')).deadLetters, 0)
  })

  test('what is held on a lost channel still takes its places', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 2 })
    await Promise.all(messages(4).map((message) => driver.send('jobs', message)))
    const [one] = await inbox.take(2)
    broker.cutConnections()
    await advance(1_000)
    assert.equal(inbox.deliveries.length, 2)

    await one?.ack()

    await inbox.next()
    await settle()
    assert.equal(inbox.deliveries.length, 3)
  })

  test('while a retry is being put away leaves the message twice rather than never', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs')
    await driver.send('jobs', aMessage({ id: 'twice' }))
    const first = await inbox.next()
    broker.setSilent(true)
    const settling = first.nack({ delayMs: 200 })
    await settle()
    broker.setSilent(false)

    broker.cutConnections()
    await advance(150)

    assert.equal(await settling, 'stale')
    assert.equal((await inbox.next()).attempt, 2)
    await advance(1_000)
    assert.ok(broker.received.filter(({ routingKey }) => routingKey === 'jobs').length >= 2)
  })

  test('subscribers go on when the broker was away', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs')
    broker.setAway(true)
    await advance(3_000)
    broker.setAway(false)
    await advance(10_000)

    await driver.send('jobs', aMessage({ id: 'after' }))

    assert.equal((await inbox.next()).message.id, 'after')
    assert.equal((await driver.stats('jobs')).consumers, 1)
  })
})

describe('a channel that the broker closes', () => {
  test('is told and opened again, and what was held on it comes again', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs')
    await driver.send('jobs', aMessage())
    const held = await inbox.next()

    const text = 'PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out'
    broker.closeChannels(new AmqpReplyError(text, REPLY.PRECONDITION_FAILED))
    await advance(1_000)

    assert.deepEqual(inbox.errors.map(String), [`AmqpReplyError: ${text}`])
    assert.equal(await held.ack(), 'stale')
    assert.equal(await (await inbox.next()).ack(), 'settled')
  })

  test('in the moment it was opened it is opened again', async (t) => {
    let connectToFake: ConnectToBroker | undefined
    let endings = 1
    const { driver, advance } = await openOnFake(t, {
      ...withQueue(),
      before: (broker) => {
        connectToFake = async (...to) =>
          instead(await broker.connect(...to), {
            createChannel: (connection) => async (options) =>
              instead(await connection.createChannel(options), {
                consume: (channel) => async (queue, tag) => {
                  await channel.consume(queue, tag)
                  if (endings-- > 0) broker.closeChannels(new AmqpReplyError('CHANNEL_ERROR', 504))
                },
              }),
          })
      },
      connect: (...to) => (connectToFake as ConnectToBroker)(...to),
    })
    const inbox = await Inbox.open(driver, 'jobs')
    await driver.send('jobs', aMessage())

    await advance(1_000)

    await inbox.next()
    assert.match(String(inbox.errors[0]), /ended in the moment it was opened/)
  })

  test('a queue that somebody deleted is declared again, and consumed', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs')

    broker.deleteQueue('jobs')
    await advance(1_000)
    await driver.send('jobs', aMessage({ id: 'after' })).catch(() => {})
    await driver.send('jobs', aMessage({ id: 'and again' }))

    assert.match(String(inbox.errors[0]), /the queue jobs was deleted/)
    await inbox.next()
  })
})

describe('a bound queue that somebody deleted', () => {
  const topology: Topology = {
    queues: [{ name: 'history' }, { name: 'counts', priorities: true }],
    exchanges: [{ name: 'events', type: 'topic' }],
    bindings: [
      { exchange: 'events', pattern: 'feedback.#', queue: 'history' },
      { exchange: 'events', pattern: 'query.*', queue: 'counts' },
      { exchange: 'events', pattern: 'feedback.#', queue: 'counts' },
    ],
    retryDelaysMs: [],
  }

  test('is declared again by its consumer with all of its bindings, for every priority', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, { topology })
    const inbox = await Inbox.open(driver, 'counts')

    for (const priority of ['high', 'normal', 'low'] as const) {
      broker.deleteQueue(priority === 'normal' ? 'counts' : `counts.${priority}`)
    }
    await advance(1_000)
    await driver.publish('events', 'query.high', aMessage({ id: 'high', priority: 'high' }))
    await driver.publish('events', 'feedback.given', aMessage({ id: 'normal' }))

    assert.deepEqual((await inbox.take(2)).map(({ message }) => message.id).sort(), ['high', 'normal'])
    assert.deepEqual(broker.idsIn('history'), ['normal'])
  })

  test('is bound again when its exchange is gone, too', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, { topology })
    const inbox = await Inbox.open(driver, 'counts')

    broker.deleteExchange('events')
    broker.deleteQueue('counts')
    await advance(1_000)
    await driver.publish('events', 'query.done', aMessage({ id: 'after' }))

    assert.equal((await inbox.next()).message.id, 'after')
  })
})

describe('what somebody deleted is there again for what goes into it', () => {
  test('a retry', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs')
    await driver.send('jobs', aMessage({ id: 'retried' }))
    const first = await inbox.next()
    broker.deleteQueue('retry.200ms')

    assert.equal(await first.nack({ delayMs: 200 }), 'settled')

    assert.deepEqual(broker.idsIn('retry.200ms'), ['retried'])
    await advance(200)
    assert.equal((await inbox.next()).attempt, 2)
  })

  for (const isTapped of [false, true]) {
    test(`a dead letter, ${isTapped ? 'though others hear of it' : 'of which nobody hears'}`, async (t) => {
      const { broker, driver } = await openOnFake(t, withQueue())
      if (isTapped) await driver.tapDeadLetters(async () => {})
      const inbox = await Inbox.open(driver, 'jobs')
      await Promise.all(messages(3).map((message) => driver.send('jobs', message)))
      const deliveries = await inbox.take(3)
      broker.deleteQueue('jobs.dlq')

      const settled = await Promise.all(deliveries.map((delivery) => delivery.deadLetter(CAUSE)))

      assert.deepEqual(settled, ['settled', 'settled', 'settled'])
      assert.deepEqual(broker.idsIn('jobs.dlq'), ['message-1', 'message-2', 'message-3'])
    })
  }

  test('a dead letter that waited for the broker meanwhile', async (t) => {
    const { broker, driver } = await openOnFake(t, withQueue())
    await driver.tapDeadLetters(async () => {})
    const inbox = await Inbox.open(driver, 'jobs')
    await driver.send('jobs', aMessage({ id: 'dead' }))
    const delivery = await inbox.next()
    broker.setBlocked('low on memory')
    const settling = delivery.deadLetter(CAUSE)
    await settle()

    broker.deleteQueue('jobs.dlq')
    broker.setBlocked(undefined)

    assert.equal(await settling, 'settled')
    assert.deepEqual(broker.idsIn('jobs.dlq'), ['dead'])
  })

  test('a replay', async (t) => {
    const { broker, driver } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs')
    await driver.send('jobs', aMessage({ id: 'replayed' }))
    await (await inbox.next()).deadLetter(CAUSE)
    await inbox.stop()
    broker.deleteQueue('jobs')

    assert.deepEqual(await driver.replay('jobs', { limit: 1, headers: {} }), ['replayed'])

    assert.deepEqual(broker.idsIn('jobs'), ['replayed'])
  })
})

describe('messages of strangers', () => {
  test('arrive with an id, whatever else they lack', async (t) => {
    const { broker, driver } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs')

    publishAsStranger(broker, {}, 'no JSON')

    const { message, attempt, redelivered } = await inbox.next()
    assert.match(message.id, /^[0-9a-f-]{36}$/)
    assert.equal(message.contentType, 'application/octet-stream')
    assert.deepEqual(message.headers, {})
    assert.equal(message.enqueuedAt, Date.parse('2026-01-01T00:00:00Z'))
    assert.deepEqual([attempt, redelivered], [1, false])
  })

  test('keep their id through a retry and to the dead letters', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs')
    publishAsStranger(broker, { contentType: 'text/plain' })
    const first = await inbox.next()

    await first.nack({ delayMs: 200 })
    await advance(201)
    const second = await inbox.next()
    await second.deadLetter(CAUSE)

    const { deadLetters } = await driver.deadLetters('jobs', { limit: 1 })
    assert.equal(second.message.id, first.message.id)
    assert.equal(second.attempt, 2)
    assert.equal(deadLetters[0]?.message.id, first.message.id)
    assert.equal(deadLetters[0]?.message.contentType, 'text/plain')
  })

  test('may have headers of any kind and hold up nobody', async (t) => {
    const { broker, driver } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs')
    const headers = {
      number: 7,
      flag: true,
      nested: { a: [1, 'b'] },
      bytes: Buffer.from('bytes'),
      nothing: null,
      'x-attempt': 'many',
      'x-enqueued-at': {},
      'x-message-ttl-ms': -3,
      'x-message-priority': 'urgent',
      'x-death': 'yes',
      'x-delivery-count': 'x',
    }

    publishAsStranger(broker, { messageId: 'odd', headers, timestamp: 1e15, expiration: undefined })
    await driver.send('jobs', aMessage({ id: 'good' }))

    const [odd, good] = await inbox.take(2)
    assert.deepEqual(odd?.message.headers, {
      number: '7',
      flag: 'true',
      nested: '{"a":[1,"b"]}',
      bytes: 'bytes',
      nothing: '',
    })
    assert.equal(odd?.attempt, 1)
    assert.equal(odd?.message.ttlMs, undefined)
    assert.equal(odd?.message.priority, undefined)
    assert.equal(good?.message.id, 'good')
    for (const delivery of [odd, good]) assert.equal(await delivery?.ack(), 'settled')
  })

  test('may have numbers that nobody can count with, and are retried and given up all the same', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs')
    const unreadable = { toString: 'text', valueOf: 'text' }
    const death = { queue: 'jobs', reason: 'expired', time: { '!': 'timestamp', value: 1e300 } }
    const oddities = [
      { 'x-attempt': unreadable, 'x-enqueued-at': unreadable, 'x-message-ttl-ms': unreadable },
      { 'x-ready-at': unreadable, 'x-death': [{ ...death, time: unreadable }] },
      { 'x-enqueued-at': 1e300, 'x-message-ttl-ms': 1e300, 'x-death': [death] },
      { 'x-enqueued-at': -1, 'x-message-ttl-ms': '1e21' },
      { 'x-enqueued-at': 1.5, 'x-attempt': 1.5 },
    ]
    for (const headers of oddities) publishAsStranger(broker, { headers })

    for (const { message, attempt } of await inbox.take(oddities.length)) {
      assert.ok(Number.isSafeInteger(attempt))
      assert.ok(
        Number.isSafeInteger(message.enqueuedAt) && !Number.isNaN(new Date(message.enqueuedAt).getTime()),
      )
      assert.ok(message.ttlMs === undefined || message.ttlMs <= 2 ** 32 - 1, `${message.ttlMs}`)
    }
    for (const delivery of inbox.deliveries) assert.equal(await delivery.nack({ delayMs: 200 }), 'settled')
    await advance(200)
    for (const delivery of await inbox.take(oddities.length)) {
      assert.equal(await delivery.deadLetter(CAUSE), 'settled')
    }
    assert.equal((await driver.deadLetters('jobs', { limit: 10 })).deadLetters.length, oddities.length)
  })

  test('two under one id are handed over one after the other', async (t) => {
    const { broker, driver } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs')
    publishAsStranger(broker, { messageId: 'same' }, 'first')
    publishAsStranger(broker, { messageId: 'same' }, 'second')
    const first = await inbox.next()
    await settle()
    assert.equal(inbox.deliveries.length, 1)

    await first.ack()

    assert.equal(Buffer.from((await inbox.next()).message.body).toString(), 'second')
  })
})

describe('a classic queue, which does not count what comes back', () => {
  test('has a message that ends its consumers come with one more attempt each time', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue({ type: 'classic' }))
    const inbox = await Inbox.open(driver, 'jobs', { leaseMs: 10 })
    const headers = { traceparent: '00-aa-bb-01' }
    await driver.send('jobs', aMessage({ id: 'killer', headers }))
    await inbox.next()

    for (let crash = 1; crash <= 5; crash++) {
      broker.cutConnections()
      await advance(20_000)
      const delivery = await inbox.next()
      assert.deepEqual([delivery.attempt, delivery.redelivered], [crash + 1, true])
      assert.deepEqual(delivery.message.headers, headers)
    }

    assert.equal(inbox.deliveries.length, 6)
    assert.equal(await inbox.deliveries.at(-1)?.ack(), 'settled')
    await settle()
    assert.deepEqual(broker.idsIn('jobs'), [])
  })

  test('has what cannot be copied handed over as it is', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue({ type: 'classic' }))
    const inbox = await Inbox.open(driver, 'jobs', { leaseMs: 10 })
    await driver.send('jobs', aMessage({ id: 'large', body: Buffer.alloc(200) }))
    await inbox.next()
    broker.messageBytesMax = 100

    broker.cutConnections()
    await advance(20_000)

    const delivery = await inbox.next()
    assert.equal(delivery.attempt, 2)
    assert.equal(await delivery.ack(), 'settled')
  })

  test('has nothing handed over by a connection that was lost while it was copied', async (t) => {
    const options = { ...withQueue({ type: 'classic' }), publisher: { timeoutMs: 500 } }
    const { broker, driver, advance } = await openOnFake(t, options)
    const inbox = await Inbox.open(driver, 'jobs', { leaseMs: 10 })
    await driver.send('jobs', aMessage())
    await inbox.next()
    broker.setBlocked('low on memory')
    broker.cutConnections()
    await advance(400)

    broker.cutConnections()
    await advance(300)
    assert.equal(inbox.deliveries.length, 1, 'the copy failed on a channel that is gone')
    await advance(600)

    const delivery = await inbox.next()
    assert.equal(delivery.attempt, 2)
    assert.equal(await delivery.ack(), 'settled')
  })

  test('gets back what could not be copied before its consumer stopped', async (t) => {
    const options = { ...withQueue({ type: 'classic' }), publisher: { timeoutMs: 500 } }
    const { broker, driver, advance } = await openOnFake(t, options)
    const inbox = await Inbox.open(driver, 'jobs', { leaseMs: 10 })
    await driver.send('jobs', aMessage({ id: 'stuck' }))
    await inbox.next()
    broker.setBlocked('low on memory')
    broker.cutConnections()
    await advance(400)

    await inbox.stop()
    await advance(1_000)

    assert.equal(inbox.deliveries.length, 1)
    assert.deepEqual(broker.idsIn('jobs'), ['stuck'])
  })
})

describe('what the broker gives up by itself', () => {
  test('a message that nobody ever answers is a dead letter with the reason delivery-limit', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue({ deliveryLimit: 3 }))
    await Inbox.open(driver, 'jobs', { leaseMs: 10 })
    await driver.send('jobs', aMessage({ id: 'killer', headers: { traceparent: '00-aa-bb-01' } }))

    for (let crash = 0; crash < 5; crash++) {
      broker.cutConnections()
      await advance(20_000)
    }

    const { deadLetters } = await driver.deadLetters('jobs', { limit: 10 })
    const [letter] = deadLetters
    assert.equal(letter?.message.id, 'killer')
    assert.deepEqual(letter?.message.headers, { traceparent: '00-aa-bb-01' })
    assert.equal(letter?.cause.reason, 'delivery-limit')
    assert.equal(letter?.attempts, 4)
  })

  test('one that waited too long is a dead letter with the reason expired, also to who consumes them', async (t) => {
    const { driver, advance } = await openOnFake(t, withQueue({ ttlMs: 1_000 }))
    await driver.send('jobs', aMessage({ id: 'late' }))

    await advance(1_001)

    const { deadLetters } = await driver.deadLetters('jobs', { limit: 10 })
    assert.deepEqual(
      deadLetters.map(({ message, cause, attempts }) => [message.id, cause.reason, attempts]),
      [['late', 'expired', 0]],
    )
    const inbox = await Inbox.open(driver, 'jobs.dlq')
    const { headers } = (await inbox.next()).message
    assert.equal(headers[HEADER.DEAD_LETTER_REASON], 'expired')
    assert.equal(headers[HEADER.DEAD_LETTER_QUEUE], 'jobs')
  })

  test('a message with a TTL of its own has it anew after a retry, and it is kept', async (t) => {
    const { driver, advance } = await openOnFake(t, withQueue())
    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 1 })
    await driver.send('jobs', aMessage({ id: 'hasty', ttlMs: 1_000 }))
    await (await inbox.next()).nack({ delayMs: 200 })
    await advance(201)
    const second = await inbox.next()
    assert.deepEqual([second.message.id, second.attempt, second.message.ttlMs], ['hasty', 2, 1_000])
    await second.nack({ delayMs: 200 })
    await inbox.stop()

    await advance(2_000)
    const late = await Inbox.open(driver, 'jobs')
    await settle()

    assert.equal(late.deliveries.length, 0)
    const { deadLetters } = await driver.deadLetters('jobs', { limit: 10 })
    assert.deepEqual(
      deadLetters.map(({ message, cause, attempts }) => [message.id, cause.reason, attempts]),
      [['hasty', 'expired', 2]],
    )
  })
})

describe('priorities', () => {
  test('three consumers fetch, and of what is there the highest goes first, at most the prefetch', async (t) => {
    const { driver } = await openOnFake(t, withQueue({ priorities: true }))
    for (const priority of ['low', 'normal', 'high'] as const) {
      for (const { id } of messages(4, priority)) await driver.send('jobs', aMessage({ id, priority }))
    }

    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 2 })
    for (let count = 0; count < 12; count++) {
      const delivery = await inbox.next()
      assert.ok(inbox.deliveries.length <= count + 2)
      await delivery.ack()
    }

    assert.deepEqual(
      inbox.ids(),
      [...messages(4, 'high'), ...messages(4, 'normal'), ...messages(4, 'low')].map(({ id }) => id),
    )
  })

  test('what was fetched and not handed over goes back in its place and costs no attempt', async (t) => {
    const { broker, driver } = await openOnFake(t, withQueue({ priorities: true }))
    const sent = messages(8, 'low').map((message) => ({ ...message, priority: 'low' as const }))
    for (const message of sent) await driver.send('jobs', message)
    const stopped = await Inbox.open(driver, 'jobs', { prefetch: 1 })
    const held = await stopped.next()
    await settle()
    assert.equal(broker.queue('jobs.low').ready.length, 0, 'all were fetched')

    await stopped.stop()

    assert.equal(broker.queue('jobs.low').ready.length, 7)
    assert.equal(await held.ack(), 'settled')
    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 10 })
    const rest = await inbox.take(7)
    assert.deepEqual(
      rest.map(({ message }) => message.id).sort(),
      sent
        .slice(1)
        .map(({ id }) => id)
        .sort(),
    )
    for (const { attempt, redelivered, message } of rest) {
      assert.deepEqual([attempt, redelivered, message.priority], [1, false, 'low'])
    }
  })

  test('a priority is refused where there is none', async (t) => {
    const { driver } = await openOnFake(t, withQueue())

    await assert.rejects(driver.send('jobs', aMessage({ priority: 'high' })), {
      code: 'invalid-request',
      message: 'jobs has no priorities, so it takes no message with the priority high',
    })
    await driver.send('jobs', aMessage({ priority: 'normal' }))
  })
})

describe('a stopped subscription', () => {
  /** With its handler, which nobody else has. */
  async function subscribeTo(driver: MessageDriver, onDelivery: (delivery: Delivery) => void = () => {}) {
    const deliver = (delivery: Delivery) => onDelivery(delivery)
    const options = { prefetch: 1, leaseMs: LEASE_MS, onError: () => {} }
    let subscription: DriverSubscription | undefined = await driver.subscribe('jobs', options, deliver)
    const stop = async () => {
      const stopping = subscription?.stop()
      // The test must not be the one who remembers it.
      subscription = undefined
      await stopping
    }
    return { stop, handler: new WeakRef(deliver) }
  }

  const isForgotten = (handler: WeakRef<object>) => {
    collectGarbage()
    return handler.deref() === undefined
  }

  test('is forgotten', async (t) => {
    const { driver } = await openOnFake(t, withQueue())
    const { stop, handler } = await subscribeTo(driver)

    await stop()

    await waitUntil('nothing of it is left', () => isForgotten(handler))
  })

  test('is forgotten also when the broker is away', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue())
    const { stop, handler } = await subscribeTo(driver)
    broker.setAway(true)
    await advance(1_000)

    await stop()

    await waitUntil('nothing of it is left', () => isForgotten(handler))
  })

  test('is kept while what it handed over is held, on its channel and after that is lost', async (t) => {
    for (const isLost of [false, true]) {
      const { broker, driver, advance } = await openOnFake(t, withQueue())
      const deliveries: Delivery[] = []
      const { stop, handler } = await subscribeTo(driver, (delivery) => deliveries.push(delivery))
      await driver.send('jobs', aMessage())
      await waitUntil('it is held', () => deliveries.length === 1)
      await stop()
      if (isLost) broker.cutConnections()
      await advance(1_000)
      assert.equal(isForgotten(handler), false)

      assert.equal(await deliveries.pop()?.ack(), isLost ? 'stale' : 'settled')

      await waitUntil('nothing of it is left', () => isForgotten(handler))
    }
  })
})

describe('a broker that answers nothing any more', () => {
  const CLOSE_MS = 3_000

  async function closeTakes(driver: TappableDriver, advance: (ms: number) => Promise<void>): Promise<number> {
    let isClosed = false
    const closing = driver.close().then(() => {
      isClosed = true
    })
    let tookMs = 0
    for (; !isClosed && tookMs <= 10 * CLOSE_MS; tookMs += 500) await advance(500)
    assert.ok(isClosed, `not closed after ${tookMs} ms`)
    await closing
    return tookMs
  }

  test('holds up a close no longer than it may take, with acks, questions and messages on their way', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, { ...withQueue(), closeTimeoutMs: CLOSE_MS })
    await driver.tapDeadLetters(async () => {})
    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 50 })
    await Promise.all(messages(50).map((message) => driver.send('jobs', message)))
    const deliveries = await inbox.take(50)
    // Each by itself, so many that they may be underway.
    for (const delivery of deliveries.filter((_, index) => index % 2 === 1)) await delivery.ack()
    await settle()
    broker.setHung(true)
    const hanging = Promise.allSettled([
      driver.stats('jobs'),
      driver.send('jobs', aMessage({ id: 'hanging' })),
    ])
    await settle()

    assert.equal(await closeTakes(driver, advance), CLOSE_MS)

    const [asked, sent] = await hanging
    assert.equal(asked?.status, 'rejected')
    assert.ok(sent?.status === 'rejected')
    assert.equal(sent.reason.code, 'shutting-down')
    assert.equal(broker.connections, 0)
  })

  test('holds up a close also when consumers have stopped before', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, { ...withQueue(), closeTimeoutMs: CLOSE_MS })
    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 50 })
    await Promise.all(messages(50).map((message) => driver.send('jobs', message)))
    const deliveries = await inbox.take(50)
    await inbox.stop()
    for (const delivery of deliveries.filter((_, index) => index % 2 === 1)) await delivery.ack()
    await settle()
    broker.setHung(true)

    assert.equal(await closeTakes(driver, advance), CLOSE_MS)
  })
})

describe('a settlement that the broker does not take', () => {
  test('gives the message back at once, and is told', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, { ...withQueue(), publisher: { timeoutMs: 500 } })
    const inbox = await Inbox.open(driver, 'jobs')
    await driver.send('jobs', aMessage())
    const first = await inbox.next()
    broker.setBlocked('low on memory')
    await settle()

    const settling = Promise.allSettled([first.nack({ delayMs: 200 })])
    await advance(500)

    const [result] = await settling
    assert.ok(result?.status === 'rejected')
    assert.match(result.reason.message, /low on memory/)
    assert.equal((await inbox.next()).attempt, 2)
    assert.equal(await first.ack(), 'stale')
  })
})

describe('going back to a queue that senders keep full', () => {
  test('a release costs no attempt, however often, and comes again when there is room', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue({ lengthMax: 1 }))
    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 1 })
    const sent = messages(8)
    const attempts: number[] = []
    await driver.send('jobs', sent[0] as WireMessage)
    for (const message of sent.slice(1)) {
      const held = await inbox.next()
      await driver.send('jobs', message)
      attempts.push(held.attempt)
      assert.equal(await held.release(), 'settled')
    }
    assert.equal((await driver.stats('jobs')).delayed, 7)

    // Those whose time is over find the queue full, and are tried again.
    broker.queue('jobs').setHeldBack(true)
    await advance(5_000)
    assert.deepEqual(broker.idsIn('jobs').length, 1)
    broker.queue('jobs').setHeldBack(false)
    for (let count = 0; count < sent.length; count++) {
      const held = await inbox.next()
      attempts.push(held.attempt)
      await held.ack()
      await advance(1_000)
    }

    assert.deepEqual(attempts, Array(15).fill(1))
    assert.deepEqual([...new Set(inbox.ids())].sort(), sent.map(({ id }) => id).sort())
    assert.equal((await driver.stats('jobs')).deadLetters, 0)
  })

  test('a nack that is to come again at once counts one attempt', async (t) => {
    const { driver, advance } = await openOnFake(t, withQueue({ lengthMax: 1 }))
    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 1 })
    await driver.send('jobs', aMessage({ id: 'failing' }))
    const failing = await inbox.next()
    await driver.send('jobs', aMessage({ id: 'filling' }))

    assert.equal(await failing.nack({ delayMs: 0 }), 'settled')
    await (await inbox.next()).ack()
    await advance(1_000)

    const again = await inbox.next()
    assert.deepEqual([again.message.id, again.attempt], ['failing', 2])
  })

  test('what was fetched and not handed over is as good as never delivered', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, withQueue({ priorities: true, lengthMax: 4 }))
    const low = messages(4, 'low').map((message) => ({ ...message, priority: 'low' as const }))
    for (const message of low) await driver.send('jobs', message)
    const stopped = await Inbox.open(driver, 'jobs', { prefetch: 1 })
    const held = await stopped.next()
    await settle()
    broker.queue('jobs.low').setHeldBack(true)
    const filling = messages(4, 'filling').map((message) => ({ ...message, priority: 'low' as const }))
    for (const message of filling) await driver.send('jobs', message)

    await stopped.stop()
    await held.ack()
    broker.queue('jobs.low').setHeldBack(false)
    const inbox = await Inbox.open(driver, 'jobs', { ackAtOnce: true })
    await advance(2_000)

    await waitUntil('all have come', () => inbox.deliveries.length === 7)
    assert.deepEqual(inbox.ids().sort(), [
      'filling-1',
      'filling-2',
      'filling-3',
      'filling-4',
      'low-2',
      'low-3',
      'low-4',
    ])
    for (const { attempt, redelivered } of inbox.deliveries)
      assert.deepEqual([attempt, redelivered], [1, false])
  })
})

describe('looking at dead letters and replaying them', () => {
  async function withDeadLetters(t: Parameters<typeof openOnFake>[0], count: number) {
    const opened = await openOnFake(t, withQueue({ lengthMax: 5 }))
    const inbox = await Inbox.open(opened.driver, 'jobs', { prefetch: 1 })
    for (const message of messages(count)) {
      await opened.driver.send('jobs', message)
      await (await inbox.next()).deadLetter(CAUSE)
    }
    await inbox.stop()
    return opened
  }

  test('does not change their order, however often, and counts those that are looked at', async (t) => {
    const { broker, driver } = await withDeadLetters(t, 6)
    const ids = messages(6).map(({ id }) => id)

    for (let look = 0; look < 20; look++) {
      const looking = driver.deadLetters('jobs', { limit: 3 })
      assert.equal((await driver.stats('jobs')).deadLetters, 6)
      assert.deepEqual(
        (await looking).deadLetters.map(({ message }) => message.id),
        ids.slice(0, 3),
      )
    }

    assert.deepEqual(broker.idsIn('jobs.dlq'), ids)
  })

  test('several replays at once put each back once', async (t) => {
    const { broker, driver } = await withDeadLetters(t, 5)

    const replays = await Promise.all([2, 2, 2].map((limit) => driver.replay('jobs', { limit, headers: {} })))

    assert.deepEqual(
      replays.flat(),
      messages(5).map(({ id }) => id),
    )
    assert.deepEqual(
      broker.idsIn('jobs'),
      messages(5).map(({ id }) => id),
    )
    assert.deepEqual(broker.idsIn('jobs.dlq'), [])
  })

  test('a replay into a queue that has no room leaves the rest where it was', async (t) => {
    const { broker, driver } = await withDeadLetters(t, 8)

    assert.equal((await driver.replay('jobs', { limit: 10, headers: {} })).length, 5)
    assert.deepEqual(await driver.replay('jobs', { limit: 10, headers: {} }), [])

    assert.deepEqual(broker.idsIn('jobs.dlq'), ['message-6', 'message-7', 'message-8'])
  })

  test('a replay that the broker does not confirm loses none', async (t) => {
    const { broker, driver, advance } = await withDeadLetters(t, 3)
    broker.setSilent(true)
    const replaying = driver.replay('jobs', { limit: 10, headers: {} })
    await settle()

    broker.setSilent(false)
    broker.cutConnections()
    await advance(300)
    await replaying.catch(() => {})

    const kept = new Set([...broker.idsIn('jobs'), ...broker.idsIn('jobs.dlq')])
    assert.deepEqual(
      [...kept].sort(),
      messages(3).map(({ id }) => id),
    )
  })

  test('those of strangers are shown, too', async (t) => {
    const { broker, driver } = await openOnFake(t, withQueue())
    broker.publish({ exchange: 'dlx', routingKey: 'jobs.dlq', body: Buffer.from('?'), properties: {} })

    const { deadLetters } = await driver.deadLetters('jobs', { limit: 10 })

    assert.deepEqual(
      deadLetters.map(({ cause, attempts }) => [cause.detail, attempts]),
      [['the message does not say why it was given up', 0]],
    )
  })
})

test('delays that nobody defined get a queue each, up to a limit, and are rounded up beyond it', async (t) => {
  const { broker, driver, advance } = await openOnFake(t, withQueue())
  const inbox = await Inbox.open(driver, 'jobs', { prefetch: 100 })
  for (const message of messages(30)) await driver.send('jobs', message)

  for (const [index, delivery] of (await inbox.take(30)).entries()) {
    assert.equal(await delivery.nack({ delayMs: 1_000 + index }), 'settled')
  }

  assert.equal(broker.queue('retry.1s').ready.length, 1)
  assert.equal(broker.queue('retry.1015ms').ready.length, 15)
  assert.throws(() => broker.queue('retry.1016ms'))
  await advance(1_020)
  assert.equal((await inbox.take(30)).length, 30)
})
