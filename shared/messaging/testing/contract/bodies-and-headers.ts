import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { aMessage } from '../a-message'
import { Inbox } from '../inbox'
import { QUEUE } from './contract-topology'
import { CAUSE, textOf } from './steps'
import type { ContractSuite } from './suite'

const TRICKY_HEADERS = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03',
  tracestate: 'vendor=a:b;c, other=1 2',
  baggage: 'user=J%C3%BCrgen,plan=free;ttl=1',
  'X-Mixed-Case': 'Zürich 東京 🚀',
  empty: '',
  quoted: '"\\\'\n\t\u0000',
  constructor: 'a name of Object’s own',
}

export function testBodiesAndHeaders({ start }: ContractSuite): void {
  test('carries a body of a megabyte, every byte value, and nothing', async (t) => {
    const { driver } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE)
    const large = randomBytes(1024 * 1024)
    const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index)

    await driver.send(QUEUE, aMessage({ body: large, contentType: 'application/octet-stream' }))
    await driver.send(QUEUE, aMessage({ body: everyByte }))
    await driver.send(QUEUE, aMessage({ body: new Uint8Array() }))

    const [first, second, third] = await inbox.take(3)
    assert.ok(large.equals(first?.message.body ?? Buffer.of()))
    assert.equal(first?.message.contentType, 'application/octet-stream')
    assert.deepEqual([...(second?.message.body ?? [])], [...everyByte])
    assert.equal(third?.message.body.byteLength, 0)
  })

  test('keeps the body as it was when it was sent', async (t) => {
    const { driver } = await start(t)
    const body = Buffer.from('before')
    await driver.send(QUEUE, aMessage({ body }))

    body.write('after!')

    const inbox = await Inbox.open(driver, QUEUE)
    assert.equal(textOf((await inbox.next()).message), 'before')
  })

  test('keeps headers to the last character', async (t) => {
    const { driver } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE)

    await driver.send(QUEUE, aMessage({ headers: TRICKY_HEADERS }))

    assert.deepEqual({ ...(await inbox.next()).message.headers }, TRICKY_HEADERS)
  })

  test('keeps body and headers through a retry, the dead letters and a replay', async (t) => {
    const { driver } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE)
    const body = randomBytes(10_000)
    await driver.send(QUEUE, aMessage({ body, headers: TRICKY_HEADERS }))
    await (await inbox.next()).nack({ delayMs: 0 })
    await (await inbox.next()).release()
    await (await inbox.next()).deadLetter({ ...CAUSE, detail: '“Zürich” failed\n🚀' })

    const { deadLetters } = await driver.deadLetters(QUEUE, { limit: 1 })
    await driver.replay(QUEUE, { limit: 1, headers: {} })

    assert.deepEqual({ ...deadLetters[0]?.message.headers }, TRICKY_HEADERS)
    assert.equal(deadLetters[0]?.cause.detail, '“Zürich” failed\n🚀')
    assert.ok(body.equals(deadLetters[0]?.message.body ?? Buffer.of()))
    const { message } = await inbox.next()
    assert.ok(body.equals(message.body))
    const { 'x-replayed-from': _, ...headers } = message.headers
    assert.deepEqual(headers, TRICKY_HEADERS)
  })
}
