import type { Readable } from 'node:stream'

/** A line longer than this is handed on in pieces, so that a child without line feeds cannot fill the memory. */
const LINE_LENGTH_MAX = 65_536

/**
 * Calls `onLine` with every line of a stream, without its line ending. Characters of several bytes that are
 * split between two chunks stay whole; what follows the last line feed comes when the stream ends.
 */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line)
    if (rest.length < LINE_LENGTH_MAX) return
    onLine(rest)
    rest = ''
  })
  stream.on('end', () => {
    if (rest !== '') onLine(rest)
  })
}
