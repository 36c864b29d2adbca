import { print } from '../format/print'
import { tokenize } from '../syntax/lexer'
import type { Token } from '../syntax/tokens'
import type { Query } from '../tree/ast'

/**
 * The canonical text of a query with its literals replaced by `?`, several in a row by one: queries that
 * differ only in the values they look for have the same fingerprint. Severities, true, false and null are
 * kept, since there are few of them and they say what a query is about, and so are keys in brackets.
 */
export function fingerprintOf(query: Query): string {
  const text = print(query)
  const tokens = tokenize(text, () => {})
  const pieces: string[] = []
  let end = 0
  for (const [index, token] of tokens.entries()) {
    const gap = text.slice(end, token.start)
    end = token.end
    const replacement = replace(token, tokens, index)
    const repeated = replacement === '?' && pieces.at(-1) === ',' && pieces.at(-2)?.endsWith('?') === true
    if (repeated) pieces.pop()
    else pieces.push(gap + replacement)
  }
  return pieces.join('')
}

function replace(token: Token, tokens: readonly Token[], index: number): string {
  const previous = tokens[index - 1]
  const next = tokens[index + 1]
  switch (token.kind) {
    case 'number':
    case 'interval':
    case 'regex':
    case 'template-text':
      return '?'
    case 'string':
      return isName(token, tokens, index) ? token.text : '?'
    case '-':
      // The printer sets blanks around a subtraction, so this is the sign of a literal.
      return next?.start === token.end && (next.kind === 'number' || next.kind === 'interval') ? '' : '-'
    case 'namespace':
      return token.text === '$d' && next?.kind === '.' ? '' : token.text
    case '.':
      return previous?.kind === 'namespace' && previous.text === '$d' ? '' : '.'
    default:
      return token.text
  }
}

/** Keys in brackets and quoted names of datasets are strings in form only. */
function isName(token: Token, tokens: readonly Token[], index: number): boolean {
  if (token.text.startsWith('"')) return true
  const bracket = tokens[index - 1]
  const before = tokens[index - 2]
  return bracket?.kind === '[' && before?.end === bracket.start && before.kind !== '(' && before.kind !== '['
}
