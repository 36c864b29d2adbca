/** Fixes of literals that are meant otherwise than they are written: `'5m'`, `'2025-03-01'`, `'500'`, `== /x/`. */
import { shortTimeUnit } from '../catalogue/units'
import { type Diagnostic, insertText, replaceText, withFix } from '../diagnostics/diagnostic'
import { POSTFIX_PRECEDENCE, precedenceOf } from '../syntax/precedence'
import { scanNumber } from '../syntax/scan-number'
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
  if (type === 'interval') return readInterval(text.trim())
  if (type === 'boolean') return text === 'true' || text === 'false' ? text : undefined
  return type === 'number' && /^-?\d+(\.\d+)?$/.test(text) ? text : undefined
}

/** As it would be without quotes, or in words. */
function readInterval(text: string): string | undefined {
  if (isInterval(text.replace(/^-/, ''))) return text
  const [, count, word] = /^(-?\d{1,15}) ?([a-zA-Z]{1,12})$/.exec(text) ?? []
  const unit = word === undefined ? undefined : shortTimeUnit(word)
  return unit === undefined ? undefined : `${count}${unit}`
}

function isInterval(text: string): boolean {
  if (!/^\d/.test(text)) return false
  const { kind, shape, end } = scanNumber(text, 0)
  return kind === 'interval' && shape === 'plain' && end === text.length
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
