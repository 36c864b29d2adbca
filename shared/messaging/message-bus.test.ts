import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { z } from 'zod'
import { AppError } from '#shared/errors'
import { PATHWAY_HEADER } from '#shared/telemetry'
import type { BusLogger } from './bus-logger'
import type { MessageDriver, SubscribeOptions } from './driver'
import { createMemoryDriver } from './drivers/memory/memory-driver'
import { deadLetterQueueOf, HEADER } from './message'
import { type ConsumeOptions, createMessageBus, type MessageBusOptions } from './message-bus'
import type { MessageContext } from './message-consumer'
import { aMessage } from './testing/a-message'
import { Inbox } from './testing/inbox'
import { ManualClock } from './testing/manual-clock'
import { waitUntil } from './testing/wait-until'

const QUEUE = 'bus.jobs'
const RETRY_DELAYS_MS = [1_000, 10_000]
const LEASE_MS = 30_000

const jobSchema = z.object({ text: z.string() })
type Job = z.output<typeof jobSchema>

interface LogLine {
  readonly level: string
  readonly fields: Record<string, unknown>
  readonly message: string
}

function aBus(t: TestContext, options: Partial<MessageBusOptions> = {}) {
  const clock = new ManualClock()
  const driver = options.driver ?? createMemoryDriver({ clock })
  const log: LogLine[] = []
  const record = (level: string) => (fields: object, message: string) => {
    log.push({ level, fields: { ...fields }, message })
  }
  const logger: BusLogger = { info: record('info'), warn: record('warn'), error: record('error') }
  const bus = createMessageBus({
    driver,
    clock,
    logger,
    retryDelaysMs: RETRY_DELAYS_MS,
    leaseMs: LEASE_MS,
    ...options,
  })
  t.after(() => bus.close(0))
  return { bus, driver, clock, log }
}

/** A handler that fails as often as there are `failures`, in order, then succeeds; and what it was called with. */
function aHandler(...failures: unknown[]) {
  const calls: { body: Job; message: MessageContext }[] = []
  const handler = async (body: Job, message: MessageContext) => {
    calls.push({ body, message })
    if (calls.length <= failures.length) throw failures[calls.length - 1]
  }
  return { handler, calls }
}

/** A handler that works until the test lets it finish. */
function aSlowHandler() {
  const started: (PromiseWithResolvers<void> & { readonly message: MessageContext })[] = []
  const handler = (_body: Job, message: MessageContext) => {
    const work = Promise.withResolvers<void>()
    started.push({ ...work, message })
    return work.promise
  }
  return { handler, started }
}

function consume(options: Pick<ConsumeOptions<Job>, 'handler'> & Partial<ConsumeOptions<Job>>) {
  return { queue: QUEUE, schema: jobSchema, ...options }
}

const hello = { queue: QUEUE, body: { text: 'hello' } }

test('a published body reaches the handler, checked, with what is known of its message', async (t) => {
  const { bus, clock } = aBus(t)
  const { handler, calls } = aHandler()
  const receipt = await bus.publish({
    ...hello,
    id: 'm1',
    headers: { 'x-kind': 'greeting' },
    conversationId: 'c1',
  })
  await bus.subscribe(consume({ handler }))
  await waitUntil('it was handled', () => calls.length === 1)

  assert.deepEqual(receipt, { messageId: 'm1', duplicate: false, queueSize: 1, isRouted: true })
  assert.deepEqual(calls[0]?.body, { text: 'hello' })
  const { signal, headers, ...message } = calls[0]?.message ?? assert.fail()
  assert.deepEqual(message, { messageId: 'm1', attempt: 1, redelivered: false, enqueuedAt: clock.now() })
  const { [PATHWAY_HEADER]: _, ...given } = headers
  assert.deepEqual(given, { 'x-kind': 'greeting', [HEADER.CONVERSATION_ID]: 'c1' })
  assert.equal(signal.aborted, false)
})

test('the status of a message goes from accepted over processing to processed', async (t) => {
  const { bus, clock } = aBus(t)
  const { handler, started } = aSlowHandler()
  const state = async () => (await bus.status('m1'))?.state
  assert.equal(await state(), undefined)

  await bus.publish({ ...hello, id: 'm1' })
  assert.equal(await state(), 'accepted')
  await bus.subscribe(consume({ handler }))
  await waitUntil('it is handled', () => started.length === 1)
  assert.equal(await state(), 'processing')
  started[0]?.reject(new Error('try again'))
  await waitUntil('it waits for its retry', async () => (await bus.queueStats(QUEUE)).delayed === 1)
  assert.equal(await state(), 'processing')
  clock.advance(1_000)
  await waitUntil('it is handled again', () => started.length === 2)
  started[1]?.resolve()
  await waitUntil('it is processed', async () => (await state()) === 'processed')

  const status = await bus.status('m1')
  assert.equal(status?.queue, QUEUE)
  assert.equal(status?.attempts, 2)
})

test('a failed message is retried after each delay, then it is a dead letter', async (t) => {
  const { bus, clock, log } = aBus(t)
  const failure = new AppError('bad-gateway', { detail: 'processing is out of its mind' })
  const { handler, calls } = aHandler(failure, failure, failure)
  await bus.subscribe(consume({ handler }))
  await bus.publish({ ...hello, id: 'm1' })

  for (const [index, delayMs] of RETRY_DELAYS_MS.entries()) {
    await waitUntil('it waits for its retry', async () => (await bus.queueStats(QUEUE)).delayed === 1)
    clock.advance(delayMs - 1)
    await bus.queueStats(QUEUE)
    assert.equal(calls.length, index + 1, 'not before its time')
    clock.advance(2)
    await waitUntil('it is tried again', () => calls.length === index + 2)
  }
  await waitUntil('it was given up', async () => (await bus.queueStats(QUEUE)).deadLetters === 1)

  assert.deepEqual(
    calls.map(({ message }) => message.attempt),
    [1, 2, 3],
  )
  const { state, attempts, cause } = (await bus.status('m1')) ?? {}
  assert.deepEqual(
    { state, attempts, cause },
    {
      state: 'failed',
      attempts: 3,
      cause: { reason: 'attempts-exhausted', code: 'bad-gateway', detail: 'processing is out of its mind' },
    },
  )
  assert.deepEqual(
    log.map(({ level, message, fields }) => [level, message, fields.attempt, fields.retry_in_ms]),
    [
      ['warn', 'message failed and will be retried', 1, 1_000],
      ['warn', 'message failed and will be retried', 2, 10_000],
      ['error', 'message given up', 3, undefined],
    ],
  )
})

test('what failed together comes back spread over the jitter of the delay', async (t) => {
  const { bus, clock, log } = aBus(t, { retryJitter: 0.5 })
  const failure = new AppError('bad-gateway')
  const { handler, calls } = aHandler(...Array.from({ length: 40 }, () => failure))
  await bus.subscribe(consume({ handler, prefetch: 40 }))

  for (let count = 0; count < 40; count++) await bus.publish(hello)
  await waitUntil('all wait for their retry', async () => (await bus.queueStats(QUEUE)).delayed === 40)

  const delays = log.map(({ fields }) => Number(fields.retry_in_ms))
  assert.equal(delays.length, 40)
  assert.ok(new Set(delays).size > 20, `${delays} are spread`)
  for (const delay of delays) assert.ok(delay >= 500 && delay <= 1_500, `${delay} is around 1000`)
  clock.advance(Math.min(...delays) - 1)
  await bus.queueStats(QUEUE)
  assert.equal(calls.length, 40, 'none before its time')
  clock.advance(1_500)
  await waitUntil('all were tried again', () => calls.length === 80)
})

test('an error that no retry can help makes a dead letter at once', async (t) => {
  const { bus } = aBus(t)
  const { handler, calls } = aHandler(new AppError('query-invalid', { detail: 'no such command' }))
  await bus.subscribe(consume({ handler }))
  await bus.publish({ ...hello, id: 'm1' })
  await waitUntil('it was given up', async () => (await bus.status('m1'))?.state === 'failed')

  assert.equal(calls.length, 1)
  assert.deepEqual((await bus.status('m1'))?.cause, {
    reason: 'not-retryable',
    code: 'query-invalid',
    detail: 'no such command',
  })
})

test('an error that nobody expected is retried', async (t) => {
  const { bus, clock } = aBus(t)
  const { handler, calls } = aHandler('not even an Error')
  await bus.subscribe(consume({ handler }))
  await bus.publish({ ...hello, id: 'm1' })
  await waitUntil('it waits for its retry', async () => (await bus.queueStats(QUEUE)).delayed === 1)
  clock.advance(1_000)
  await waitUntil('it was processed', async () => (await bus.status('m1'))?.state === 'processed')

  assert.equal(calls.length, 2)
})

test('messages that cannot be read are dead letters at once and hold up nobody', async (t) => {
  const { bus, driver } = aBus(t)
  const { handler, calls } = aHandler()
  const bodies = {
    'not JSON': Buffer.from('{"text":'),
    'not UTF-8': Buffer.from([0x22, 0xff, 0x22]),
    'wrong type': Buffer.from('{"text":42}'),
    empty: Buffer.of(),
  }
  for (const [id, body] of Object.entries(bodies)) await driver.send(QUEUE, aMessage({ id, body }))
  await driver.send(QUEUE, aMessage({ id: 'not JSON by name', contentType: 'text/plain' }))
  await bus.publish({ ...hello, id: 'good' })

  await bus.subscribe(consume({ handler, prefetch: 1 }))
  await waitUntil('the good one was handled', () => calls.length === 1)

  assert.equal(calls[0]?.message.messageId, 'good')
  const codes: Record<string, string | undefined> = {}
  for (const id of [...Object.keys(bodies), 'not JSON by name']) {
    const { cause, attempts } = (await bus.status(id)) ?? {}
    assert.equal(cause?.reason, 'invalid-message', id)
    assert.equal(attempts, 1, id)
    codes[id] = cause?.code
  }
  assert.deepEqual(codes, {
    'not JSON': 'malformed-json',
    'not UTF-8': 'malformed-json',
    'wrong type': 'invalid-request',
    empty: 'malformed-json',
    'not JSON by name': 'unsupported-media-type',
  })
  assert.match((await bus.status('wrong type'))?.cause?.detail ?? '', /\/text /)
})

test('whoever wants to know is told of a message before it is given up, whatever the reason', async (t) => {
  const { bus, driver, clock } = aBus(t, { retryDelaysMs: [1_000] })
  const told: { id: string; attempt: number; reason: string; code: string; dead: number }[] = []
  const { handler } = aHandler(
    new AppError('bad-gateway'),
    new AppError('bad-gateway'),
    new AppError('query-invalid'),
  )
  const deadLetters = async () => (await bus.queueStats(QUEUE)).deadLetters
  await driver.send(QUEUE, aMessage({ id: 'unreadable', body: Buffer.from('{') }))
  await bus.publish({ ...hello, id: 'exhausted' })
  await bus.subscribe(
    consume({
      handler,
      concurrency: 1,
      onGivenUp: async ({ message, attempt, error, cause }) => {
        assert.ok(error instanceof AppError)
        told.push({ id: message.id, attempt, ...cause, dead: await deadLetters() } as never)
      },
    }),
  )
  await waitUntil('it is delayed', async () => (await bus.queueStats(QUEUE)).delayed === 1)
  clock.advance(1_000)
  await waitUntil('it is given up', async () => (await deadLetters()) === 2)
  await bus.publish({ ...hello, id: 'refused' })
  await waitUntil('all are given up', async () => (await deadLetters()) === 3)

  assert.deepEqual(
    told.map(({ id, attempt, reason, code, dead }) => [id, attempt, reason, code, dead]),
    [
      ['unreadable', 1, 'invalid-message', 'malformed-json', 0],
      ['exhausted', 2, 'attempts-exhausted', 'bad-gateway', 1],
      ['refused', 1, 'not-retryable', 'query-invalid', 2],
    ],
  )
})

test('a message is not given up before those who want to know could be told', async (t) => {
  const { bus, clock } = aBus(t, { retryDelaysMs: [1_000] })
  const failures = [new AppError('queue-full'), new AppError('bad-gateway')]
  let told = 0
  const { handler, calls } = aHandler(...Array.from({ length: 9 }, () => new AppError('query-invalid')))
  await bus.publish(hello)
  await bus.subscribe(
    consume({
      handler,
      onGivenUp: async () => {
        const failure = failures.shift()
        if (failure !== undefined) throw failure
        told += 1
      },
    }),
  )

  await waitUntil('it is dead', async () => {
    clock.advance(1_000)
    return (await bus.queueStats(QUEUE)).deadLetters === 1
  })

  assert.equal(told, 1)
  assert.deepEqual(
    calls.map(({ message }) => message.attempt),
    [1, 1, 2],
  )
})

test('a message whose deliveries were never settled is given up without another try', async (t) => {
  const { bus, driver, clock } = aBus(t)
  const lost = await Inbox.open(driver, QUEUE, { leaseMs: 1_000 })
  await bus.publish({ ...hello, id: 'deadly' })
  for (let deaths = 1; deaths <= 3; deaths++) {
    assert.equal((await lost.next()).attempt, deaths)
    if (deaths === 3) await lost.stop()
    clock.advance(1_001)
  }

  const { handler, calls } = aHandler()
  await bus.subscribe(consume({ handler }))
  await waitUntil('it was given up', async () => (await bus.status('deadly'))?.state === 'failed')

  assert.equal(calls.length, 0)
  const { reason, detail } = (await bus.status('deadly'))?.cause ?? {}
  assert.deepEqual(
    [reason, detail],
    [
      'attempts-exhausted',
      '3 attempts are used up, the last without an answer; it may have ended the process',
    ],
  )
})

test('publishing under one id twice adds one message; another body is a conflict', async (t) => {
  const { bus } = aBus(t)

  const receipts = [await bus.publish({ ...hello, id: 'm1' }), await bus.publish({ ...hello, id: 'm1' })]

  assert.deepEqual(
    receipts.map(({ duplicate, queueSize }) => [duplicate, queueSize]),
    [
      [false, 1],
      [true, 1],
    ],
  )
  await assert.rejects(bus.publish({ queue: QUEUE, id: 'm1', body: { text: 'other' } }), {
    code: 'request-conflict',
  })
})

test('what cannot be sent is refused with its reason', async (t) => {
  const clock = new ManualClock()
  const driver = createMemoryDriver({ clock, queueLengthMax: 1 })
  const { bus } = aBus(t, { driver, messageBytesMax: 100 })

  const tooShort = z.string().min(3)
  await assert.rejects(bus.publish({ queue: QUEUE, body: 'x', schema: tooShort }), {
    code: 'invalid-request',
  })
  await assert.rejects(bus.publish({ queue: QUEUE, body: undefined }), { code: 'invalid-request' })
  await assert.rejects(bus.publish({ ...hello, id: 'x'.repeat(201) }), { code: 'invalid-request' })
  await assert.rejects(bus.publish({ queue: QUEUE, body: 'x'.repeat(99) }), { code: 'body-too-large' })
  await assert.rejects(bus.publish({ ...hello, headers: { long: 'x'.repeat(99) } }), {
    code: 'body-too-large',
  })
  for (const ttlMs of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    await assert.rejects(bus.publish({ ...hello, ttlMs }), { code: 'invalid-request' })
  }
  await assert.rejects(bus.publish({ ...hello, priority: 'high' }), { code: 'invalid-request' })
  await bus.publish(hello)
  await assert.rejects(bus.publish(hello), { code: 'queue-full', retryAfterSeconds: 5 })
  await assert.rejects(bus.publish({ ...hello, queue: 'no/such name' }), /does not match/)
  await assert.rejects(bus.publish({ ...hello, queue: deadLetterQueueOf(QUEUE) }), /is a dead-letter queue/)
})

test('an error that the driver cannot name becomes service-unavailable', async (t) => {
  const reason = new Error('ECONNREFUSED')
  const driver: MessageDriver = { ...bind(createMemoryDriver()), send: () => Promise.reject(reason) }
  const { bus } = aBus(t, { driver })

  await assert.rejects(bus.publish(hello), { code: 'service-unavailable', cause: reason })
})

test('no more handlers run at once than the concurrency, however much is prefetched', async (t) => {
  const { bus } = aBus(t)
  const { handler, started } = aSlowHandler()
  await bus.subscribe(consume({ handler, prefetch: 6, concurrency: 2 }))
  await Promise.all(Array.from({ length: 8 }, () => bus.publish(hello)))
  await waitUntil('six are held', async () => (await bus.queueStats(QUEUE)).inFlight === 6)

  assert.equal(started.length, 2)
  for (let count = 0; count < 8; count++) {
    await waitUntil('the next one started', () => started.length > count)
    started[count]?.resolve()
  }
  await waitUntil('all are done', async () => (await bus.queueStats(QUEUE)).inFlight === 0)
})

test('a handler that takes many leases keeps its message, and so does one that waits its turn', async (t) => {
  const { bus, clock } = aBus(t)
  const { handler, started } = aSlowHandler()
  await bus.subscribe(consume({ handler, concurrency: 1, prefetch: 2 }))
  await bus.publish({ ...hello, id: 'slow' })
  await bus.publish({ ...hello, id: 'waiting' })
  await waitUntil('the first is handled', () => started.length === 1)

  for (let beats = 0; beats < 12; beats++) {
    clock.advance(LEASE_MS / 3)
    await waitUntil('the lease was looked at', async () => (await bus.queueStats(QUEUE)).inFlight === 2)
  }
  started[0]?.resolve()
  await waitUntil('the second is handled', () => started.length === 2)
  started[1]?.resolve()
  await waitUntil('both are done', async () => (await bus.queueStats(QUEUE)).inFlight === 0)

  assert.deepEqual(
    started.map(({ message }) => [message.messageId, message.attempt]),
    [
      ['slow', 1],
      ['waiting', 1],
    ],
  )
})

/** Leases of the driver end sooner than the bus extends them, as when the event loop was held up. */
function aHastyDriver() {
  const clock = new ManualClock()
  const driver = createMemoryDriver({ clock })
  const hasty: MessageDriver = {
    ...bind(driver),
    subscribe: (queue, options: SubscribeOptions, deliver) =>
      driver.subscribe(queue, { ...options, leaseMs: 5_000 }, deliver),
  }
  return { driver: hasty, clock }
}

test('a handler whose lease was lost is told to stop, and its end changes nothing', async (t) => {
  const { driver, clock } = aHastyDriver()
  const { bus, log } = aBus(t, { driver, clock })
  const { handler, started } = aSlowHandler()
  await bus.subscribe(consume({ handler }))
  await bus.publish({ ...hello, id: 'm1' })
  await waitUntil('it is handled', () => started.length === 1)

  clock.advance(5_001)
  await waitUntil('it is handled by another', () => started.length === 2)
  clock.advance(LEASE_MS / 3)
  await waitUntil('the first was told', () => started[0]?.message.signal.aborted === true)
  started[0]?.resolve()
  await waitUntil('the late end was logged', () =>
    log.some(({ message }) => message === 'message settled after its lease was lost'),
  )

  assert.equal((await bus.status('m1'))?.state, 'processing')
  assert.equal(started[1]?.message.attempt, 2)
})

test('what lost its lease while it waited for a handler is not begun', async (t) => {
  const { driver, clock } = aHastyDriver()
  const { bus } = aBus(t, { driver, clock })
  const { handler, started } = aSlowHandler()
  await bus.subscribe(consume({ handler, concurrency: 1, prefetch: 2 }))
  for (const id of ['slow', 'waiting']) await bus.publish({ ...hello, id })
  await waitUntil('the first is handled', () => started.length === 1)

  clock.advance(5_001)
  await waitUntil('both were handed over again', () => bus.consumers()[0]?.held === 4)
  clock.advance(LEASE_MS / 3 - 5_001)
  await waitUntil('the first was told', () => started[0]?.message.signal.aborted === true)
  for (const index of [0, 1, 2]) {
    await waitUntil('the next is handled', () => started.length > index)
    started[index]?.resolve()
  }
  await waitUntil('both are done', async () => (await bus.queueStats(QUEUE)).inFlight === 0)

  assert.deepEqual(
    started.map(({ message }) => [message.messageId, message.attempt]),
    [
      ['slow', 1],
      ['slow', 2],
      ['waiting', 2],
    ],
  )
})

test('a drain takes nothing more and finishes what is here, also what waits for a handler', async (t) => {
  const { bus } = aBus(t)
  const { handler, started } = aSlowHandler()
  const subscription = await bus.subscribe(consume({ handler, concurrency: 1, prefetch: 3 }))
  await Promise.all(Array.from({ length: 4 }, () => bus.publish(hello)))
  await waitUntil('one is handled', () => started.length === 1)

  const drained = subscription.drain(10_000)
  for (let finished = 0; finished < 3; finished++) {
    await waitUntil('the next one started', () => started.length > finished)
    started[finished]?.resolve()
  }

  assert.deepEqual(await drained, { released: 0 })
  assert.equal(started.length, 3)
  assert.ok(started.every(({ message }) => !message.redelivered && message.attempt === 1))
  const { ready, inFlight } = await bus.queueStats(QUEUE)
  assert.deepEqual({ ready, inFlight }, { ready: 1, inFlight: 0 })
})

test('a drain starts no handler when half of its time is over, and gives back what waits then', async (t) => {
  const { bus, clock } = aBus(t)
  const { handler, started } = aSlowHandler()
  const subscription = await bus.subscribe(consume({ handler, concurrency: 1, prefetch: 3 }))
  await Promise.all(Array.from({ length: 3 }, (_, index) => bus.publish({ ...hello, id: `m${index + 1}` })))
  await waitUntil('one is handled', () => started.length === 1)

  const drained = subscription.drain(10_000)
  await waitUntil('the drain has begun', async () => {
    clock.advance(100)
    return (await bus.queueStats(QUEUE)).ready === 2
  })
  assert.equal(started[0]?.message.signal.aborted, false, 'what runs has the other half')
  started[0]?.resolve()

  assert.deepEqual(await drained, { released: 2 })
  assert.equal(started.length, 1)
  for (const id of ['m2', 'm3']) assert.equal((await bus.status(id))?.attempts, 0, id)
})

test('a drain aborts what takes too long and gives it back, the attempt not counted', async (t) => {
  const { bus, clock } = aBus(t)
  const heeding = (_body: Job, { signal }: MessageContext) =>
    new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const subscription = await bus.subscribe(consume({ handler: heeding }))
  await bus.publish({ ...hello, id: 'm1' })
  await waitUntil('it is handled', async () => (await bus.queueStats(QUEUE)).inFlight === 1)

  const report = await whileTimePasses(clock, subscription.drain(10_000))

  assert.deepEqual(report, { released: 1 })
  const { state, attempts } = (await bus.status('m1')) ?? {}
  assert.deepEqual([state, attempts], ['accepted', 0])
  const { handler, calls } = aHandler()
  await bus.subscribe(consume({ handler }))
  await waitUntil('it is handled again', () => calls.length === 1)
  assert.deepEqual([calls[0]?.message.attempt, calls[0]?.message.redelivered], [1, true])
})

test('a drain gives back the message of a handler that does not heed its signal', async (t) => {
  const { bus, clock, log } = aBus(t)
  const { handler, started } = aSlowHandler()
  await bus.subscribe(consume({ handler }))
  await bus.publish({ ...hello, id: 'm1' })
  await waitUntil('it is handled', () => started.length === 1)

  await whileTimePasses(clock, bus.close(1_000))

  assert.equal(started[0]?.message.signal.aborted, true)
  assert.equal((await bus.status('m1'))?.state, 'accepted')
  assert.equal(log.at(-1)?.message, 'message interrupted')
  await assert.rejects(bus.publish(hello), { code: 'shutting-down' })
  await assert.rejects(bus.subscribe(consume({ handler })), { code: 'shutting-down' })
})

test('a handler may publish until it is drained', async (t) => {
  const { bus, clock } = aBus(t)
  const { handler, started } = aSlowHandler()
  await bus.subscribe(
    consume({
      handler: async (body, message) => {
        await handler(body, message)
        await bus.publish({ ...hello, queue: 'bus.follow-up', id: 'm2' })
      },
    }),
  )
  await bus.publish({ ...hello, id: 'm1' })
  await waitUntil('it is handled', () => started.length === 1)

  const closed = bus.close(10_000)
  started[0]?.resolve()
  await whileTimePasses(clock, closed)

  assert.equal((await bus.status('m1'))?.state, 'processed')
  assert.equal((await bus.status('m2'))?.state, 'accepted')
})

test('a handler that finishes in the time of the drain is done', async (t) => {
  const { bus, clock } = aBus(t)
  const finishing = (_body: Job, { signal }: MessageContext) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  await bus.subscribe(consume({ handler: finishing }))
  await bus.publish({ ...hello, id: 'm1' })
  await waitUntil('it is handled', async () => (await bus.queueStats(QUEUE)).inFlight === 1)

  await whileTimePasses(clock, bus.close(1_000))

  assert.equal((await bus.status('m1'))?.state, 'processed')
})

test('a settlement that fails is logged, and the message comes again', async (t) => {
  const clock = new ManualClock()
  const driver = createMemoryDriver({ clock })
  let failures = 1
  const flaky: MessageDriver = {
    ...bind(driver),
    subscribe: (queue, options, deliver) =>
      driver.subscribe(queue, options, (delivery) => {
        const ack = delivery.ack.bind(delivery)
        delivery.ack = () => (failures-- > 0 ? Promise.reject(new AppError('storage-full')) : ack())
        deliver(delivery)
      }),
  }
  const { bus, log } = aBus(t, { driver: flaky, clock })
  const { handler, calls } = aHandler()
  await bus.subscribe(consume({ handler }))
  await bus.publish({ ...hello, id: 'm1' })
  await waitUntil('the failure was logged', () => log.length === 1)
  clock.advance(LEASE_MS + 1)
  await waitUntil('it was processed', async () => (await bus.status('m1'))?.state === 'processed')

  assert.equal(log[0]?.message, 'message could not be settled')
  assert.deepEqual(
    calls.map(({ message }) => message.attempt),
    [1, 2],
  )
})

/** Moves the clock on until `work` is done. */
async function whileTimePasses<Result>(clock: ManualClock, work: Promise<Result>): Promise<Result> {
  let isDone = false
  const done = work.finally(() => {
    isDone = true
  })
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(100)
  }
  return done
}

/** A driver as a plain object, to put other methods in. */
function bind(driver: MessageDriver): MessageDriver {
  return {
    system: driver.system,
    send: driver.send.bind(driver),
    publish: driver.publish.bind(driver),
    subscribe: driver.subscribe.bind(driver),
    stats: driver.stats.bind(driver),
    connection: driver.connection.bind(driver),
    queues: driver.queues.bind(driver),
    lookup: driver.lookup.bind(driver),
    peek: driver.peek.bind(driver),
    purge: driver.purge.bind(driver),
    deadLetters: driver.deadLetters.bind(driver),
    replay: driver.replay.bind(driver),
    close: driver.close.bind(driver),
  }
}
