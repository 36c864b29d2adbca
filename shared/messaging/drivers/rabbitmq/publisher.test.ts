import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AppError } from '#shared/errors'
import { aMessage, messages } from '../../testing/a-message'
import { Inbox } from '../../testing/inbox'
import type { Topology } from '../../topology'
import { AmqpReplyError, REPLY } from './amqp'
import { settle } from './testing/fake-broker-harness'
import { openOnFake } from './testing/open-on-fake'

const TOPOLOGY: Topology = {
  queues: [{ name: 'jobs', lengthMax: 10_000 }, { name: 'short', lengthMax: 2 }, { name: 'audit' }],
  exchanges: [{ name: 'events', type: 'topic' }],
  bindings: [
    { exchange: 'events', pattern: 'query.*', queue: 'audit' },
    { exchange: 'events', pattern: 'query.failed', queue: 'short' },
  ],
  retryDelaysMs: [200],
}

const options = { topology: TOPOLOGY }

const ids = (count: number) => messages(count).map(({ id }) => id)

function codesOf(results: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return results.map((result) => (result.status === 'rejected' ? result.reason.code : result.status))
}

describe('the outbox', () => {
  test('sends again what was not confirmed when the connection was lost, in order', async (t) => {
    const { broker, driver, advance, reports } = await openOnFake(t, options)
    broker.setSilent(true)
    const sends = Promise.all(messages(20).map((message) => driver.send('jobs', message)))
    await settle()
    // The broker has them, but nobody knows: they are to be there twice rather than never.
    assert.deepEqual(broker.idsIn('jobs'), ids(20))
    broker.setSilent(false)

    broker.cutConnections()
    await advance(200)

    await sends
    assert.deepEqual(broker.idsIn('jobs'), [...ids(20), ...ids(20)])
    assert.deepEqual(
      new Set(reports.map(({ outcome, sends: times }) => `${outcome} ${times}`)),
      new Set(['confirmed 2']),
    )
  })

  test('what was confirmed is not sent again', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, options)
    await driver.send('jobs', aMessage({ id: 'safe' }))

    broker.cutConnections()
    await advance(200)
    await driver.send('jobs', aMessage({ id: 'next' }))

    assert.deepEqual(broker.idsIn('jobs'), ['safe', 'next'])
  })

  test('what is sent while the broker is away goes out when it is back, in order', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, options)
    broker.setAway(true)
    const sends = Promise.all(messages(5).map((message) => driver.send('jobs', message)))
    await advance(1_000)
    assert.equal(broker.connections, 0)

    broker.setAway(false)
    await advance(5_000)

    await sends
    assert.deepEqual(broker.idsIn('jobs'), ids(5))
  })

  test('a queue that nobody defined is declared too when its first message waited for the broker', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, {
      ...options,
      before: (one) => one.setAway(true),
    })
    const sending = driver.send('made.up', aMessage({ id: 'one' }))

    broker.setAway(false)
    await advance(5_000)

    await sending
    assert.deepEqual(broker.idsIn('made.up'), ['one'])
  })

  test('refuses more than it may hold, saying why it is full', async (t) => {
    const { broker, driver, reports } = await openOnFake(t, { ...options, publisher: { outboxMax: 3 } })
    broker.setAway(true)
    await settle()

    const sends = messages(5).map((message) => driver.send('jobs', message))

    const refused = await Promise.allSettled(sends.slice(3))
    assert.deepEqual(codesOf(refused), ['service-unavailable', 'service-unavailable'])
    for (const result of refused) {
      assert.ok(result.status === 'rejected')
      assert.match(
        result.reason.message,
        /^3 messages of 48 bytes wait .* the broker amqp:\/\/fake:5672\/mesh cannot be used: /,
      )
      assert.equal(result.reason.retryAfterSeconds, 1)
    }
    assert.deepEqual(
      reports.map(({ outcome }) => outcome),
      ['failed', 'failed'],
    )
    for (const send of sends) send.catch(() => {})
  })

  test('has a limit of bytes, but takes a large message when it is empty', async (t) => {
    const publisher = { outboxBytesMax: 1_000 }
    const { broker, driver } = await openOnFake(t, { ...options, publisher })
    await driver.send('jobs', aMessage({ body: Buffer.alloc(5_000) }))
    broker.setSilent(true)
    driver.send('jobs', aMessage({ body: Buffer.alloc(600) })).catch(() => {})

    await assert.rejects(driver.send('jobs', aMessage({ body: Buffer.alloc(600) })), {
      code: 'service-unavailable',
    })
  })

  test('one message to two queues, or two messages to one, are two', async (t) => {
    const { broker, driver } = await openOnFake(t, options)
    const message = aMessage({ id: 'same' })

    await Promise.all([driver.send('jobs', message), driver.send('audit', message)])
    await driver.publish('events', 'query.generated', message)

    assert.deepEqual(broker.idsIn('jobs'), ['same'])
    assert.deepEqual(broker.idsIn('audit'), ['same', 'same'])
  })

  test('one message sent again is a duplicate, on its way and a while after, and with another body a conflict', async (t) => {
    const { broker, driver } = await openOnFake(t, options)
    const message = aMessage({ id: 'once' })
    const other = { ...message, body: Buffer.from('other') }

    const first = driver.send('jobs', message)
    const results = await Promise.allSettled([
      first,
      driver.send('jobs', message),
      driver.send('jobs', other),
    ])
    const later = await Promise.allSettled([driver.send('jobs', message), driver.send('jobs', other)])

    const duplicates = [...results, ...later].map((result) =>
      result.status === 'fulfilled' ? result.value.duplicate : result.reason.code,
    )
    assert.deepEqual(duplicates, [false, true, 'request-conflict', true, 'request-conflict'])
    assert.deepEqual(broker.idsIn('jobs'), ['once'])
  })

  test('remembers no more ids than it is told to', async (t) => {
    const { driver } = await openOnFake(t, { ...options, rememberedMax: 2 })
    for (const message of messages(3)) await driver.send('jobs', message)

    const again = await Promise.all(messages(3).map((message) => driver.send('jobs', message)))

    assert.deepEqual(
      again.map(({ duplicate }) => duplicate),
      [false, true, true],
    )
  })
})

describe('the window', () => {
  test('holds back what exceeds it until something is confirmed', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, { ...options, publisher: { window: 10 } })
    broker.setSilent(true)
    const sends = Promise.all(messages(25).map((message) => driver.send('jobs', message)))
    await settle()
    assert.equal(broker.received.length, 10)

    broker.setSilent(false)
    broker.cutConnections()
    await advance(200)

    await sends
    assert.deepEqual([...new Set(broker.idsIn('jobs'))], ids(25))
  })

  test('several connections share the load', async (t) => {
    const publisher = { connections: 3, window: 5 }
    const { broker, driver } = await openOnFake(t, { ...options, publisher })
    assert.equal(broker.connectionsMade, 4, 'three to publish and one to consume')
    broker.setSilent(true)

    for (const message of messages(40)) driver.send('jobs', message).catch(() => {})
    await settle()

    assert.equal(broker.received.length, 15)
  })
})

describe('batches', () => {
  const publisher = { batchSize: 5, batchTimeoutMs: 20 }

  test('go out when they are full', async (t) => {
    const { broker, driver } = await openOnFake(t, { ...options, publisher })
    const sends = messages(7).map((message) => driver.send('jobs', message))
    await Promise.all(sends.slice(0, 5))

    assert.equal(broker.received.length, 5)
    for (const send of sends) send.catch(() => {})
  })

  test('and after a while when they are not', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, { ...options, publisher })
    const sends = Promise.all(messages(3).map((message) => driver.send('jobs', message)))
    await advance(19)
    assert.equal(broker.received.length, 0)

    await advance(1)

    await sends
    assert.equal(broker.received.length, 3)
  })

  test('and when the driver closes', async (t) => {
    const { broker, driver } = await openOnFake(t, { ...options, publisher })
    const sends = Promise.all(messages(3).map((message) => driver.send('jobs', message)))

    await driver.close()

    await sends
    assert.equal(broker.received.length, 3)
  })
})

describe('what fails', () => {
  test('a message is refused when it is not confirmed in time', async (t) => {
    const { broker, driver, advance, reports } = await openOnFake(t, options)
    broker.setSilent(true)
    const sending = Promise.allSettled([driver.send('jobs', aMessage())])

    await advance(9_999)
    assert.equal(reports.length, 0)
    await advance(1)

    const [result] = await sending
    assert.ok(result?.status === 'rejected')
    assert.equal(result.reason.code, 'service-unavailable')
    assert.match(result.reason.message, /for jobs was not safe within 10000 ms: 1 times sent/)
    assert.deepEqual(
      reports.map(({ outcome, durationMs }) => [outcome, durationMs]),
      [['failed', 10_000]],
    )
  })

  test('a blocked broker holds sends up until their time is up, and is named', async (t) => {
    const { broker, driver, advance, warnings } = await openOnFake(t, options)
    broker.setBlocked('low on memory')
    await settle()
    const sending = Promise.allSettled([driver.send('jobs', aMessage())])
    assert.deepEqual(driver.connection(), {
      state: 'blocked',
      detail: 'the broker amqp://fake:5672/mesh takes no messages: low on memory',
    })

    await advance(10_000)

    const [result] = await sending
    assert.ok(result?.status === 'rejected' && result.reason instanceof AppError)
    assert.equal(result.reason.code, 'service-unavailable')
    assert.match(result.reason.message, /takes no messages: low on memory/)
    assert.ok(warnings.some((warning) => warning.includes('low on memory')))
  })

  test('what waited for a blocked broker goes out when it takes messages again', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, options)
    broker.setBlocked('low on disk')
    await settle()
    const sends = Promise.all(messages(3).map((message) => driver.send('jobs', message)))
    await advance(5_000)

    broker.setBlocked(undefined)
    await advance(0)

    await sends
    assert.deepEqual(broker.idsIn('jobs'), ids(3))
    assert.deepEqual(driver.connection(), { state: 'connected' })
  })

  test('a blocked broker does not stop acks', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, options)
    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 1 })
    for (const message of messages(2)) await driver.send('jobs', message)
    const first = await inbox.next()

    broker.setBlocked('low on memory')
    assert.equal(await first.ack(), 'settled')

    assert.equal((await inbox.next()).message.id, 'message-2')
    await advance(0)
    assert.equal((await driver.stats('jobs')).ready, 0)
  })

  test('a full queue refuses with a time to wait', async (t) => {
    const { driver, reports } = await openOnFake(t, options)

    const results = await Promise.allSettled(messages(3).map((message) => driver.send('short', message)))

    assert.deepEqual(codesOf(results), ['fulfilled', 'fulfilled', 'queue-full'])
    assert.ok(results[2]?.status === 'rejected')
    assert.equal(results[2].reason.retryAfterSeconds, 5)
    assert.deepEqual(
      reports.map(({ outcome }) => outcome),
      ['confirmed', 'confirmed', 'queue-full'],
    )
  })

  test('an exchange of which one queue is full refuses, and the others have their copies', async (t) => {
    const { broker, driver } = await openOnFake(t, options)
    for (const message of messages(2)) await driver.send('short', message)

    await assert.rejects(driver.publish('events', 'query.failed', aMessage({ id: 'one' })), {
      code: 'queue-full',
    })
    assert.deepEqual(broker.idsIn('audit'), ['one'])
  })

  test('an event that nobody is bound for is told, and so is an exchange that nobody defined', async (t) => {
    const { driver, reports } = await openOnFake(t, options)

    assert.equal((await driver.publish('events', 'query.generated', aMessage())).isRouted, true)
    assert.equal((await driver.publish('events', 'feedback.submitted', aMessage())).isRouted, false)
    assert.equal((await driver.publish('unknown', 'query.generated', aMessage())).isRouted, false)
    assert.deepEqual(
      reports.map(({ outcome }) => outcome),
      ['confirmed', 'unroutable'],
    )
  })

  test('a queue that somebody deleted fails the send that finds out, and is declared by the next', async (t) => {
    const { broker, driver } = await openOnFake(t, options)
    broker.deleteQueue('jobs')

    await assert.rejects(driver.send('jobs', aMessage({ id: 'lost' })), {
      code: 'service-unavailable',
      message: 'the queue jobs is gone from the broker; it is declared again by the next message',
    })
    await driver.send('jobs', aMessage({ id: 'kept' }))

    assert.deepEqual(broker.idsIn('jobs'), ['kept'])
  })

  test('events that the broker returns although queues are bound are sent once more, to queues declared again', async (t) => {
    const { broker, driver, reports } = await openOnFake(t, options)
    broker.deleteQueue('audit')

    const outcomes = await Promise.all(
      messages(20).map((message) => driver.publish('events', 'query.generated', message)),
    )

    assert.deepEqual(outcomes, Array(20).fill({ isRouted: true, duplicate: false }))
    assert.deepEqual(broker.idsIn('audit').sort(), ids(20).sort())
    assert.deepEqual(
      reports.map(({ outcome }) => outcome),
      [...Array(20).fill('unroutable'), ...Array(20).fill('confirmed')],
    )
  })

  test('an event is refused when its queues are gone for all that they are declared again', async (t) => {
    const { broker, driver } = await openOnFake(t, options)
    broker.deleteQueue('audit')
    broker.losesBindings = true
    const event = aMessage({ id: 'event' })

    await assert.rejects(driver.publish('events', 'query.generated', event), {
      code: 'service-unavailable',
      message: 'the queues audit, which are bound to events, are gone from the broker',
    })

    broker.losesBindings = false
    assert.deepEqual(await driver.publish('events', 'query.generated', event), {
      isRouted: true,
      duplicate: false,
    })
    assert.deepEqual(broker.idsIn('audit'), ['event'])
  })

  test('an exchange that somebody deleted fails the event that finds out, and is declared again', async (t) => {
    const { broker, driver } = await openOnFake(t, options)
    broker.deleteExchange('events')

    await assert.rejects(driver.publish('events', 'query.generated', aMessage({ id: 'lost' })), {
      code: 'service-unavailable',
      message: /the exchange events of events is gone from the broker/,
    })
    await settle()
    await driver.publish('events', 'query.generated', aMessage({ id: 'kept' }))

    assert.deepEqual(broker.idsIn('audit'), ['kept'])
  })

  test('one message that the broker cannot take is refused alone, the others around it are safe', async (t) => {
    const { broker, driver, reports } = await openOnFake(t, options)
    broker.messageBytesMax = 100
    const sent = messages(9)
    const tooLarge = aMessage({ id: 'too large', body: Buffer.alloc(101) })

    const results = await Promise.allSettled(
      [...sent.slice(0, 4), tooLarge, ...sent.slice(4)].map((message) => driver.send('jobs', message)),
    )

    assert.deepEqual(
      codesOf(results).toSpliced(4, 1),
      sent.map(() => 'fulfilled'),
    )
    assert.ok(results[4]?.status === 'rejected')
    assert.equal(results[4].reason.code, 'invalid-request')
    assert.match(results[4].reason.message, /cannot take message too large for jobs: PRECONDITION_FAILED/)
    assert.deepEqual([...new Set(broker.idsIn('jobs'))], ids(9))
    assert.equal(reports.filter(({ outcome }) => outcome === 'failed').length, 1)
  })

  test('what the broker does not let this user send is not the fault of the message', async (t) => {
    const { broker, driver } = await openOnFake(t, options)
    broker.setSilent(true)
    const sending = assert.rejects(driver.send('jobs', aMessage()), {
      code: 'broker-refused',
      message: /lets this user send nothing to jobs: ACCESS_REFUSED/,
    })
    await settle()

    broker.closeChannels(new AmqpReplyError("ACCESS_REFUSED - access to exchange ''", REPLY.ACCESS_REFUSED))

    await sending
  })

  test('a message that AMQP cannot carry is refused before it is sent', async (t) => {
    const { broker, driver } = await openOnFake(t, options)
    for (const message of [
      aMessage({ id: 'ü'.repeat(128) }),
      aMessage({ headers: { CC: 'elsewhere' } }),
      aMessage({ headers: { 'x-death': 'mine' } }),
      aMessage({ headers: { 'x-attempt': '7' } }),
      aMessage({ headers: { ['n'.repeat(256)]: 'long' } }),
      aMessage({ headers: { long: 'x'.repeat(61_440) } }),
      aMessage({ ttlMs: 2 ** 32 }),
    ]) {
      await assert.rejects(driver.send('jobs', message), { code: 'invalid-request' })
    }
    assert.equal(broker.received.length, 0)
  })

  test('a channel that the broker closes is opened again', async (t) => {
    const { broker, driver } = await openOnFake(t, options)
    await driver.send('jobs', aMessage({ id: 'before' }))

    broker.closeChannels(new AmqpReplyError('PRECONDITION_FAILED - something', REPLY.PRECONDITION_FAILED))
    await driver.send('jobs', aMessage({ id: 'after' }))

    assert.deepEqual(broker.idsIn('jobs'), ['before', 'after'])
  })

  test('a channel that cannot be opened is told, and tried again on the same connection', async (t) => {
    const { broker, driver, advance, warnings } = await openOnFake(t, options)
    broker.channelRefusal = new Error('No channels left to allocate')
    broker.closeChannels(new AmqpReplyError('PRECONDITION_FAILED - something', REPLY.PRECONDITION_FAILED))
    const sending = driver.send('jobs', aMessage({ id: 'patient' }))
    await advance(3_000)
    assert.deepEqual(driver.connection(), {
      state: 'blocked',
      detail: 'the broker opens no channel to publish on: No channels left to allocate',
    })
    assert.deepEqual(warnings, ['No channels left to allocate'], 'told once')

    broker.channelRefusal = undefined
    await advance(1_000)

    await sending
    assert.deepEqual(broker.idsIn('jobs'), ['patient'])
    assert.deepEqual(driver.connection(), { state: 'connected' })
    assert.equal(broker.connectionsMade, 2, 'one to publish and one to consume, and none since')
  })

  test('a message that waited in vain for a channel is refused with the reason', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, options)
    broker.channelRefusal = new Error('No channels left to allocate')
    broker.closeChannels(new AmqpReplyError('PRECONDITION_FAILED - something', REPLY.PRECONDITION_FAILED))
    const sending = Promise.allSettled([driver.send('jobs', aMessage())])

    await advance(10_000)

    const [result] = await sending
    assert.ok(result?.status === 'rejected')
    assert.equal(result.reason.code, 'service-unavailable')
    assert.match(result.reason.message, /opens no channel to publish on: No channels left to allocate$/)
  })

  test('what the broker does not confirm before the driver closes is refused', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, options)
    broker.setSilent(true)
    const sending = Promise.allSettled([driver.send('jobs', aMessage())])

    const closed = driver.close()
    await advance(50)

    await closed
    assert.deepEqual(codesOf(await sending), ['shutting-down'])
  })
})

describe('without confirms', () => {
  const publisher = { confirms: false }

  test('a message counts as sent when it was written', async (t) => {
    const { broker, driver, reports } = await openOnFake(t, { ...options, publisher })
    broker.setSilent(true)

    await Promise.all(messages(1_000).map((message) => driver.send('jobs', message)))

    assert.deepEqual(new Set(reports.map(({ outcome }) => outcome)), new Set(['written']))
    assert.equal(broker.received.length, 1_000)
  })

  test('an exchange that somebody deleted is told and declared again, after the event that finds out', async (t) => {
    const { broker, driver, warnings } = await openOnFake(t, { ...options, publisher })
    broker.deleteExchange('events')

    for (const id of ['lost', 'kept']) {
      await driver.publish('events', 'query.generated', aMessage({ id }))
      await settle()
    }

    assert.deepEqual(broker.idsIn('audit'), ['kept'])
    assert.deepEqual(warnings, ["NOT_FOUND - no exchange 'events' in vhost '/'"])
  })

  test('a queue that somebody deleted is declared again after the messages that find out', async (t) => {
    const { broker, driver } = await openOnFake(t, { ...options, publisher })
    broker.deleteQueue('jobs')

    for (const message of messages(9, 'lost')) await driver.send('jobs', message)
    await settle()
    await driver.send('jobs', aMessage({ id: 'kept' }))
    await settle()

    assert.deepEqual(broker.idsIn('jobs'), ['kept'])
  })

  test('a delivery is settled with confirms all the same', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, { ...options, publisher })
    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 1 })
    await driver.send('jobs', aMessage({ id: 'failing' }))
    const delivery = await inbox.next()
    broker.setSilent(true)
    let settlement: string | undefined
    const settling = delivery.nack({ delayMs: 200 }).then((result) => {
      settlement = result
    })
    await advance(10)
    assert.equal(settlement, undefined)

    broker.setSilent(false)
    broker.cutConnections()
    await advance(300)

    await settling
    // It was put into the retry queue and its delivery is gone: it comes twice rather than never.
    assert.equal(settlement, 'stale')
  })
})

describe('the circuit breaker', () => {
  const publisher = { breakerFailures: 3, breakerPauseMs: 5_000, timeoutMs: 1_000 }

  test('fails at once after so many failures in a row, then lets one try', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, { ...options, publisher })
    broker.setSilent(true)
    const failing = Promise.allSettled(messages(3).map((message) => driver.send('jobs', message)))
    await advance(1_000)
    assert.deepEqual(codesOf(await failing), Array(3).fill('service-unavailable'))

    await assert.rejects(driver.send('jobs', aMessage({ id: 'refused' })), {
      code: 'service-unavailable',
      message: /the last 3 messages failed, so none is tried for a while/,
      retryAfterSeconds: 5,
    })
    assert.equal(broker.received.length, 3)
    await advance(5_000)
    const probing = Promise.allSettled([driver.send('jobs', aMessage({ id: 'probe' }))])
    await assert.rejects(driver.send('jobs', aMessage({ id: 'beside the probe' })))
    await advance(1_000)

    assert.deepEqual(codesOf(await probing), ['service-unavailable'])
    await assert.rejects(driver.send('jobs', aMessage({ id: 'refused again' })))
    assert.equal(broker.received.length, 4)
  })

  test('closes when the one succeeds', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, { ...options, publisher })
    broker.setSilent(true)
    const failing = Promise.allSettled(messages(3).map((message) => driver.send('jobs', message)))
    await advance(1_000)
    await failing
    broker.setSilent(false)
    await advance(5_000)

    await driver.send('jobs', aMessage({ id: 'probe' }))

    const results = await Promise.allSettled(
      messages(10, 'after').map((message) => driver.send('jobs', message)),
    )
    assert.deepEqual(new Set(codesOf(results)), new Set(['fulfilled']))
  })

  test('tries at once when the broker is back', async (t) => {
    const { broker, driver, advance } = await openOnFake(t, { ...options, publisher })
    broker.setAway(true)
    const failing = Promise.allSettled(messages(3).map((message) => driver.send('jobs', message)))
    await advance(1_000)
    await failing
    await assert.rejects(driver.send('jobs', aMessage()), { message: /so none is tried for a while/ })

    broker.setAway(false)
    await advance(2_000)

    await driver.send('jobs', aMessage({ id: 'back' }))
    assert.deepEqual(broker.idsIn('jobs'), ['back'])
  })

  test('full queues and bad messages are no failures of the broker', async (t) => {
    const { broker, driver } = await openOnFake(t, { ...options, publisher })
    broker.messageBytesMax = 100
    for (const message of messages(2)) await driver.send('short', message)

    for (const message of messages(5, 'more')) {
      await assert.rejects(driver.send('short', message), { code: 'queue-full' })
      await assert.rejects(driver.send('jobs', aMessage({ body: Buffer.alloc(101) })), {
        code: 'invalid-request',
      })
    }

    await driver.send('jobs', aMessage())
  })
})

test('each message is reported with what became of it', async (t) => {
  const { driver, reports } = await openOnFake(t, options)

  await driver.send('jobs', aMessage({ body: Buffer.alloc(123) }))
  await driver.publish('events', 'query.generated', aMessage())

  assert.deepEqual(reports, [
    { destination: 'jobs', outcome: 'confirmed', durationMs: 0, bytes: 123, sends: 1 },
    { destination: 'events', outcome: 'confirmed', durationMs: 0, bytes: 16, sends: 1 },
  ])
})

test('messages are persistent and have the TTL of the configuration unless they have their own', async (t) => {
  const { broker, driver } = await openOnFake(t, { ...options, publisher: { ttlMs: 60_000, durable: false } })

  await driver.send('jobs', aMessage())
  await driver.send('jobs', aMessage({ ttlMs: 500 }))

  assert.deepEqual(
    broker.received.map(({ properties: { persistent, expiration } }) => [persistent, expiration]),
    [
      [false, '60000'],
      [false, '500'],
    ],
  )
})
