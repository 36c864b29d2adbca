import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { temporaryFolder } from '../../../sqlite/testing/temporary-folder'
import { aMessage, messages } from '../../testing/a-message'
import { Inbox } from '../../testing/inbox'
import { waitUntil } from '../../testing/wait-until'
import type { Topology } from '../../topology'
import { createRabbitmqDriver, type RabbitmqDriverOptions } from './rabbitmq-driver'
import { PATIENCE } from './testing/patience'
import { brokerUrl, whyNoBroker, withBroker } from './testing/real-broker'
import { deleteAll, testPrefix, throughProxy } from './testing/real-broker-space'
import { startTcpProxy } from './testing/tcp-proxy'
import { startTlsFront } from './testing/tls-front'

const TOPOLOGY: Topology = {
  queues: [
    { name: 'jobs', deliveryLimit: 3, lengthMax: 100_000 },
    { name: 'brief', deliveryLimit: 3, ttlMs: 100 },
  ],
  exchanges: [{ name: 'events', type: 'topic' }],
  bindings: [
    { exchange: 'events', pattern: 'job.*', queue: 'jobs' },
    { exchange: 'events', pattern: '#', queue: 'brief' },
  ],
  retryDelaysMs: [100],
}

const CAUSE = { reason: 'not-retryable', code: 'invalid-request', detail: 'no such field' } as const

const url = brokerUrl()
const target = { host: new URL(url).hostname, port: Number(new URL(url).port || 5672) }

async function open(t: TestContext, options: Partial<RabbitmqDriverOptions> = {}) {
  const proxy = await startTcpProxy(target)
  const namePrefix = options.namePrefix ?? testPrefix()
  const topology = options.topology ?? TOPOLOGY
  const driver = await createRabbitmqDriver({
    url: throughProxy(url, proxy.port),
    namePrefix,
    topology,
    ...PATIENCE,
    ...options,
  })
  t.after(async () => {
    await driver.close()
    await proxy.close()
    await withBroker(url, (channel) => deleteAll(channel, topology, namePrefix))
  })
  return { driver, proxy, namePrefix }
}

describe('on a real broker', { skip: whyNoBroker() }, () => {
  test('what was not confirmed when the connection broke is sent again: none of 2,000 is lost', async (t) => {
    const { driver, proxy } = await open(t)
    const sent = messages(2_000)
    let confirmed = 0
    const sends = Promise.all(
      sent.map((message) =>
        driver.send('jobs', message).then(() => {
          confirmed += 1
        }),
      ),
    )
    for (const share of [0.2, 0.5, 0.8]) {
      await waitUntil('some are confirmed', () => confirmed > share * sent.length)
      proxy.cut()
    }

    await sends

    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 500, ackAtOnce: true })
    const lost = () => {
      const arrived = new Set(inbox.ids())
      return sent.map(({ id }) => id).filter((id) => !arrived.has(id))
    }
    // When it is in vain, what is missing is told below.
    await waitUntil('all have arrived', () => lost().length === 0).catch(() => {})
    await waitUntil('none is left', async () => (await driver.stats('jobs')).ready === 0)
    const again = inbox.ids().length - new Set(inbox.ids()).size
    t.diagnostic(`${sent.length} sent, ${again} of them came again, ${lost().length} lost`)
    assert.deepEqual(lost(), [])
  })

  test('a wrong password ends the start, and neither it nor the user is told', async () => {
    const wrong = new URL(url)
    wrong.username = 'mesh-nobody'
    wrong.password = 'wrong-secret'

    await assert.rejects(createRabbitmqDriver({ url: wrong.href }), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'broker-refused')
      assert.match(error.message, /ACCESS_REFUSED/)
      assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /secret|nobody/)
      return true
    })
  })

  test('a virtual host that is not there ends the start', async () => {
    const wrong = new URL(url)
    wrong.pathname = '/mesh-no-such-vhost'

    await assert.rejects(createRabbitmqDriver({ url: wrong.href }), {
      code: 'broker-refused',
      message: /mesh-no-such-vhost/,
    })
  })

  for (const [variable, changed, difference] of [
    ['QUEUE_LENGTH_MAX', { lengthMax: 5 }, 'x-max-length 100000, but 5 is asked for'],
    ['QUEUE_TTL_MS', { ttlMs: 5_000 }, 'x-message-ttl none, but 5000 is asked for'],
    ['QUEUE_DELIVERY_LIMIT', { deliveryLimit: 7 }, 'x-delivery-limit 3, but 7 is asked for'],
    ['QUEUE_TYPE', { type: 'classic' }, 'x-dead-letter-strategy at-least-once, but none is asked for'],
  ] as const) {
    test(`a queue with another ${variable} ends the start, naming it and what to do`, async (t) => {
      const { namePrefix } = await open(t)
      const queues = TOPOLOGY.queues.map((queue) =>
        queue.name === 'jobs' ? { ...queue, ...changed } : queue,
      )

      const opening = createRabbitmqDriver({ url, namePrefix, topology: { ...TOPOLOGY, queues } })

      await assert.rejects(opening, {
        code: 'topology-mismatch',
        message: `the broker has the queue ${namePrefix}jobs with ${difference}. What exists cannot be changed: set ${variable} back, delete the queue once it is empty, or take another RABBITMQ_NAME_PREFIX`,
      })
    })
  }

  test('a queue that is durable and is not to be is told as such', async (t) => {
    const durable = { ...TOPOLOGY, queues: [{ name: 'jobs', type: 'classic' as const }] }
    const { namePrefix } = await open(t, { topology: durable })
    const queues = [{ name: 'jobs', type: 'classic' as const, durable: false }]

    await assert.rejects(createRabbitmqDriver({ url, namePrefix, topology: { ...durable, queues } }), {
      code: 'topology-mismatch',
      message: /with durable true, but false is asked for.*set QUEUE_DURABLE back/,
    })
  })

  test('acks of a hundred deliveries, none of which follows another, are all taken before the close', async (t) => {
    const { driver, namePrefix } = await open(t)
    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 200 })
    await Promise.all(messages(200).map((message) => driver.send('jobs', message)))
    const deliveries = await inbox.take(200)
    const odd = deliveries.filter((_, index) => index % 2 === 1)

    await Promise.all(odd.map((delivery) => delivery.ack()))
    await driver.close()

    await withBroker(url, async (channel) => {
      const ready = async () => (await channel.checkQueue(`${namePrefix}jobs`)).messages
      await waitUntil('the rest is back', async () => (await ready()) >= 100)
      assert.equal(await ready(), 100)
    })
  })

  test('what the broker gives up by itself is told in our words', async (t) => {
    const { driver, proxy } = await open(t)
    await driver.send('brief', aMessage({ id: 'late' }))
    await driver.send('jobs', aMessage({ id: 'killer', headers: { traceparent: '00-aa-bb-01' } }))
    const inbox = await Inbox.open(driver, 'jobs', { leaseMs: 10 })
    for (let crash = 1; crash <= 4; crash++) {
      await waitUntil(`delivery ${crash}`, () => inbox.deliveries.length === crash)
      assert.equal(inbox.deliveries.at(-1)?.attempt, crash)
      proxy.cut()
    }

    const letters = async (queue: string) => (await driver.deadLetters(queue, { limit: 10 })).deadLetters
    await waitUntil('both are dead', async () => {
      // While the connection is back there is nobody to ask.
      const both = await Promise.all([letters('jobs'), letters('brief')]).catch(() => [])
      return both.flat().length === 2
    })

    const [killer] = await letters('jobs')
    assert.deepEqual(
      [killer?.message.id, killer?.cause.reason, killer?.attempts],
      ['killer', 'delivery-limit', 4],
    )
    assert.deepEqual(killer?.message.headers, { traceparent: '00-aa-bb-01' })
    const [late] = await letters('brief')
    assert.deepEqual([late?.message.id, late?.cause.reason, late?.attempts], ['late', 'expired', 0])
    assert.ok(Math.abs((late?.deadAt ?? 0) - Date.now()) < 60_000)
  })

  test('every dead letter of another process is told, through broken connections', async (t) => {
    const { driver, proxy, namePrefix } = await open(t)
    const told = new Set<string>()
    const tap = await driver.tapDeadLetters(async (queue, { message, cause }) => {
      told.add(`${queue} ${message.id} ${cause.reason}`)
    })
    const other = await createRabbitmqDriver({ url, namePrefix, topology: TOPOLOGY })
    t.after(() => other.close())
    const inbox = await Inbox.open(other, 'jobs', { prefetch: 50 })
    const sent = messages(300)

    for (const [index, message] of sent.entries()) {
      await other.send('jobs', message)
      await (await inbox.next()).deadLetter(CAUSE)
      if (index % 75 === 50) proxy.cut()
    }

    await waitUntil('all are told', () => told.size === sent.length)
    assert.deepEqual(told, new Set(sent.map(({ id }) => `jobs ${id} not-retryable`)))
    await tap.caughtUp()
    await withBroker(url, async (channel) => {
      const left = async (queue: string) => (await channel.checkQueue(`${namePrefix}${queue}`)).messages
      // The mark by which it knows that it has caught up may still be there when the broker was slow to take it.
      await waitUntil('nothing is left to be told', async () => (await left('dlx.tap')) === 0)
      assert.equal(await left('jobs.dlq'), sent.length)
    })
  })

  test('a tap that nobody reads drops what is oldest and holds up no dead letter', async (t) => {
    const { driver, namePrefix } = await open(t)
    await driver.tapDeadLetters(async () => {})
    await driver.close()
    const COUNT = 10_200

    await withBroker(url, async (channel) => {
      const properties = { persistent: true }
      const parcel = { exchange: `${namePrefix}dlx`, routingKey: `${namePrefix}jobs.dlq`, properties }
      const publish = () =>
        new Promise<string>((resolve) => {
          channel.publish({ ...parcel, body: Buffer.from('?') }, resolve)
        })
      const outcomes = await Promise.all(Array.from({ length: COUNT }, publish))
      const left = async (queue: string) => (await channel.checkQueue(`${namePrefix}${queue}`)).messages

      assert.deepEqual([...new Set(outcomes)], ['ack'])
      await waitUntil('all are dead letters', async () => (await left('jobs.dlq')) === COUNT)
      assert.equal(await left('dlx.tap'), 10_000)
    })
  })

  test('a classic queue counts what ends its consumers, too', async (t) => {
    const topology: Topology = { ...TOPOLOGY, queues: [{ name: 'jobs', type: 'classic' }], bindings: [] }
    const { driver, proxy } = await open(t, { topology })
    const inbox = await Inbox.open(driver, 'jobs', { leaseMs: 10 })
    await driver.send('jobs', aMessage({ id: 'killer' }))

    for (let attempt = 1; attempt <= 4; attempt++) {
      assert.equal((await inbox.next()).attempt, attempt)
      proxy.cut()
    }

    const last = await inbox.next()
    assert.equal(last.attempt, 5)
    assert.equal(await last.ack(), 'settled')
    await waitUntil('none is left', async () => (await driver.stats('jobs')).ready === 0)
  })

  test('looks at dead letters leave their order as it was', async (t) => {
    const { driver } = await open(t)
    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 1 })
    for (const message of messages(8)) {
      await driver.send('jobs', message)
      await (await inbox.next()).deadLetter(CAUSE)
    }
    const page = async (limit: number) =>
      (await driver.deadLetters('jobs', { limit })).deadLetters.map(({ message }) => message.id)

    for (const limit of [3, 8, 1, 5, 3, 8]) {
      assert.deepEqual(
        await page(limit),
        messages(limit).map(({ id }) => id),
      )
    }

    assert.deepEqual(await driver.replay('jobs', { messageIds: ['message-4'], limit: 9, headers: {} }), [
      'message-4',
    ])
    const rest = messages(8)
      .map(({ id }) => id)
      .filter((id) => id !== 'message-4')
    assert.deepEqual(await page(8), rest)
  })

  test('a replay of more than the broker acks at a time leaves none of them behind, and the rest in order', async (t) => {
    const { driver } = await open(t)
    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 300 })
    await Promise.all(messages(240).map((message) => driver.send('jobs', message)))
    for (const delivery of await inbox.take(240)) await delivery.deadLetter(CAUSE)
    await inbox.stop()

    for (const left of [150, 0]) {
      const replayed = await driver.replay('jobs', { limit: 240 - left, headers: {} })

      const { deadLetters } = await driver.deadLetters('jobs', { limit: 240 })
      assert.deepEqual(
        [...replayed, ...deadLetters.map(({ message }) => message.id)],
        messages(240)
          .map(({ id }) => id)
          .slice(left === 0 ? 90 : 0),
      )
      assert.equal(deadLetters.length, left)
    }
  })

  test('several replays at once, of two processes, put each back once', async (t) => {
    const { driver, namePrefix } = await open(t)
    const inbox = await Inbox.open(driver, 'jobs', { prefetch: 1 })
    for (const message of messages(30)) {
      await driver.send('jobs', message)
      await (await inbox.next()).deadLetter(CAUSE)
    }
    await inbox.stop()
    const other = await createRabbitmqDriver({ url, namePrefix, topology: TOPOLOGY })
    t.after(() => other.close())

    const replays = await Promise.all(
      [driver, other, driver, other].map((one) => one.replay('jobs', { limit: 100, headers: {} })),
    )

    assert.deepEqual(
      replays.flat().sort(),
      messages(30)
        .map(({ id }) => id)
        .sort(),
    )
    await waitUntil('all are back', async () => {
      const { ready, deadLetters } = await driver.stats('jobs')
      return ready === 30 && deadLetters === 0
    })
  })

  test('a queue that an operator deleted is declared again with its bindings, and consumed', async (t) => {
    const { driver, namePrefix } = await open(t)
    const inbox = await Inbox.open(driver, 'jobs')
    await withBroker(url, (channel) => channel.deleteQueue(`${namePrefix}jobs`))
    await waitUntil('it is told', () => inbox.errors.length > 0)

    await waitUntil('it is consumed', async () => (await driver.stats('jobs')).consumers === 1)
    await driver.send('jobs', aMessage({ id: 'after' }))

    assert.equal((await inbox.next()).message.id, 'after')
    await driver.publish('events', 'job.wanted', aMessage({ id: 'event' }))
    assert.equal((await inbox.next()).message.id, 'event')
  })

  test('bindings are taken away, those that there are and those that there are not', async (t) => {
    const { driver } = await open(t)

    await driver.unbind([
      { exchange: 'events', pattern: 'job.*', queue: 'jobs' },
      { exchange: 'events', pattern: 'no.such', queue: 'jobs' },
      { exchange: 'events', pattern: '#', queue: 'nowhere' },
      { exchange: 'nothing', pattern: '#', queue: 'jobs' },
    ])
    await driver.publish('events', 'job.wanted', aMessage({ id: 'event' }))
    await driver.send('jobs', aMessage({ id: 'job' }))

    const inbox = await Inbox.open(driver, 'jobs')
    assert.equal((await inbox.next()).message.id, 'job')
  })

  test('a message that the broker cannot take is refused, and its neighbours are safe', async (t) => {
    const { driver } = await open(t)
    const headers = { large: 'x'.repeat(70_000) }

    const results = await Promise.allSettled(
      [aMessage(), aMessage({ headers }), aMessage()].map((message) => driver.send('jobs', message)),
    )

    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    assert.ok(results[1]?.status === 'rejected')
    assert.equal(results[1].reason.code, 'invalid-request')
  })

  test('a message with as many headers as it may have, and as long to live, can be retried and given up', async (t) => {
    const { driver } = await open(t)
    const headers = { long: 'x'.repeat(61_440 - 'long'.length - 6) }
    const inbox = await Inbox.open(driver, 'jobs')
    await driver.send('jobs', aMessage({ headers, ttlMs: 2 ** 32 - 1 }))

    assert.equal(await (await inbox.next()).nack({ delayMs: 100 }), 'settled')
    const detail = 'ü'.repeat(500)
    assert.equal(await (await inbox.next()).deadLetter({ ...CAUSE, detail }), 'settled')

    const { deadLetters } = await driver.deadLetters('jobs', { limit: 1 })
    assert.deepEqual([deadLetters[0]?.message.headers, deadLetters[0]?.cause.detail], [headers, detail])
  })

  test('amqps: asks for a valid certificate, takes an authority, and can be told not to mind', async (t) => {
    const front = await startTlsFront(temporaryFolder(t), target)
    if (front === undefined) return t.skip('openssl is not installed')
    t.after(() => front.close())
    const secure = new URL(url.replace(/^amqp:/, 'amqps:'))
    secure.host = `localhost:${front.port}`
    const connection = (tls: { caFile?: string; verify: boolean }) => ({ ...PATIENCE.connection, tls })
    const states = []

    for (const tls of [{ verify: true }, { verify: true, caFile: front.caFile }, { verify: false }]) {
      const driver = await createRabbitmqDriver({
        url: secure.href,
        namePrefix: testPrefix(),
        connection: connection(tls),
      })
      states.push(driver.connection())
      await driver.close()
    }

    const [distrusted, trusted, careless] = states
    assert.ok(distrusted?.state === 'disconnected')
    assert.match(distrusted.detail, /self.signed certificate/)
    assert.deepEqual([trusted, careless], [{ state: 'connected' }, { state: 'connected' }])
  })
})
