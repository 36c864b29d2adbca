import type { Expression, RegexLiteral } from '../tree/ast'

/** A string with a regular expression in it, as a literal of one; anything else, or what no literal can hold, as it is. */
export function toPattern(expression: Expression): Expression | RegexLiteral {
  if (expression.kind !== 'StringLiteral') return expression
  const { value, range } = expression
  // Two slashes and a slash with a star begin a comment.
  if (value === '' || value.startsWith('*') || /[\n\r]/.test(value)) return expression
  return { kind: 'RegexLiteral', pattern: escapeSlashes(value), range }
}

function escapeSlashes(pattern: string): string {
  return pattern.replace(/\\.|\//g, (found) => (found === '/' ? '\\/' : found))
}
