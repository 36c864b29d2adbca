import * as problem from '../../diagnostics/codes'
import type { Argument, Expression, SourceStage, Timeframe } from '../../tree/ast'
import { parseArgument, parseBracketed, parseExpression, parseExpressionEndingAt } from '../expression-parser'
import { intervalNanoseconds } from '../interval'
import { ENDS_AT_AND, type TokenStream } from '../token-stream'
import type { TokenKind } from '../tokens'
import { failMissingClause, parseDataset, type StageStart, stageRanges } from './stage-parts'

const TIMEFRAME_WORDS = ['last', 'between', 'around', 'timeshifted'] as const

/** Whether a word begins a time range. */
export function isTimeframeWord(word: string): boolean {
  return (TIMEFRAME_WORDS as readonly string[]).includes(word)
}

/** Source = ("source" | "from") Dataset [ "(" Argument { "," Argument } ")" ] [ Timeframe ] */
export function parseSource(s: TokenStream, start: StageStart): SourceStage {
  if (atTimeframe(s)) s.fail(problem.expectedDataset(s.here(), s.found()))
  const dataset = atTimeframe(s)
    ? ({ kind: 'Dataset', dataspace: null, name: '', range: s.rangeFrom(s.previousEnd) } as const)
    : parseDataset(s)
  let parameters = parseParameters(s)
  const timeframe = parseTimeframe(s)
  // Which of the two comes first is not documented.
  if (parameters.length === 0) parameters = parseParameters(s)
  if (timeframe === null) failMisspeltTimeframe(s)
  return { kind: 'SourceStage', dataset, parameters, timeframe, ...stageRanges(s, start) }
}

/** An interval without its word, or a word that is nearly one of a time range. */
function failMisspeltTimeframe(s: TokenStream): void {
  const meant = s.at('interval') ? `last ${s.found()}` : undefined
  if (meant !== undefined) s.fail(problem.unexpectedToken(s.here(), s.found(), 'source', meant))
  else if (s.at('name') && s.canStartOperand(s.peek()) && !s.atForgottenPipe()) {
    s.failUnexpected('source', TIMEFRAME_WORDS)
  }
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
function parseTimeframe(s: TokenStream): Timeframe | null {
  const start = s.token.start
  switch (s.eatOneOf(TIMEFRAME_WORDS)) {
    case 'around': {
      const time = parseExpression(s)
      const interval = s.eatWord('interval') ? parseInterval(s) : null
      return { kind: 'AroundTimeframe', time, interval, range: s.rangeFrom(start) }
    }
    case 'between': {
      const from = parseExpressionEndingAt(s, ENDS_AT_AND)
      if (!s.eatWord('and')) failMissingClause(s, 'source', '"and" and a second time after "between"')
      const to = parseExpression(s)
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

const SPOKEN_UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    d: ['d', 'day', 'days'],
    h: ['h', 'hr', 'hrs', 'hour', 'hours'],
    m: ['m', 'min', 'mins', 'minute', 'minutes'],
    s: ['s', 'sec', 'secs', 'second', 'seconds'],
    ms: ['ms', 'millisecond', 'milliseconds'],
  }).flatMap(([unit, words]) => words.map((word) => [word, unit] as const)),
)

/** An interval; "24 hours" and "1 d" are reported and read as what they say. */
export function parseInterval(s: TokenStream): Expression {
  const expression = parseExpression(s)
  const unit = s.at('name') ? SPOKEN_UNITS.get(s.token.text.toLowerCase()) : undefined
  if (expression.kind !== 'NumberLiteral' || unit === undefined) return expression
  const word = s.advance().text
  const range = s.rangeFrom(expression.range.start)
  const text = `${expression.text}${unit}`
  s.warn(problem.spokenInterval(range, `${expression.text} ${word}`, text))
  return { kind: 'IntervalLiteral', text, nanoseconds: intervalNanoseconds(text), range }
}
