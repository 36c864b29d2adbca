import type { TextRange } from '../tree/ast'

/**
 * The pipe between two stages, with the blanks before the next one when both are on one line: what to take
 * out to make them one. Pipes in comments between the stages do not count.
 */
export function pipeBefore(text: string, previousEnd: number, nextStart: number): TextRange | undefined {
  for (let at = previousEnd; at < nextStart; at++) {
    if (text.startsWith('//', at) || text.charAt(at) === '#') {
      const lineEnd = text.indexOf('\n', at)
      if (lineEnd === -1) return undefined
      at = lineEnd
    } else if (text.startsWith('/*', at)) {
      const close = text.indexOf('*/', at + 2)
      if (close === -1) return undefined
      at = close + 1
    } else if (text.charAt(at) === '|') {
      let end = at + 1
      while (end < nextStart && text.charAt(end) === ' ') end++
      return { start: at, end }
    }
  }
  return undefined
}
