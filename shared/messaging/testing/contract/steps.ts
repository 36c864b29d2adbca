import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { MessageDriver, QueueStats } from '../../driver'
import type { DeadLetterCause, WireMessage } from '../../message'
import { aMessage } from '../a-message'
import { Inbox } from '../inbox'
import { waitUntil } from '../wait-until'
import { PASS_QUEUE, QUEUE } from './contract-topology'

/** Why messages are given up in tests. */
export const CAUSE: DeadLetterCause = {
  reason: 'not-retryable',
  code: 'invalid-request',
  detail: 'no such field',
}

/** The headers that a trace leaves on a message. */
export const TRACE_HEADERS = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'vendor=a',
}

export function toIds(holders: readonly { readonly message: { readonly id: string } }[]): string[] {
  return holders.map(({ message }) => message.id)
}

export function textOf({ body }: Pick<WireMessage, 'body'>): string {
  return Buffer.from(body).toString()
}

/** Makes dead letters of `sent`, in order. */
export async function giveUp(
  driver: MessageDriver,
  sent: readonly WireMessage[],
  { nacksBefore = 0 } = {},
): Promise<void> {
  const inbox = await Inbox.open(driver, QUEUE, { prefetch: 100 })
  for (const message of sent) {
    await driver.send(QUEUE, message)
    for (let nacks = 0; nacks < nacksBefore; nacks++) await (await inbox.next()).nack({ delayMs: 0 })
    assert.equal(await (await inbox.next()).deadLetter(CAUSE), 'settled')
  }
  await inbox.stop()
}

type Depths = Pick<QueueStats, 'ready' | 'delayed' | 'inFlight' | 'deadLetters'>

/**
 * Waits until the queue has these depths, because a broker may be a moment behind, and fails with what it has
 * otherwise. Those that the driver cannot tell are left out; the others named must be exact.
 */
export async function assertDepths(
  driver: MessageDriver,
  expected: Partial<Depths>,
  queue = QUEUE,
): Promise<void> {
  let actual: Depths | undefined
  const wanted: Depths = { ready: 0, delayed: 0, inFlight: 0, deadLetters: 0, ...expected }
  const read = async () => {
    const {
      ready,
      delayed = wanted.delayed,
      inFlight = wanted.inFlight,
      deadLetters,
    } = await driver.stats(queue)
    actual = { ready, delayed, inFlight, deadLetters }
    return isDeepStrictEqual(actual, wanted)
  }
  await waitUntil('the depths are as expected', read).catch((error) => {
    if (actual !== undefined) assert.deepEqual(actual, wanted)
    throw error
  })
}

/**
 * Sends a message through a queue of its own. What was on its way before it has arrived when it has: the way to
 * see that something does not come.
 */
export async function pass(driver: MessageDriver): Promise<void> {
  const inbox = await Inbox.open(driver, PASS_QUEUE)
  await driver.send(PASS_QUEUE, aMessage())
  await (await inbox.next()).ack()
  await inbox.stop()
}
