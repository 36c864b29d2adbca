/** Timestamps: what stands behind an at sign, and dates that lack it. */
import * as problem from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import { printString } from '../format/print'
import type { Expression } from '../tree/ast'
import { failMissing, parsePrimary } from './expression-parser'
import { rangeOf, type TokenStream } from './token-stream'

/** Timestamp = "@" (string | number | Template | "(" Expression ")") */
export function parseTimestamp(s: TokenStream): Expression {
  const { start } = s.advance()
  if (s.atWord('timestamp')) return parseElasticTimestamp(s, start)
  const operand = parseTimestampOperand(s)
  const range = s.rangeFrom(start)
  const inNanoseconds = operand.inParentheses && operand.expression.kind === 'NumberLiteral'
  const node = { kind: 'TimestampLiteral', operand: operand.expression, range } as const
  return inNanoseconds ? { ...node, inNanoseconds } : node
}

/** @timestamp, the time of a record in Elasticsearch, with the cursor at the word. */
function parseElasticTimestamp(s: TokenStream, start: number): Expression {
  const word = s.advance()
  const range = s.rangeFrom(start)
  const diagnostic = problem.bareTimestamp(rangeOf(word), word.text, '$m.timestamp')
  s.warn(withFix(diagnostic, 'use $m.timestamp', replaceText(range, '$m.timestamp')))
  return {
    kind: 'Keypath',
    namespace: '$m',
    segments: [{ kind: 'NameSegment', name: 'timestamp', range }],
    range,
  }
}

function parseTimestampOperand(s: TokenStream): { expression: Expression; inParentheses: boolean } {
  const date = bareDateAt(s)
  if (date !== undefined) return { expression: parseBareDate(s, date), inParentheses: false }
  switch (s.token.kind) {
    case 'string':
    case 'number':
    case 'template-start':
      return { expression: parsePrimary(s), inParentheses: false }
    case '(':
      return { expression: parsePrimary(s), inParentheses: true }
    case 'name':
      return { expression: parseBareDate(s, s.token.text), inParentheses: false }
    default:
      return { expression: failMissing(s), inParentheses: false }
  }
}

const BARE_DATE = /[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:]+(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?/y

/** The date at the cursor that was written without its quotes; `@2025` alone is a number of seconds. */
export function bareDateAt(s: TokenStream): string | undefined {
  if (!s.at('number')) return undefined
  BARE_DATE.lastIndex = s.token.start
  return BARE_DATE.exec(s.source)?.[0]
}

/** 2025-03-01 where only a time can stand, with neither its sign nor its quotes. */
export function parseUnmarkedDate(s: TokenStream, text: string): Expression {
  const { start } = s.token
  const end = start + text.length
  while (s.token.start < end && !s.at('end')) s.advance()
  const range = { start, end }
  const written = printString(text)
  s.warn(withFix(problem.bareTimestamp(range, text), `use @${written}`, replaceText(range, `@${written}`)))
  const operand: Expression = { kind: 'StringLiteral', value: text, quote: 'single', range }
  return { kind: 'TimestampLiteral', operand, range }
}

/** A text after `@` that lacks its quotes, with the cursor at its first token. */
function parseBareDate(s: TokenStream, text: string): Expression {
  const { start } = s.token
  const end = start + text.length
  while (s.token.start < end && !s.at('end')) s.advance()
  const range = { start, end }
  const written = printString(text)
  const named = !/^[0-9]/.test(text) && text.toLowerCase() !== 'now'
  const diagnostic = problem.bareTimestamp(range, text, named ? "@'now' or @'2025-03-01'" : undefined)
  s.warn(named ? diagnostic : withFix(diagnostic, `use @${written}`, replaceText(range, written)))
  return { kind: 'StringLiteral', value: text, quote: 'single', range }
}
