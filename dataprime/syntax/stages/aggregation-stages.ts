/** Stages that make new rows out of groups of rows. */

import * as problem from '../../diagnostics/codes'
import type {
  AggregateStage,
  AliasedExpression,
  CountbyStage,
  CountStage,
  DedupebyStage,
  DistinctStage,
  Expression,
  GroupbyStage,
  Keypath,
  MultigroupbyStage,
  OrderKey,
  SortDirection,
  TopStage,
} from '../../tree/ast'
import {
  atNumeric,
  missing,
  parseBracketed,
  parseExpression,
  parseKeypath,
  parseNumeric,
  parsePostfix,
} from '../expression-parser'
import { ENDS_AT_SPACED_PARENTHESIS, isWord, rangeOf, type TokenStream } from '../token-stream'
import {
  atClauseWord,
  expectWord,
  failMissingClause,
  parseAliased,
  parseDirection,
  parseList,
  parseOptionalInto,
  parseOrderKey,
  type StageStart,
  stageRanges,
} from './stage-parts'

const AGGREGATE_WORDS = ['aggregate', 'agg', 'calculate', 'calc'] as const

/**
 * Groupby    = "groupby" Aliased { "," Aliased } [ Aggregates ]
 * Aggregates = [ "aggregate" | "agg" | "calculate" | "calc" ] Aliased { "," Aliased }
 *
 * The word before the aggregates may be left out, so the list of keys ends at the first expression that
 * follows without a comma.
 */
export function parseGroupby(s: TokenStream, start: StageStart): GroupbyStage {
  const keys = parseList(s, { command: start.command, clauses: AGGREGATE_WORDS, openEnded: true }, (s) =>
    parseAliased(s, ENDS_AT_SPACED_PARENTHESIS),
  )
  const aggregates = parseAggregates(s, start)
  return { kind: 'GroupbyStage', keys, aggregates, ...stageRanges(s, start) }
}

/** Multigroupby = "multigroupby" "(" Aliased … ")" { "," "(" Aliased … ")" } [ Aggregates ] */
export function parseMultigroupby(s: TokenStream, start: StageStart): MultigroupbyStage {
  const groups = parseList(s, { command: start.command, clauses: AGGREGATE_WORDS, openEnded: true }, (s) =>
    s.at('(') ? parseBracketed(s, ')', () => parseAliased(s)) : [parseBareGroup(s)],
  )
  const aggregates = parseAggregates(s, start)
  return { kind: 'MultigroupbyStage', groups, aggregates, ...stageRanges(s, start) }
}

/** A group of one key without its parentheses, as one table of the vendor writes it. */
function parseBareGroup(s: TokenStream): AliasedExpression {
  const key = parseAliased(s, ENDS_AT_SPACED_PARENTHESIS)
  if (key.expression.kind !== 'MissingExpression') {
    s.warn(problem.undocumentedForm(key.range, 'a group without parentheses', 'write (key)'))
  }
  return key
}

function parseAggregates(s: TokenStream, start: StageStart): readonly AliasedExpression[] {
  const range = rangeOf(s.token)
  const word = s.eatOneOf(AGGREGATE_WORDS) ?? eatMisspeltAggregate(s, start)
  if (word === 'calculate' || word === 'calc') s.warn(problem.deprecatedWord(range, word, 'aggregate'))
  if (word === undefined && (!s.canStartOperand() || s.atForgottenPipe())) return []
  return parseList(s, { command: start.command }, parseAliased)
}

/** Two names in a row where one was to be `aggregate`: the first is taken for a misspelling of it. */
function eatMisspeltAggregate(s: TokenStream, start: StageStart): 'aggregate' | undefined {
  if (!s.at('name') || s.peek().kind !== 'name' || s.atForgottenPipe()) return undefined
  const suggestion = s.suggest(s.token.text, AGGREGATE_WORDS)
  if (suggestion === undefined) return undefined
  s.fail(problem.unexpectedToken(s.here(), s.found(), start.command, suggestion))
  s.advance()
  return 'aggregate'
}

/** Aggregate = ("aggregate" | "agg") Aliased { "," Aliased } */
export function parseAggregate(s: TokenStream, start: StageStart): AggregateStage | GroupbyStage {
  const aggregates = parseList(s, { command: start.command, clauses: ['by'] }, parseAliased)
  if (s.atWord('by')) return parseKeysAfterAggregates(s, start, aggregates)
  return { kind: 'AggregateStage', aggregates, ...stageRanges(s, start) }
}

/** `aggregate count() by host`: other languages put the keys last. */
function parseKeysAfterAggregates(
  s: TokenStream,
  start: StageStart,
  aggregates: readonly AliasedExpression[],
): GroupbyStage {
  s.warn(problem.aggregateBy(rangeOf(s.token), start.command))
  s.advance()
  const keys = parseList(s, { command: start.command }, parseAliased)
  return { kind: 'GroupbyStage', keys, aggregates, ...stageRanges(s, start) }
}

/** `stats … by …` of other languages, reported by whoever calls this: read as the grouping it means. */
export function parseForeignStats(s: TokenStream, start: StageStart): AggregateStage | GroupbyStage {
  const aggregates = parseList(s, { command: start.command, clauses: ['by'] }, parseAliased)
  if (!s.eatWord('by')) return { kind: 'AggregateStage', aggregates, ...stageRanges(s, start) }
  const keys = parseList(s, { command: start.command }, parseAliased)
  return { kind: 'GroupbyStage', keys, aggregates, ...stageRanges(s, start) }
}

/** Count = "count" [ "into" Keypath ] */
export function parseCount(s: TokenStream, start: StageStart): CountStage | CountbyStage {
  if (s.atWord('by')) {
    s.warn(problem.foreignCommand(s.rangeFrom(start.keywordRange.start), 'count by', 'countby key'))
    s.advance()
    return parseCountby(s, { ...start, command: 'countby' })
  }
  if (s.at('(') && s.peek().kind === ')') {
    s.warn(problem.countCall({ start: s.token.start, end: s.peek().end }))
    s.advance()
    s.advance()
    const into = s.eatWord('as') ? parseKeypath(s) : parseOptionalInto(s)
    return { kind: 'CountStage', into, ...stageRanges(s, start) }
  }
  const into = parseCountName(s)
  return { kind: 'CountStage', into, ...stageRanges(s, start) }
}

function parseCountName(s: TokenStream): Keypath | null {
  if (!s.atWord('as')) return parseOptionalInto(s)
  s.fail(problem.expectedWord(s.here(), 'count', ['into'], 'as', undefined))
  s.advance()
  return parseKeypath(s)
}

/** Countby = "countby" Aliased { "," Aliased } [ "into" Keypath ] [ "asc" | "desc" ] */
export function parseCountby(s: TokenStream, start: StageStart): CountbyStage {
  const keys = parseList(s, { command: start.command, clauses: ['into', 'asc', 'desc'] }, parseAliased)
  // The place of the direction is shown behind the name only; before it, it can mean nothing else.
  let direction: SortDirection | null = parseDirection(s)
  const into = parseOptionalInto(s)
  direction ??= parseDirection(s)
  return { kind: 'CountbyStage', keys, into, direction, ...stageRanges(s, start) }
}

/** Distinct = "distinct" Aliased { "," Aliased } */
export function parseDistinct(s: TokenStream, start: StageStart): DistinctStage {
  const keys = parseList(s, { command: start.command }, parseAliased)
  return { kind: 'DistinctStage', keys, ...stageRanges(s, start) }
}

/** Dedupeby = "dedupeby" Expression { "," Expression } [ "keep" N ] [ "orderby" OrderKey { "," OrderKey } ] */
export function parseDedupeby(s: TokenStream, start: StageStart): DedupebyStage {
  const clauses = ['keep', 'orderby', 'sortby', 'order', 'sort']
  const keys = parseList(s, { command: start.command, clauses }, parseExpression)
  let keep: Expression | null = s.eatWord('keep') ? parseExpression(s) : null
  let orderBy: readonly OrderKey[] = []
  if (eatOrderWords(s)) orderBy = parseList(s, { command: start.command, clauses: ['keep'] }, parseOrderKey)
  if (keep === null && s.eatWord('keep')) keep = parseExpression(s)
  return { kind: 'DedupebyStage', keys, keep, orderBy, ...stageRanges(s, start) }
}

function eatOrderWords(s: TokenStream): boolean {
  if (s.eatWord('orderby') || s.eatWord('sortby')) return true
  if (!(s.atWord('order') || s.atWord('sort')) || !isWord(s.peek(), 'by')) return false
  s.takeWord()
  s.takeWord()
  return true
}

/** Top = ("top" | "bottom") N Aliased { "," Aliased } "by" Aliased { "," Aliased } */
export function parseTop(s: TokenStream, start: StageStart): TopStage {
  const end = start.command === 'bottom' ? 'bottom' : 'top'
  const count = parseRowCount(s, start)
  const resultsLeftOut = atClauseWord(s, 'by')
  if (resultsLeftOut) failMissingClause(s, start.command, 'an expression to give before "by"')
  const results = resultsLeftOut
    ? []
    : parseList(s, { command: start.command, clauses: ['by'] }, parseAliased)
  const by = expectWord(s, start.command, 'by') ? parseList(s, { command: start.command }, parseAliased) : []
  return { kind: 'TopStage', end, count, results, by, ...stageRanges(s, start) }
}

/** RowCount = N; the expression after it may begin with a sign or bracket, so nothing goes on from the number. */
function parseRowCount(s: TokenStream, start: StageStart): Expression {
  if (atNumeric(s)) return parseNumeric(s)
  if (s.at('namespace')) return parseParameter(s)
  s.fail(problem.expectedRowCount(s.here(), start.command))
  return missing(s)
}

/** A parameter such as `$p.rows`; what stands in parentheses after a blank is the next expression. */
function parseParameter(s: TokenStream): Expression {
  const outer = s.ends
  s.ends |= ENDS_AT_SPACED_PARENTHESIS
  const parameter = parsePostfix(s)
  s.ends = outer
  return parameter
}
