import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { Delivery, MessageDriver } from '../../driver'
import { aMessage } from '../../testing/a-message'
import { waitUntil } from '../../testing/wait-until'
import { createRabbitmqDriver } from './rabbitmq-driver'
import { BrokerNode, whyNoOwnBroker } from './testing/broker-node'

const MESSAGES = 3_000
const RETRY_MS = 1_500
/** A broker takes its time to start when the machine is busy. */
const PATIENCE_MS = 200_000

const TOPOLOGY = {
  queues: [{ name: 'jobs', deliveryLimit: 50, lengthMax: 100_000 }],
  exchanges: [],
  bindings: [],
  retryDelaysMs: [RETRY_MS],
}

/** What was promised to senders, and what became of it. */
interface Account {
  /** Ids whose `send` resolved. */
  readonly accepted: Set<string>
  /** How often each id was handled to its end. */
  readonly handled: Map<string, number>
  refused: number
}

function openDriver(node: BrokerNode): Promise<MessageDriver> {
  return createRabbitmqDriver({
    url: node.url,
    topology: TOPOLOGY,
    publisher: { timeoutMs: PATIENCE_MS, outboxMax: MESSAGES, breakerFailures: 0 },
    connection: { reconnectMinMs: 20, reconnectMaxMs: 200, connectTimeoutMs: 2_000 },
  })
}

/** Where senders wait until they may go on. */
interface Halt {
  readonly after: number
  readonly goOn: Promise<void>
}

/** Sends them 50 at a time, so that there are some on their way whenever something happens. */
async function sendAll(driver: MessageDriver, account: Account, halt?: Halt): Promise<void> {
  let last = 0
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      while (last < MESSAGES) {
        if (halt !== undefined && last >= halt.after) await halt.goOn
        if (last >= MESSAGES) break
        last += 1
        const id = `message-${last}`
        try {
          await driver.send('jobs', aMessage({ id }))
          account.accepted.add(id)
        } catch {
          account.refused += 1
        }
      }
    }),
  )
}

function consume(driver: MessageDriver, handle: (delivery: Delivery) => Promise<unknown>) {
  return driver.subscribe('jobs', { prefetch: 50, leaseMs: 30_000, onError: () => {} }, (delivery) => {
    // What cannot be settled comes again.
    handle(delivery).catch(() => {})
  })
}

async function assertNothingLost(t: TestContext, driver: MessageDriver, account: Account) {
  const { accepted, handled, refused } = account
  // When it is in vain, what is missing is told below.
  await waitUntil('all is handled', () => lostOf(account).length === 0, PATIENCE_MS).catch(() => {})
  await waitUntil(
    'the queue is empty',
    async () => (await driver.stats('jobs').catch(() => undefined))?.ready === 0,
  )
  const lost = lostOf(account)
  const again = [...handled.values()].reduce((sum, times) => sum + times - 1, 0)
  const { deadLetters } = await driver.stats('jobs')
  t.diagnostic(
    `${accepted.size} accepted, ${refused} refused, ${handled.size} handled, ${again} of them again, ${deadLetters} dead, ${lost.length} lost`,
  )
  assert.deepEqual(lost, [])
  assert.equal(accepted.size, MESSAGES)
  assert.equal(handled.size, MESSAGES)
  assert.equal(deadLetters, 0)
}

/** Ids that were promised and never handled. */
function lostOf({ accepted, handled }: Account): string[] {
  return [...accepted].filter((id) => !handled.has(id))
}

function newAccount(): Account {
  return { accepted: new Set(), handled: new Map(), refused: 0 }
}

function count({ handled }: Account, { message: { id } }: Delivery): void {
  handled.set(id, (handled.get(id) ?? 0) + 1)
}

describe('a broker that fails', { skip: whyNoOwnBroker() }, () => {
  let node: BrokerNode
  before(async () => {
    node = await BrokerNode.start()
  })
  after(() => (node as BrokerNode | undefined)?.remove())

  test('stopped and killed under load, and started again each time', async (t) => {
    const driver = await openDriver(node)
    t.after(() => driver.close())
    const account = newAccount()
    await consume(driver, (delivery) => {
      count(account, delivery)
      return delivery.ack()
    })

    // A broker may take messages long before it is known to have started: not so many that none is left.
    const isBack = Promise.withResolvers<void>()
    const sending = sendAll(driver, account, { after: 0.5 * MESSAGES, goOn: isBack.promise })
    for (const [share, end] of [
      [0.25, () => node.stop()],
      [0.6, () => node.kill()],
    ] as const) {
      await waitUntil('some are accepted', () => account.accepted.size > share * MESSAGES, PATIENCE_MS)
      assert.ok(account.accepted.size < MESSAGES, 'it happens under load')
      await end()
      await node.boot()
      isBack.resolve()
    }
    await sending

    await assertNothingLost(t, driver, account)
  })

  test('killed while retries expire', async (t) => {
    const driver = await openDriver(node)
    t.after(() => driver.close())
    const account = newAccount()
    const retried = new Set<string>()
    await consume(driver, async (delivery) => {
      if (delivery.attempt > 1) {
        count(account, delivery)
        await delivery.ack()
      } else if ((await delivery.nack({ delayMs: RETRY_MS })) === 'settled') {
        retried.add(delivery.message.id)
      }
    })

    await sendAll(driver, account)
    // Some have come back, others are about to, and the last have just been put away.
    await waitUntil('retries expire', () => account.handled.size > 0, PATIENCE_MS)
    const waiting = MESSAGES - account.handled.size
    await node.kill()
    await node.boot()

    assert.ok(waiting > 100, `${waiting} waited for their retry`)
    await assertNothingLost(t, driver, account)
    t.diagnostic(`${retried.size} had been put away, ${waiting} had not come back when the broker was killed`)
  })
})
