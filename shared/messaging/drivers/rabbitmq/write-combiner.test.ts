import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { eventually } from '../../../../test/support/eventually'
import { WriteCombiner } from './write-combiner'

/** A socket that keeps what each of its system calls would have carried. */
function aSocket(highWaterMark = 16_384) {
  const calls: string[] = []
  const take = (text: string, done: () => void) => {
    calls.push(text)
    setImmediate(done)
  }
  const socket = new Writable({
    highWaterMark,
    write: (chunk, _encoding, done) => take(String(chunk), done),
    writev: (chunks, done) => take(chunks.map(({ chunk }) => String(chunk)).join(''), done),
  })
  return { socket, calls }
}

/** As the client library does it: what is sent is written in an immediate of its own. */
function send(socket: Writable, text: string): void {
  process.nextTick(() => setImmediate(() => socket.write(text)))
}

test('what is sent in one turn leaves in one call, in its order', async () => {
  const { socket, calls } = aSocket()
  const writes = new WriteCombiner(socket)

  for (const text of ['a', 'b', 'c']) {
    writes.combine()
    send(socket, text)
  }
  await eventually('all of it has left', () => calls.join('').length === 3)

  assert.deepEqual(calls, ['abc'])
})

test('what is sent later leaves too', async () => {
  const { socket, calls } = aSocket()
  const writes = new WriteCombiner(socket)

  for (const text of ['a', 'b']) {
    writes.combine()
    send(socket, text)
    await eventually(`${text} has left`, () => calls.join('').endsWith(text))
  }

  assert.deepEqual(calls, ['a', 'b'])
})

test('what had no room leaves together when there is room again', async () => {
  const { socket, calls } = aSocket(2)
  const writes = new WriteCombiner(socket)
  const waiting = ['c', 'd', 'e']
  socket.on('drain', () => {
    for (const text of waiting.splice(0)) socket.write(text)
  })

  writes.combine()
  for (const text of ['a', 'b']) send(socket, text)
  await eventually('all of it has left', () => calls.join('') === 'abcde')

  assert.deepEqual(calls, ['ab', 'cde'])
})
