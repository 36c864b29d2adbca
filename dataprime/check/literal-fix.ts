/** Fixes of literals that are meant otherwise than they are written: `'5m'`, `'2025-03-01'`, `'500'`, `== /x/`. */
import { type Diagnostic, insertText, replaceText, withFix } from '../diagnostics/diagnostic'
import { POSTFIX_PRECEDENCE, precedenceOf } from '../syntax/precedence'
import { readSpokenInterval } from '../syntax/spoken-interval'
import type { BinaryExpression, Expression, StringLiteral } from '../tree/ast'
import type { TypeName } from '../types/inferred-type'

/** The diagnostic, with a fix where the expression is a string that reads as a literal of the type. */
export function fixQuotedLiteral(diagnostic: Diagnostic, expression: Expression, type: TypeName): Diagnostic {
  if (expression.kind !== 'StringLiteral') return diagnostic
  if (type === 'timestamp') return fixTimestamp(diagnostic, expression)
  const literal = readLiteral(expression.value, type)
  if (literal === undefined) return diagnostic
  return withFix(diagnostic, `write ${literal}`, replaceText(expression.range, literal))
}

function readLiteral(text: string, type: TypeName): string | undefined {
  if (type === 'interval') return readInterval(text)
  if (type === 'boolean') return text === 'true' || text === 'false' ? text : undefined
  return type === 'number' && /^-?\d+(\.\d+)?$/.test(text) ? text : undefined
}

/** A minus is no part of how people say how long something is. */
function readInterval(text: string): string | undefined {
  const [, minus = '', length = ''] = /^(-?)(.*)$/.exec(text.trim()) ?? []
  // A month is no interval, and an M no minute.
  const interval = /\dM$/.test(length) ? undefined : readSpokenInterval(length)
  return interval === undefined ? undefined : `${minus}${interval}`
}

const DATE = /^\d{4}-\d{2}-\d{2}$/
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})([T ])(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)$/

function fixTimestamp(diagnostic: Diagnostic, { value, range }: StringLiteral): Diagnostic {
  const [, date, separator, time] = DATE_TIME.exec(value) ?? []
  if (separator === ' ') {
    const timestamp = `@'${date}T${time}'`
    return withFix(diagnostic, `write ${timestamp}`, replaceText(range, timestamp))
  }
  if (separator === undefined && !DATE.test(value) && value !== 'now') return diagnostic
  return withFix(diagnostic, 'write @ before the timestamp', insertText(range.start, '@'))
}

/** The diagnostic, with a fix where the right operand is a regular expression that the left one should match. */
export function fixPatternMatch(
  diagnostic: Diagnostic,
  { left, right, operatorRange }: BinaryExpression,
): Diagnostic {
  if (right.kind !== 'RegexLiteral' || precedenceOf(left) < POSTFIX_PRECEDENCE) return diagnostic
  return withFix(
    diagnostic,
    'match the regular expression',
    replaceText(operatorRange, '.matches('),
    insertText(right.range.end, ')'),
  )
}
