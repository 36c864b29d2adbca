/** Longest line that is read, in UTF-16 units: a query of a megabyte fits, however JSON escapes it. */
export const LINE_LENGTH_MAX = 8_388_608

export interface Line {
  /** Counts from one. */
  readonly number: number
  /** Undefined for a line longer than the limit: nothing of it was kept. */
  readonly text: string | undefined
}

/**
 * The lines of a stream without their line ends, those that one chunk completed together. Holds no more than
 * a chunk and a line; asks for the next chunk only when the batch before was dealt with.
 */
export async function* readLineBatches(
  chunks: AsyncIterable<string>,
  lengthMax = LINE_LENGTH_MAX,
): AsyncGenerator<readonly Line[]> {
  const line = createLineBuffer(lengthMax)
  for await (const chunk of chunks) {
    const batch: Line[] = []
    let start = 0
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      line.add(chunk.slice(start, end))
      batch.push(line.finish())
      start = end + 1
    }
    line.add(chunk.slice(start))
    if (batch.length > 0) yield batch
  }
  if (line.hasText()) yield [line.finish()]
}

const BYTE_ORDER_MARK = '\ufeff'

/** Gathers the pieces of one line after the other. */
function createLineBuffer(lengthMax: number) {
  let pieces: string[] = []
  let length = 0
  let number = 0
  return {
    hasText: () => length > 0,
    add(piece: string) {
      length += piece.length
      if (length <= lengthMax) pieces.push(piece)
      else pieces = []
    },
    finish(): Line {
      number++
      const text = length <= lengthMax ? withoutMarks(pieces.join(''), number) : undefined
      pieces = []
      length = 0
      return { number, text }
    },
  }
}

function withoutMarks(line: string, number: number): string {
  const start = number === 1 && line.startsWith(BYTE_ORDER_MARK) ? 1 : 0
  return line.slice(start, line.endsWith('\r') ? -1 : undefined)
}
