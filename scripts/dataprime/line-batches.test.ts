import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readLineBatches } from './line-batches'

async function read(chunks: readonly string[], lengthMax?: number) {
  const batches = []
  for await (const batch of readLineBatches(toStream(chunks), lengthMax)) batches.push(batch)
  return batches
}

async function* toStream(chunks: readonly string[]) {
  yield* chunks
}

const textsOf = async (...chunks: string[]) => (await read(chunks)).flat().map(({ text }) => text)

test('lines are told without their ends, whatever chunks they come in', async () => {
  assert.deepEqual(await textsOf('a\nb\r\nc'), ['a', 'b', 'c'])
  assert.deepEqual(await textsOf('a', '\nb\r', '\n', 'c', 'd\n'), ['a', 'b', 'cd'])
  assert.deepEqual(await textsOf('\n\n'), ['', ''])
  assert.deepEqual(await textsOf(), [])
})

test('the lines that one chunk completed come together, and are counted from one', async () => {
  const batches = await read(['a\nb\nc', 'c\n', 'd'])

  assert.deepEqual(batches, [
    [
      { number: 1, text: 'a' },
      { number: 2, text: 'b' },
    ],
    [{ number: 3, text: 'cc' }],
    [{ number: 4, text: 'd' }],
  ])
})

test('a line longer than the limit has no text, and the next one is whole', async () => {
  const [lines] = await read([`${'x'.repeat(11)}\n${'y'.repeat(10)}\n`], 10)
  const pieces = await read(['xxxxxx', 'xxxxxx', '\n', 'y'], 10)

  assert.deepEqual(
    lines?.map(({ text }) => text),
    [undefined, 'yyyyyyyyyy'],
  )
  assert.deepEqual(
    pieces.flat().map(({ text }) => text),
    [undefined, 'y'],
  )
})

test('a byte order mark is no part of the first line', async () => {
  assert.deepEqual(await textsOf('\ufeffa\n\ufeffb\n'), ['a', '\ufeffb'])
})

test('no chunk is asked for before the lines of the one before were taken', async () => {
  let asked = 0
  async function* chunks() {
    for (const chunk of ['a\n', 'b\n', 'c\n']) {
      asked++
      yield chunk
    }
  }

  const batches = readLineBatches(chunks())
  await batches.next()

  assert.equal(asked, 1)
})
