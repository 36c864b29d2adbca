/** Stages that make new rows out of groups of rows. */

import { commandNamed } from '../../catalogue/commands'
import * as problem from '../../diagnostics/codes'
import { insertText, replaceText, withFix } from '../../diagnostics/diagnostic'
import { printExpression } from '../../format/print'
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
import * as build from '../../tree/build'
import { hasAggregation } from '../../tree/has-aggregation'
import { missing, parseBracketed, parseExpression, parsePostfix } from '../expression-parser'
import { parseKeypath } from '../keypath-parser'
import { atNumeric, parseNumeric } from '../literal-parser'
import { BINARY_PRECEDENCE, precedenceOf } from '../precedence'
import { ENDS_AT_SPACED_PARENTHESIS, isWord, rangeOf, type TokenStream } from '../token-stream'
import type { Token } from '../tokens'
import {
  atClauseWord,
  failOtherWord,
  parseAliased,
  parseDirection,
  parseList,
  parseOptionalInto,
  parseOrderKey,
  type StageStart,
  stageRanges,
  withRewrittenStage,
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
  takeRepeatedBy(s, start)
  const keys = [...parseKeys(s, start)]
  let aggregates = parseAggregates(s, start)
  while (
    aggregates.length > 0 &&
    atAggregateWord(s) &&
    !aggregates.some(({ expression }) => hasAggregation(expression))
  ) {
    // What was taken for aggregates are keys whose comma was forgotten.
    const [key] = aggregates as readonly [AliasedExpression]
    const previousEnd = keys.at(-1)?.range.end ?? key.range.start
    const diagnostic = problem.expectedToken(key.range, ',', s.slice(key.range.start, key.range.end))
    s.warn(withFix(diagnostic, 'add a comma', insertText(previousEnd, ',')))
    keys.push(...aggregates)
    aggregates = parseAggregates(s, start)
  }
  return { kind: 'GroupbyStage', keys, aggregates, ...stageRanges(s, start) }
}

function parseKeys(s: TokenStream, { command }: StageStart): readonly AliasedExpression[] {
  return parseList(s, { command, clauses: AGGREGATE_WORDS, openEnded: true, endsBeforeCall: true }, (s) =>
    parseAliased(s, ENDS_AT_SPACED_PARENTHESIS),
  )
}

function atAggregateWord(s: TokenStream): boolean {
  return AGGREGATE_WORDS.some((word) => s.atWord(word))
}

/** `groupby by host aggregate …`: the word is in the command already. */
function takeRepeatedBy(s: TokenStream, { command }: StageStart): void {
  const key = s.peek()
  const behind = s.peek(2)
  if (!s.atWord('by') || (key.kind !== 'name' && key.kind !== 'namespace') || behind.kind === '(') return
  if (isWord(key, 'as') || AGGREGATE_WORDS.some((word) => isWord(key, word))) return
  const diagnostic = problem.unexpectedToken(s.here(), s.found(), command, undefined)
  s.warn(withFix(diagnostic, 'remove it', replaceText({ start: s.token.start, end: key.start }, '')))
  s.advance()
}

/** Multigroupby = "multigroupby" "(" Aliased … ")" { "," "(" Aliased … ")" } [ Aggregates ] */
export function parseMultigroupby(s: TokenStream, start: StageStart): MultigroupbyStage {
  const list = { command: start.command, clauses: AGGREGATE_WORDS, openEnded: true, groups: true }
  const groups = parseList(s, list, (s) =>
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
  if (word === 'calculate' || word === 'calc') {
    const diagnostic = problem.deprecatedWord(range, word, 'aggregate')
    s.warn(withFix(diagnostic, 'use aggregate', replaceText(range, 'aggregate')))
  }
  if (word === undefined && (!s.canStartOperand() || s.atForgottenPipe())) return []
  return parseList(s, { command: start.command }, parseAliased)
}

/** Two names in a row where one was to be `aggregate`: the first is taken for a misspelling of it. */
function eatMisspeltAggregate(s: TokenStream, start: StageStart): 'aggregate' | undefined {
  if (!s.at('name') || s.peek().kind !== 'name' || s.atForgottenPipe()) return undefined
  const suggestion = s.suggest(s.token.text, AGGREGATE_WORDS)
  if (suggestion === undefined) return undefined
  const diagnostic = problem.unexpectedToken(s.here(), s.found(), start.command, suggestion)
  s.fail(withFix(diagnostic, `use ${suggestion}`, replaceText(rangeOf(s.token), suggestion)))
  s.advance()
  return 'aggregate'
}

/** Aggregate = ("aggregate" | "agg") Aliased { "," Aliased } */
export function parseAggregate(s: TokenStream, start: StageStart): AggregateStage | GroupbyStage {
  const from = s.token.start
  const clauses = ['by', 'group', 'groupby']
  const aggregates = parseList(s, { command: start.command, clauses }, parseAliased)
  const text = s.slice(from, s.previousEnd)
  if (atKeysOfAggregates(s)) return parseKeysAfterAggregates(s, start, aggregates, text)
  return { kind: 'AggregateStage', aggregates, ...stageRanges(s, start) }
}

/** `by host`, or `group by host` on the line of its aggregates. */
function atKeysOfAggregates(s: TokenStream): boolean {
  if (s.atWord('by')) return true
  const group = (s.atWord('group') && isWord(s.peek(), 'by')) || s.atWord('groupby')
  return group && !s.slice(s.previousEnd, s.token.start).includes('\n')
}

/** `aggregate count() by host`: other languages put the keys last. */
function parseKeysAfterAggregates(
  s: TokenStream,
  start: StageStart,
  aggregates: readonly AliasedExpression[],
  aggregatesText: string,
): GroupbyStage {
  const word = s.advance()
  if (isWord(word, 'group')) s.eatWord('by')
  const diagnostic = problem.aggregateBy(s.rangeFrom(word.start), start.command)
  const from = s.token.start
  const keys = parseList(s, { command: start.command }, parseAliased)
  const ranges = stageRanges(s, start)
  const text = `groupby ${s.slice(from, s.previousEnd)} aggregate ${aggregatesText}`
  s.warn(withRewrittenStage(s, start, diagnostic, 'put the keys first', text))
  return { kind: 'GroupbyStage', keys, aggregates, ...ranges }
}

/** Count = "count" [ "into" Keypath ] */
export function parseCount(
  s: TokenStream,
  start: StageStart,
): CountStage | CountbyStage | GroupbyStage | AggregateStage {
  if (s.atWord('by')) {
    s.advance()
    const words = s.rangeFrom(start.keywordRange.start)
    const diagnostic = problem.foreignCommand(words, 'count by', 'countby key')
    s.warn(withFix(diagnostic, 'use countby', replaceText(words, 'countby')))
    return parseCountby(s, { ...start, command: 'countby' })
  }
  if (s.at('(') && s.peek().kind === ')') return parseCountCall(s, start)
  if (s.atWord('distinct') && s.canStartOperand(s.peek()) && s.peek().kind !== '(')
    return parseCountDistinct(s, start)
  const into = parseCountName(s)
  return { kind: 'CountStage', into, ...stageRanges(s, start) }
}

/** `count distinct user` as a stage. */
function parseCountDistinct(s: TokenStream, start: StageStart): AggregateStage {
  const word = rangeOf(s.advance())
  const from = s.token.start
  const expression = parseExpression(s)
  const text = `aggregate distinct_count(${s.slice(from, s.previousEnd)})`
  s.warn(withRewrittenStage(s, start, problem.countDistinct(word), `use ${text}`, text))
  const aggregates = [build.aliased(build.call('distinct_count', expression))]
  return { kind: 'AggregateStage', aggregates, ...stageRanges(s, start) }
}

/** `count() [ "as" name ] [ "by" keys ]` as a stage, with the cursor at the parenthesis. */
function parseCountCall(s: TokenStream, start: StageStart): CountStage | GroupbyStage {
  const parentheses = { start: s.token.start, end: s.peek().end }
  s.advance()
  s.advance()
  const as = s.atWord('as') ? rangeOf(s.advance()) : undefined
  const nameStart = s.token.start
  const into = as === undefined ? parseOptionalInto(s) : parseKeypath(s)
  if (atKeysOfAggregates(s)) {
    const count: AliasedExpression = { ...build.aliased(build.call('count')), alias: into }
    const name =
      into === null ? '' : ` as ${s.slice(as === undefined ? into.range.start : nameStart, s.previousEnd)}`
    return parseKeysAfterAggregates(s, start, [count], `count()${name}`)
  }
  const edits = [replaceText(parentheses, ''), ...(as === undefined ? [] : [replaceText(as, 'into')])]
  s.warn(withFix(problem.countCall(parentheses), 'use count into name', ...edits))
  return { kind: 'CountStage', into, ...stageRanges(s, start) }
}

function parseCountName(s: TokenStream): Keypath | null {
  if (!s.atWord('as')) return parseOptionalInto(s)
  failOtherWord(s, 'count', 'into')
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
  const leading = s.at('number') && s.peek().kind === 'name' ? s.advance() : undefined
  const keys = parseList(s, { command: start.command, clauses }, parseExpression)
  let keep: Expression | null = s.eatWord('keep') ? parseExpression(s) : null
  if (leading !== undefined) keep = moveLeadingCount(s, start, leading, keep)
  let orderBy: readonly OrderKey[] = []
  if (eatOrderWords(s)) orderBy = parseList(s, { command: start.command, clauses: ['keep'] }, parseOrderKey)
  if (keep === null && s.eatWord('keep')) keep = parseExpression(s)
  return { kind: 'DedupebyStage', keys, keep, orderBy, ...stageRanges(s, start) }
}

/** `dedupeby 3 host`: the number of rows stands behind the keys here. */
function moveLeadingCount(
  s: TokenStream,
  { command, keywordRange }: StageStart,
  count: Token,
  keep: Expression | null,
): Expression {
  const range = rangeOf(count)
  const diagnostic = problem.unexpectedToken(range, count.text, command, undefined)
  const edits = [
    replaceText({ start: keywordRange.end, end: range.end }, ''),
    insertText(s.previousEnd, ` keep ${count.text}`),
  ]
  s.warn(keep === null ? withFix(diagnostic, `use keep ${count.text}`, ...edits) : diagnostic)
  return keep ?? { kind: 'NumberLiteral', text: count.text, value: Number(count.value), range }
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
  if (atClauseWord(s, 'by')) return parseTopWithoutResults(s, start, count, end)
  const results = parseList(s, { command: start.command, clauses: ['by'] }, parseAliased)
  const by = s.eatWord('by')
    ? parseList(s, { command: start.command, clauses: ['asc', 'desc'] }, parseAliased)
    : failMissingOrder(s, start, results)
  failDirection(s, end)
  return { kind: 'TopStage', end, count, results, by, ...stageRanges(s, start) }
}

/** `top 5 host by latency desc`: the command says in which direction it sorts. */
function failDirection(s: TokenStream, end: 'top' | 'bottom'): void {
  if (!s.atWord('asc') && !s.atWord('desc')) return
  const implied = s.atWord(end === 'top' ? 'desc' : 'asc')
  const diagnostic = problem.unexpectedToken(s.here(), s.found(), end, undefined)
  const whole = { start: s.previousEnd, end: s.token.end }
  s.warn(implied ? withFix(diagnostic, 'remove it', replaceText(whole, '')) : diagnostic)
  s.advance()
}

/** `top 5 by latency`: nothing is named to be kept, so all of the row is meant. */
function parseTopWithoutResults(
  s: TokenStream,
  start: StageStart,
  count: Expression,
  end: 'top' | 'bottom',
): TopStage {
  const place = s.here()
  s.advance()
  const from = s.token.start
  const by = parseList(s, { command: start.command, clauses: ['asc', 'desc'] }, parseAliased)
  const text = s.slice(from, s.previousEnd)
  const ranges = stageRanges(s, start)
  const direction = parseDirection(s) ?? (end === 'top' ? 'desc' : 'asc')
  const plain = by.length === 1 && by[0]?.alias === null && !hasAggregation(by[0].expression)
  const written = `orderby ${text} ${direction} | limit ${printExpression(count)}`
  const what = 'an expression to give before "by"'
  const diagnostic = problem.missingClause(place, start.command, what, commandNamed(start.command).syntax)
  s.warn(plain ? withRewrittenStage(s, start, diagnostic, 'sort and limit', written) : diagnostic)
  return { kind: 'TopStage', end, count, results: [], by, ...ranges }
}

/** `top 5 host` is the most frequent hosts, `top 5 latency` the largest latencies. */
function failMissingOrder(
  s: TokenStream,
  start: StageStart,
  results: readonly AliasedExpression[],
): readonly AliasedExpression[] {
  const what = '"by" and an expression to sort by'
  const diagnostic = problem.missingClause(s.here(), start.command, what, commandNamed(start.command).syntax)
  const broken = results.some(({ expression }) => expression.kind === 'MissingExpression')
  if (results.length === 0 || broken || !s.atStageEnd()) {
    s.fail(diagnostic)
    return []
  }
  const order = results.find(({ expression }) => isMeasure(expression)) ?? build.aliased(build.call('count'))
  const text = ` by ${printExpression(order.expression)}`
  s.fail(withFix(diagnostic, `add${text}`, insertText(s.previousEnd, text)))
  return [{ ...order, alias: null }]
}

/** Last words of the names of fields that are measured; nobody asks for the largest of other fields. */
const MEASURES: ReadonlySet<string> = new Set(
  'age amount avg bytes cost count cpu delay duration elapsed hits latency length max mem memory min ms n number price quantity rate score seconds secs size sum time timestamp total usage value'.split(
    ' ',
  ),
)

/** Whether it is a number to sort by: an aggregate, a calculation, or a field with the name of one. */
function isMeasure(expression: Expression): boolean {
  if (hasAggregation(expression)) return true
  if (expression.kind === 'CastExpression') return expression.type === 'number' || expression.type === 'num'
  if (expression.kind === 'BinaryExpression') return precedenceOf(expression) > BINARY_PRECEDENCE['<']
  const last = expression.kind === 'Keypath' ? expression.segments.at(-1) : undefined
  return last?.kind === 'NameSegment' && MEASURES.has(lastWord(last.name))
}

/** `latency` of `request_latency` and of `requestLatency`. */
function lastWord(name: string): string {
  const words = name.split(/_|(?<=[a-z0-9])(?=[A-Z])/)
  return (words.at(-1) ?? '').toLowerCase()
}

/** RowCount = N; the expression after it may begin with a sign or bracket, so nothing goes on from the number. */
function parseRowCount(s: TokenStream, start: StageStart): Expression {
  if (atNumeric(s)) return parseNumeric(s)
  if (s.at('namespace')) return parseParameter(s)
  if (s.atWord('limit') && s.peek().kind === '=' && s.peek(2).kind === 'number')
    return parseNamedCount(s, start)
  s.fail(problem.expectedRowCount(s.here(), start.command))
  // A name before the first expression is in the place of the number.
  if (s.at('name') && s.peek().kind === 'name' && !atClauseWord(s, 'by') && !isWord(s.peek(), 'by'))
    s.advance()
  return missing(s)
}

/** `top limit=5 host`, with the cursor at the word. */
function parseNamedCount(s: TokenStream, { command }: StageStart): Expression {
  const word = s.token
  const diagnostic = problem.unexpectedToken(s.here(), s.found(), command, undefined)
  s.warn(withFix(diagnostic, 'remove it', replaceText({ start: word.start, end: s.peek(2).start }, '')))
  s.advance()
  s.advance()
  return parseNumeric(s)
}

/** A parameter such as `$p.rows`; what stands in parentheses after a blank is the next expression. */
function parseParameter(s: TokenStream): Expression {
  const outer = s.ends
  s.ends |= ENDS_AT_SPACED_PARENTHESIS
  const parameter = parsePostfix(s)
  s.ends = outer
  return parameter
}
