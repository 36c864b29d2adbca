import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '#shared/errors'
import { aMessage, messages } from '../a-message'
import { Inbox } from '../inbox'
import { OTHER_QUEUE, QUEUE, withQueue } from './contract-topology'
import { assertDepths } from './steps'
import type { ContractSuite } from './suite'

export function testLimits({ start, needs }: ContractSuite): void {
  test('refuses messages above the length limit of a queue, and of no other', async (t) => {
    const { driver } = await start(t, withQueue({ lengthMax: 3 }))

    const refusal = await firstRefusal(messages(500).map((message) => () => driver.send(QUEUE, message)))

    assert.ok(refusal instanceof AppError)
    assert.equal(refusal.code, 'queue-full')
    assert.ok((refusal.retryAfterSeconds ?? 0) > 0)
    for (const message of messages(5)) await driver.send(OTHER_QUEUE, message)
    await assertDepths(driver, { ready: 5 }, OTHER_QUEUE)
  })

  test('keeps to the length limit exactly until some are taken', needs('exactLengthLimit'), async (t) => {
    const { driver } = await start(t, withQueue({ lengthMax: 3 }))
    const [sent = aMessage()] = messages(3)

    const results = await Promise.allSettled(messages(5).map((message) => driver.send(QUEUE, message)))

    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    assert.deepEqual(
      refused.map(({ code }) => code),
      ['queue-full', 'queue-full'],
    )
    assert.equal((await driver.send(QUEUE, sent)).duplicate, true)
    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1 })
    await (await inbox.next()).ack()
    await inbox.next()
    assert.equal((await driver.send(QUEUE, aMessage({ id: 'room again' }))).duplicate, false)
  })

  test('dead letters are no part of the length, and have no limit', async (t) => {
    const { driver } = await start(t, withQueue({ lengthMax: 3 }))
    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1 })

    for (const message of messages(6)) {
      await driver.send(QUEUE, message)
      await (await inbox.next()).deadLetter({ reason: 'not-retryable', code: 'query-invalid', detail: '' })
    }

    await assertDepths(driver, { deadLetters: 6 })
  })
}

async function firstRefusal(sends: readonly (() => Promise<unknown>)[]): Promise<unknown> {
  for (const send of sends) {
    try {
      await send()
    } catch (error) {
      return error
    }
  }
  throw new Error(`none of ${sends.length} was refused`)
}
