/** A place in a text as an editor shows it: both numbers count from one, columns in UTF-16 units. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A text that can tell the line and column of an offset; line ends are `\n`, `\r\n` and `\r`. */
export interface Source {
  readonly text: string
  positionAt(offset: number): Position
  /** The offset of a position; one behind the end of its line is that end. */
  offsetAt(position: Position): number
  /** The text of a line without its line end; empty for a line that does not exist. */
  lineAt(line: number): string
}

/** Lines are only looked for when a position is first asked for: a query without mistakes never is. */
export function createSource(text: string): Source {
  let starts: readonly number[] | undefined
  const lineStarts = () => {
    starts ??= findLineStarts(text)
    return starts
  }
  const lineAt = (line: number) => {
    const start = lineStarts()[line - 1]
    if (start === undefined) return ''
    const end = lineStarts()[line] ?? text.length
    return text.slice(start, end).replace(/[\r\n]+$/, '')
  }
  return {
    text,
    positionAt(offset) {
      const clamped = Math.max(0, Math.min(offset, text.length))
      const line = lastIndexNotAbove(lineStarts(), clamped)
      return { line: line + 1, column: clamped - (lineStarts()[line] ?? 0) + 1 }
    },
    offsetAt({ line, column }) {
      const start = lineStarts()[line - 1]
      if (start === undefined) return line < 1 ? 0 : text.length
      return start + Math.max(0, Math.min(column - 1, lineAt(line).length))
    },
    lineAt,
  }
}

function findLineStarts(text: string): readonly number[] {
  const starts = [0]
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 13 && text.charCodeAt(index + 1) === 10) continue
    if (code === 10 || code === 13) starts.push(index + 1)
  }
  return starts
}

function lastIndexNotAbove(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((sorted[middle] as number) <= value) low = middle
    else high = middle - 1
  }
  return low
}
