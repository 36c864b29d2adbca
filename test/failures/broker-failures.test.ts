import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import { BrokerNode, whyNoOwnBroker } from '../../shared/messaging/drivers/rabbitmq/testing/broker-node'
import { eventually } from '../support/eventually'
import { assertNothingLost, type Counts } from './harness/counts'
import { countAmong } from './harness/every'
import { FailureRun, type FailureRunOptions, MESSAGES } from './harness/failure-run'
import { rabbitmqAt } from './harness/queue-kinds'
import type { Sending } from './harness/sending'

const PARTS = [0.3, 0.7]

/** Messages that fail once, so that a share of them always waits in the retry queues. */
const FAILING = { every: 4, times: 1, code: 'internal-error' } as const
const RETRY_DELAYS_MS = '2000,2000,4000,8000'
/** So many of them that some expire at any moment. */
const DELAYED = Math.min(50, MESSAGES / 30)

describe('a broker that fails under the mesh', { skip: whyNoOwnBroker() }, () => {
  let node: BrokerNode
  before(async () => {
    node = await BrokerNode.start()
  })
  after(() => (node as BrokerNode | undefined)?.remove())

  async function start(t: TestContext, options: Omit<FailureRunOptions, 'queue'>): Promise<FailureRun> {
    return FailureRun.start(t, {
      queue: rabbitmqAt(node.url),
      ...options,
      env: {
        // Less than a sender waits for its answer, so that it is told.
        PUBLISHER_TIMEOUT_MS: '5000',
        RABBITMQ_RECONNECT_MAX_MS: '500',
        ...options.env,
      },
    })
  }

  /** At each of `PARTS`, under load. */
  async function eachTime(sending: Sending, breakIt: () => Promise<void>): Promise<void> {
    for (const part of PARTS) {
      await sending.accepted(part * MESSAGES)
      await breakIt()
    }
  }

  function assertKept(counts: Counts): void {
    assertNothingLost(counts)
    assert.equal(counts.cut, 0, 'no process was killed that could have kept a span')
    assert.equal(counts.unanswered, 0, 'senders were told whatever happened to the broker')
    assert.ok(counts.redeliveries > 0, 'messages were being worked on when the broker went')
  }

  test('stopped until senders are refused, and started again', async (t) => {
    const run = await start(t, { scenario: 'broker stopped and started' })
    const sending = run.send()

    await sending.accepted(0.4 * MESSAGES)
    await node.stop()
    await sending.refused()
    await node.boot()

    const { counts } = await run.finish()
    assertKept(counts)
    assert.ok(counts.refused > 0)
  })

  test('killed under load', async (t) => {
    const run = await start(t, { scenario: 'broker killed' })
    const sending = run.send()

    await eachTime(sending, async () => {
      await node.kill()
      await node.boot()
    })

    assertKept((await run.finish()).counts)
  })

  test('restarted in order under load', async (t) => {
    const run = await start(t, { scenario: 'broker restarted' })
    const sending = run.send()

    await eachTime(sending, async () => {
      await node.stop()
      await node.boot()
    })

    assertKept((await run.finish()).counts)
  })

  test('killed while retries expire', async (t) => {
    const run = await start(t, {
      scenario: 'broker killed while retries expire',
      env: { RETRY_DELAYS_MS },
      faults: [FAILING],
    })
    const sending = run.send()

    await eachTime(sending, async () => {
      await eventually('retries wait', async () => (await run.queueState()).delayed >= DELAYED)
      await node.kill()
      await node.boot()
    })

    const { counts } = await run.finish()
    assertKept(counts)
    assert.ok(counts.redeliveries >= countAmong(FAILING, MESSAGES), 'each that failed came again')
  })
})
