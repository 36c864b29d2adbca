import assert from 'node:assert/strict'
import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { AppError } from '#shared/errors'
import { mountSmallDisk } from '../../../sqlite/testing/small-disk'
import { temporaryFolder } from '../../../sqlite/testing/temporary-folder'
import type { Delivery, MessageDriver } from '../../driver'
import { aMessage } from '../../testing/a-message'
import { Inbox } from '../../testing/inbox'
import { ManualClock } from '../../testing/manual-clock'
import { waitUntil } from '../../testing/wait-until'
import type { DiskLimits } from './disk-room'
import { createSqliteDriver } from './sqlite-driver'

const QUEUE = 'full.jobs'
const EVENTS = 'full.events'
const MEBIBYTE = 1024 * 1024
const BODY = Buffer.alloc(10_000, 'x')

const topology = {
  queues: [{ name: QUEUE }, { name: 'full.other' }],
  exchanges: [{ name: EVENTS, type: 'topic' as const }],
  bindings: [
    { exchange: EVENTS, pattern: '#', queue: QUEUE },
    { exchange: EVENTS, pattern: '#', queue: 'full.other' },
  ],
  retryDelaysMs: [],
}

function aDriver(t: TestContext, diskLimits: DiskLimits) {
  const clock = new ManualClock()
  const path = join(temporaryFolder(t), 'queue.db')
  const driver = createSqliteDriver({ path, clock, topology, diskLimits })
  t.after(() => driver.close())
  return { driver, clock }
}

test('above its quota a file takes no more messages, but all that is in it is worked off', async (t) => {
  const { driver, clock } = aDriver(t, { diskReserveBytes: 0, fileSizeMaxBytes: 2 * MEBIBYTE })

  const { confirmed, refusal } = await sendUntilRefused(driver, 1_000)

  assert.ok(confirmed.length > 100 && confirmed.length < 210, `${confirmed.length} of 10 kB fit into 2 MiB`)
  assert.equal(refusal.code, 'storage-full')
  assert.equal(refusal.status, 507)
  assert.match(refusal.detail ?? '', /2097152 bytes, its limit/)
  assert.ok((refusal.retryAfterSeconds ?? 0) > 0)
  const [known = ''] = confirmed
  assert.equal((await driver.send(QUEUE, aMessage({ id: known, body: BODY }))).duplicate, true)

  const inbox = await Inbox.open(driver, QUEUE, { prefetch: 20 })
  const held = await inbox.take(20)
  await settleInEveryWay(held)
  await waitUntil('all is delivered', async () => {
    await Promise.allSettled(inbox.deliveries.map((delivery) => delivery.ack()))
    return new Set(inbox.ids()).size === confirmed.length
  })
  await assertOnly(driver, { deadLetters: 1 })

  clock.advance(1_000)
  assert.deepEqual((await driver.replay(QUEUE, { limit: 1, headers: {} })).length, 1)
  const again = await sendUntilRefused(driver, 1_000)
  assert.ok(again.confirmed.length > 100, `${again.confirmed.length} fit again`)
})

test('an empty queue takes messages, however many done ones its file remembers', async (t) => {
  const { driver } = aDriver(t, { diskReserveBytes: 0, fileSizeMaxBytes: 200_000 })
  const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1 })

  for (let number = 0; number < 2_000; number++) {
    await driver.send(QUEUE, aMessage({ id: `short-${number}` }))
    const [delivery] = await inbox.take(1)
    assert.equal(await delivery?.ack(), 'settled')
  }

  assert.equal((await driver.send(QUEUE, aMessage({ id: 'short-1999' }))).duplicate, true)
  await assertOnly(driver, {})
})

test('a message that fits once but not for every bound queue goes into none', async (t) => {
  const { driver } = aDriver(t, { diskReserveBytes: 0, fileSizeMaxBytes: 2 * MEBIBYTE })
  const body = Buffer.alloc(1.2 * MEBIBYTE)

  await assert.rejects(driver.publish(EVENTS, 'any', aMessage({ body })), { code: 'storage-full' })

  await assertOnly(driver, {})
  assert.equal((await driver.send(QUEUE, aMessage({ body }))).duplicate, false)
})

test('a disk that is nearly full takes no more messages, and claims and acks go on', async (t) => {
  const disk = mountSmallDisk(t, 24 * MEBIBYTE)
  if ('refusal' in disk) return t.skip(disk.refusal)
  const { folder } = disk
  const diskLimits = { diskReserveBytes: 8 * MEBIBYTE, fileSizeMaxBytes: 0 }
  const driver = createSqliteDriver({ path: join(folder, 'queue.db'), topology, diskLimits })
  t.after(() => driver.close())
  const slow = await Inbox.open(driver, QUEUE, { prefetch: 10 })

  const rounds = await Promise.all(
    Array.from({ length: 20 }, (_, sender) => sendUntilRefused(driver, 400, sender)),
  )

  const confirmed = rounds.flatMap((round) => round.confirmed)
  assert.ok(confirmed.length > 200, `${confirmed.length} fit`)
  assert.deepEqual(new Set(rounds.map((round) => round.refusal.code)), new Set(['storage-full']))
  const { bavail, bsize } = statfsSync(folder)
  assert.ok(bavail * bsize > 2 * MEBIBYTE, `${bavail * bsize} bytes are left`)

  let acked = 0
  await waitUntil('all that was confirmed is acked', async () => {
    const settlements = await Promise.all(slow.deliveries.splice(0).map((delivery) => delivery.ack()))
    acked += settlements.filter((settlement) => settlement === 'settled').length
    return acked === confirmed.length
  })
  assert.deepEqual(slow.errors, [])
  await slow.stop()
  await assertOnly(driver, {})

  await waitUntil('messages are taken again', async () => {
    const sent = await driver.send(QUEUE, aMessage({ body: BODY })).catch(() => undefined)
    return sent !== undefined
  })
})

test('a disk that is full to the last byte loses nothing confirmed, and all goes on when there is room', async (t) => {
  const disk = mountSmallDisk(t, 12 * MEBIBYTE)
  if ('refusal' in disk) return t.skip(disk.refusal)
  const { folder } = disk
  const clock = new ManualClock()
  const diskLimits = { diskReserveBytes: 0, fileSizeMaxBytes: 0 }
  const driver = createSqliteDriver({ path: join(folder, 'queue.db'), clock, topology, diskLimits })
  t.after(() => driver.close())

  const { confirmed, refusal: full } = await sendUntilRefused(driver, 5_000)
  assert.equal(full.code, 'storage-full')
  const inbox = await Inbox.open(driver, QUEUE, { prefetch: 50 })
  disk.resize(16 * MEBIBYTE)

  const done = new Set<string>()
  await waitUntil('all that was confirmed is acked', async () => {
    clock.advance(1_000)
    for (const delivery of inbox.deliveries.splice(0)) {
      const settlement = await delivery.ack().catch(() => 'failed')
      if (settlement === 'settled') done.add(delivery.message.id)
    }
    return done.size === confirmed.length
  })
  assert.deepEqual([...done].sort(), confirmed.toSorted())
  await assertOnly(driver, {})
})

async function sendUntilRefused(driver: MessageDriver, countMax: number, sender = 0) {
  const confirmed: string[] = []
  for (let count = 1; count <= countMax; count++) {
    const id = `message-${sender}-${count}-${performance.now()}`
    try {
      await driver.send(QUEUE, aMessage({ id, body: BODY }))
      confirmed.push(id)
    } catch (error) {
      assert.ok(error instanceof AppError)
      return { confirmed, refusal: error }
    }
  }
  throw new Error(`none of ${countMax} was refused`)
}

async function settleInEveryWay(held: readonly Delivery[]): Promise<void> {
  const [nacked, released, dead, ...others] = held
  await nacked?.nack({ delayMs: 0 })
  await released?.release()
  await dead?.deadLetter({ reason: 'not-retryable', code: 'query-invalid', detail: '' })
  await Promise.all(others.map((delivery) => delivery.ack()))
}

async function assertOnly(driver: MessageDriver, expected: { readonly deadLetters?: number }): Promise<void> {
  const { ready, delayed, inFlight, deadLetters } = await driver.stats(QUEUE)
  assert.deepEqual(
    { ready, delayed, inFlight, deadLetters },
    { ready: 0, delayed: 0, inFlight: 0, deadLetters: 0, ...expected },
  )
}
