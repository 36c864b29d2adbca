import { SPOKEN_UNITS } from '../../catalogue/unit-spellings'
import * as problem from '../../diagnostics/codes'
import { insertText, replaceText, withFix } from '../../diagnostics/diagnostic'
import type { Argument, Expression, SourceStage, Timeframe } from '../../tree/ast'
import { parseArgument, parseBracketed, parseExpression, parseExpressionEndingAt } from '../expression-parser'
import { intervalNanoseconds } from '../interval'
import { readSpokenInterval } from '../spoken-interval'
import { bareDateAt, parseUnmarkedDate } from '../timestamp-parser'
import { ENDS_AT_AND, isWord, rangeOf, type TokenStream } from '../token-stream'
import type { TokenKind } from '../tokens'
import { failMissingClause, parseDataset, type StageStart, stageRanges } from './stage-parts'

const TIMEFRAME_WORDS = ['last', 'between', 'around', 'timeshifted'] as const

/** Whether a word begins a time range. */
export function isTimeframeWord(word: string): boolean {
  return (TIMEFRAME_WORDS as readonly string[]).includes(word)
}

/** Source = ("source" | "from") Dataset [ "(" Argument { "," Argument } ")" ] [ Timeframe ] */
export function parseSource(s: TokenStream, start: StageStart): SourceStage {
  if (s.at('=') || s.at(':')) {
    const diagnostic = problem.unexpectedToken(s.here(), s.found(), 'source', undefined)
    const before = s.previousEnd
    s.advance()
    s.warn(withFix(diagnostic, 'remove it', replaceText({ start: before, end: s.token.start }, ' ')))
  }
  if (atTimeframe(s)) {
    const diagnostic = problem.expectedDataset(s.here(), s.found())
    s.fail(withFix(diagnostic, 'add logs', insertText(s.token.start, 'logs ')))
  }
  const dataset = atTimeframe(s)
    ? ({ kind: 'Dataset', dataspace: null, name: '', range: s.rangeFrom(s.previousEnd) } as const)
    : parseDataset(s)
  const clauses = parseClauses(s)
  return { kind: 'SourceStage', dataset, ...clauses, ...stageRanges(s, start) }
}

type SourceClauses = Pick<SourceStage, 'parameters' | 'timeframe'>

/** What follows the word of a source. */
export function parseSourceClauses(s: TokenStream): SourceClauses & Pick<SourceStage, 'dataset'> {
  const dataset = parseDataset(s)
  return { dataset, ...parseClauses(s) }
}

function parseClauses(s: TokenStream): SourceClauses {
  let parameters = parseParameters(s)
  const timeframe = parseTimeframe(s)
  // Which of the two comes first is not documented.
  if (parameters.length === 0) parameters = parseParameters(s)
  return { parameters, timeframe: timeframe ?? takeMisspeltTimeframe(s) }
}

/** Words that people put before, or in the place of, the word of a time range. */
const TIMEFRAME_SLIPS = ['since', 'past', 'for', 'in', 'over', 'during', 'within', 'from', 'the'] as const

/** A time range whose word is missing, another one, or nearly right: reported, and read where it is plain. */
function takeMisspeltTimeframe(s: TokenStream): Timeframe | null {
  const { start } = s.token
  if (atInterval(s)) {
    const found = problem.unexpectedToken(s.here(), s.found(), 'source', `last ${s.found()}`)
    s.fail(withFix(found, 'add last', insertText(start, 'last ')))
    return lastTimeframe(s, start)
  }
  if (!s.at('name') || s.atForgottenPipe()) return null
  let slips = 0
  while (TIMEFRAME_SLIPS.some((word) => isWord(s.peek(slips), word))) slips++
  const end = s.peek(slips)
  if (slips > 0 && (isWord(end, 'last') || end.kind === 'interval' || end.kind === 'number')) {
    const found = problem.unexpectedToken(s.here(), s.found(), 'source', 'last')
    const last = isWord(end, 'last')
    const written = { start, end: last ? end.end : end.start }
    s.fail(withFix(found, 'use last', replaceText(written, last ? 'last' : 'last ')))
    for (let taken = 0; taken < slips + (last ? 1 : 0); taken++) s.advance()
    return lastTimeframe(s, start)
  }
  if (s.canStartOperand(s.peek())) s.failUnexpected('source', TIMEFRAME_WORDS)
  return null
}

function atInterval(s: TokenStream): boolean {
  return s.at('interval') || (s.at('number') && SPOKEN_UNITS.has(s.peek().text.toLowerCase()))
}

function lastTimeframe(s: TokenStream, start: number): Timeframe {
  const interval = parseInterval(s)
  return { kind: 'LastTimeframe', interval, range: s.rangeFrom(start) }
}

function parseParameters(s: TokenStream): readonly Argument[] {
  if (!s.at('(')) return []
  return parseBracketed(s, ')', () => {
    const parameter = parseArgument(s)
    if (parameter.name === null && parameter.value.kind !== 'MissingExpression') {
      s.warn(problem.missingClause(parameter.range, 'source', 'a name for each parameter', 'name=value'))
    }
    return parameter
  })
}

const TIMES: ReadonlySet<TokenKind> = new Set<TokenKind>(['number', 'interval', '-', '@', 'namespace'])

/** A word that begins a time range and is not the name of a dataset, since a time follows it. */
function atTimeframe(s: TokenStream): boolean {
  return TIMES.has(s.peek().kind) && TIMEFRAME_WORDS.some((word) => s.atWord(word))
}

/**
 * Timeframe = "around" Expression [ "interval" Expression ]
 *           | "between" Expression "and" Expression
 *           | "last" Expression
 *           | "timeshifted" Expression
 */
export function parseTimeframe(s: TokenStream): Timeframe | null {
  const start = s.token.start
  switch (s.eatOneOf(TIMEFRAME_WORDS)) {
    case 'around': {
      const time = parseTime(s)
      const interval = s.eatWord('interval') || takeMissingInterval(s) ? parseInterval(s) : null
      return { kind: 'AroundTimeframe', time, interval, range: s.rangeFrom(start) }
    }
    case 'between': {
      const from = parseTime(s)
      if (!s.eatWord('and')) failMissingClause(s, 'source', '"and" and a second time after "between"')
      const to = parseTime(s)
      return { kind: 'BetweenTimeframe', from, to, range: s.rangeFrom(start) }
    }
    case 'last': {
      const interval = parseInterval(s)
      return { kind: 'LastTimeframe', interval, range: s.rangeFrom(start) }
    }
    case 'timeshifted': {
      const interval = parseInterval(s)
      return { kind: 'TimeshiftedTimeframe', interval, range: s.rangeFrom(start) }
    }
    case undefined:
      return null
  }
}

/** A time; a bare date would be a subtraction, which is none. */
function parseTime(s: TokenStream): Expression {
  const date = bareDateAt(s)
  return date === undefined ? parseExpressionEndingAt(s, ENDS_AT_AND) : parseUnmarkedDate(s, date)
}

/** `around T 30m`: the word before the interval was left out. */
function takeMissingInterval(s: TokenStream): boolean {
  if (!atInterval(s)) return false
  const diagnostic = problem.unexpectedToken(s.here(), s.found(), 'source', `interval ${s.found()}`)
  s.warn(withFix(diagnostic, 'add interval', insertText(s.token.start, 'interval ')))
  return true
}

/** An interval; "24 hours", "1 d" and '1h' in quotes are reported and read as what they say. */
export function parseInterval(s: TokenStream): Expression {
  if (
    SPOKEN_UNITS.has(s.token.text) &&
    s.token.text.length > 1 &&
    (s.peek().kind === '|' || s.peek().kind === 'end')
  )
    return parseSingleUnit(s)
  const expression = parseExpression(s)
  const spoken = expression.kind === 'NumberLiteral' && s.at('name')
  const end = spoken ? s.token.end : s.previousEnd
  const found = s.slice(expression.range.start, end)
  const quoted = expression.kind === 'StringLiteral' ? expression.value : undefined
  const text = spoken || quoted !== undefined ? readSpokenInterval(quoted ?? found) : undefined
  if (text === undefined) return expression
  if (spoken) s.advance()
  const range = s.rangeFrom(expression.range.start)
  s.warn(withFix(problem.spokenInterval(range, found, text), `use ${text}`, replaceText(range, text)))
  return { kind: 'IntervalLiteral', text, nanoseconds: intervalNanoseconds(text), range }
}

/** `last hour`: one of the unit. */
function parseSingleUnit(s: TokenStream): Expression {
  const word = s.advance()
  const range = rangeOf(word)
  const text = readSpokenInterval(`1 ${word.text}`) as string
  s.warn(withFix(problem.spokenInterval(range, word.text, text), `use ${text}`, replaceText(range, text)))
  return { kind: 'IntervalLiteral', text, nanoseconds: intervalNanoseconds(text), range }
}
