import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deadLetterQueueOf, HEADER } from '../../message'
import { aMessage, messages } from '../a-message'
import { Inbox } from '../inbox'
import { QUEUE } from './contract-topology'
import { assertDepths, CAUSE, giveUp, TRACE_HEADERS, textOf, toIds } from './steps'
import type { ContractSuite } from './suite'

export function testDeadLetters({ start, needs }: ContractSuite): void {
  test('a dead letter leaves its queue with its headers, the reason, the code and the attempts', async (t) => {
    const { driver } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE)
    await driver.send(QUEUE, aMessage({ id: 'poison', headers: TRACE_HEADERS }))
    await (await inbox.next()).nack({ delayMs: 0 })

    assert.equal(await (await inbox.next()).deadLetter(CAUSE), 'settled')

    await assertDepths(driver, { deadLetters: 1 })
    const deadLetters = await Inbox.open(driver, deadLetterQueueOf(QUEUE))
    const { message, attempt } = await deadLetters.next()
    assert.equal(message.id, 'poison')
    assert.equal(attempt, 1)
    assert.equal(textOf(message), '{"text":"hello"}')
    const { [HEADER.DEAD_LETTER_AT]: at, ...others } = message.headers
    assert.ok(Date.parse(at ?? '') > 0)
    assert.deepEqual(others, {
      ...TRACE_HEADERS,
      [HEADER.DEAD_LETTER_QUEUE]: QUEUE,
      [HEADER.DEAD_LETTER_REASON]: 'not-retryable',
      [HEADER.DEAD_LETTER_CODE]: 'invalid-request',
      [HEADER.DEAD_LETTER_DETAIL]: 'no such field',
      [HEADER.DEAD_LETTER_ATTEMPTS]: '2',
    })
  })

  test(
    'a dead letter holds up nobody and is not queued again by its sender',
    needs('deduplicates'),
    async (t) => {
      const { driver } = await start(t)
      const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1 })
      const poison = aMessage()
      await driver.send(QUEUE, poison)
      await driver.send(QUEUE, aMessage({ id: 'good' }))

      await (await inbox.next()).deadLetter(CAUSE)

      assert.equal((await inbox.next()).message.id, 'good')
      assert.equal((await driver.send(QUEUE, poison)).duplicate, true)
      await assertDepths(driver, { inFlight: 1, deadLetters: 1 })
    },
  )

  test('lists dead letters, oldest first, as they were, with the reason, and takes none', async (t) => {
    const { driver, now } = await start(t)
    assert.deepEqual(await driver.deadLetters(QUEUE, { limit: 2 }), { deadLetters: [], next: undefined })
    const before = now()
    await giveUp(
      driver,
      messages(3).map((message) => ({ ...message, headers: TRACE_HEADERS })),
    )

    const { deadLetters, next } = await driver.deadLetters(QUEUE, { limit: 10 })

    assert.deepEqual(toIds(deadLetters), ['message-1', 'message-2', 'message-3'])
    assert.equal(next, undefined)
    for (const { message, cause, attempts, deadAt } of deadLetters) {
      assert.deepEqual(message.headers, TRACE_HEADERS)
      assert.equal(textOf(message), '{"text":"hello"}')
      assert.equal(message.contentType, 'application/json')
      assert.deepEqual(cause, CAUSE)
      assert.equal(attempts, 1)
      assert.ok(deadAt >= before && deadAt <= now(), `${deadAt} is when it was given up`)
    }
    await assertDepths(driver, { deadLetters: 3 })
    assert.equal((await driver.deadLetters(QUEUE, { limit: 10 })).deadLetters.length, 3)
  })

  test('shows no more dead letters than the limit', async (t) => {
    const { driver } = await start(t)
    await giveUp(driver, messages(3))

    const { deadLetters } = await driver.deadLetters(QUEUE, { limit: 2 })

    assert.deepEqual(toIds(deadLetters), ['message-1', 'message-2'])
    await assertDepths(driver, { deadLetters: 3 })
  })

  test('lists dead letters page by page', needs('pagesDeadLetters'), async (t) => {
    const { driver } = await start(t)
    await giveUp(driver, messages(5))

    const pages: string[][] = []
    let after: string | undefined
    do {
      const page = await driver.deadLetters(QUEUE, { limit: 2, ...(after !== undefined && { after }) })
      pages.push(toIds(page.deadLetters))
      after = page.next
    } while (after !== undefined)

    assert.deepEqual(pages, [['message-1', 'message-2'], ['message-3', 'message-4'], ['message-5']])
  })

  test('refuses the mark of a page that it did not give', needs('pagesDeadLetters'), async (t) => {
    const { driver } = await start(t)

    const listing = driver.deadLetters(QUEUE, { limit: 2, after: 'nowhere' })

    await assert.rejects(listing, { code: 'invalid-request' })
  })
}
