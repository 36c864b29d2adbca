import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { readLines } from './read-lines'

async function linesOf(chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough()
  const lines: string[] = []
  readLines(stream, (line) => lines.push(line))
  for (const chunk of chunks) stream.write(chunk)
  stream.end()
  await once(stream, 'end')
  return lines
}

test('lines are put together from chunks, and the last one needs no line feed', async () => {
  assert.deepEqual(await linesOf(['one\ntw', 'o\n\nth', 'ree']), ['one', 'two', '', 'three'])
})

test('a carriage return before the line feed is dropped', async () => {
  assert.deepEqual(await linesOf(['one\r\ntwo\r\n']), ['one', 'two'])
})

test('a character that is split between two chunks stays whole', async () => {
  const bytes = Buffer.from('Grüße\n')

  assert.deepEqual(await linesOf([bytes.subarray(0, 3), bytes.subarray(3)]), ['Grüße'])
})

test('a stream without line feeds is handed on in pieces', async () => {
  const lines = await linesOf(['x'.repeat(70_000), 'y'])

  assert.deepEqual(
    lines.map((line) => line.length),
    [70_000, 1],
  )
})
