/**
 * Stages of other languages whose shape is another than that of the command that does the same. Each is
 * reported with its fix and read as the stages it means. The cursor is behind the foreign word.
 */
import {
  type Diagnostic,
  insertText,
  replaceText,
  type TextEdit,
  withFix,
} from '../../diagnostics/diagnostic'
import { printExpression } from '../../format/print'
import type { AliasedExpression, Expression, Keypath, OrderKey, Stage } from '../../tree/ast'
import * as build from '../../tree/build'
import { parseExpression } from '../expression-parser'
import { parseKeypath } from '../keypath-parser'
import { parseString } from '../literal-parser'
import {
  parseAliased,
  parseDirection,
  parseList,
  parseOrderKey,
  parseSubquery,
  type StageStart,
  stageRanges,
  withRewrittenStage,
} from '../stages/stage-parts'
import { isWord, rangeOf, type TokenStream } from '../token-stream'

/** Reads what follows the word of a foreign command; `diagnostic` names the word, still without its fix. */
export type ParseForeignStage = (
  s: TokenStream,
  start: StageStart,
  diagnostic: Diagnostic,
) => readonly Stage[]

/** The whole stage from its word to the cursor, written anew. */
function rewritten(s: TokenStream, start: StageStart, diagnostic: Diagnostic, text: string): void {
  const title = `use ${text.length > LONGEST_TITLE ? 'the right form' : text}`
  s.warn(withRewrittenStage(s, start, diagnostic, title, text))
}

const LONGEST_TITLE = 60

// ---------------------------------------------------------------------------------------------------------
// stats … by …

/** A result of `stats` with its text in the right form. */
interface WrittenResult {
  readonly aliased: AliasedExpression
  readonly text: string
}

/** Stats = [ "span" "=" Interval ] Result { "," Result } [ "by" Key { "," Key } ] */
export const parseStats: ParseForeignStage = (s, start, diagnostic) => {
  const leading = parseSpan(s)
  const results = parseList(s, { command: start.command, clauses: ['by', ...SPAN_WORDS] }, parseResult)
  const between = parseSpan(s)
  const keys = s.eatWord('by')
    ? parseList(s, { command: start.command, clauses: SPAN_WORDS }, parseWritten)
    : []
  const span = leading ?? between ?? parseSpan(s)
  const aggregates = results.map(({ aliased }) => aliased)
  const aggregateText = `aggregate ${results.map(({ text }) => text).join(', ')}`
  const allKeys = [...(span === null ? [] : [timeBucket(span)]), ...keys.map(({ aliased }) => aliased)]
  const keyText = [
    ...(span === null ? [] : [`$m.timestamp / ${span.text} as time`]),
    ...keys.map(({ text }) => text),
  ]
  const text = allKeys.length > 0 ? `groupby ${keyText.join(', ')} ${aggregateText}` : aggregateText
  // How long the steps of a chart over time are, nobody can tell but who wrote it.
  if (span === null && CHARTS_OVER_TIME.has(wordOf(s, start))) s.warn(diagnostic)
  else rewritten(s, start, diagnostic, text)
  const ranges = stageRanges(s, start)
  if (allKeys.length === 0) return [{ kind: 'AggregateStage', aggregates, ...ranges }]
  return [{ kind: 'GroupbyStage', keys: allKeys, aggregates, ...ranges }]
}

const CHARTS_OVER_TIME: ReadonlySet<string> = new Set(['timechart', 'timeseries', 'makeseries'])

function wordOf(s: TokenStream, { keywordRange }: StageStart): string {
  return s.slice(keywordRange.start, keywordRange.end).toLowerCase()
}

const SPAN_WORDS = ['span', 'step', 'bin'] as const

/** span=5m, before the results of a `timechart` or behind them. */
function parseSpan(s: TokenStream): { readonly text: string; readonly interval: Expression } | null {
  const assigned = s.peek().kind === '='
  const interval = s.peek(assigned ? 2 : 1)
  if (!SPAN_WORDS.some((word) => s.atWord(word)) || interval.kind !== 'interval') return null
  s.advance()
  if (assigned) s.advance()
  const { start, end } = s.token
  return { interval: parseExpression(s), text: s.slice(start, end) }
}

function timeBucket({ interval }: { readonly interval: Expression }): AliasedExpression {
  return build.aliased(build.binary('/', build.keypath('$m', 'timestamp'), interval), 'time')
}

/** An aliased expression with its text; `name = expression` is written as `expression as name`. */
function parseWritten(s: TokenStream): WrittenResult {
  const { start } = s.token
  if (!s.at('name') || s.peek().kind !== '=') {
    const aliased = parseAliased(s)
    return { aliased, text: s.slice(start, s.previousEnd) }
  }
  const alias = parseKeypath(s)
  s.advance()
  const valueStart = s.token.start
  const expression = parseExpression(s)
  const text = `${s.slice(valueStart, s.previousEnd)} as ${printExpression(alias)}`
  return { aliased: { kind: 'AliasedExpression', expression, alias, range: s.rangeFrom(start) }, text }
}

/** The same, where `count` alone means `count()`. */
function parseResult(s: TokenStream): WrittenResult {
  const result = parseWritten(s)
  const { expression } = result.aliased
  const name = aggregationWithoutArguments(expression)
  if (name === undefined) return result
  // Other languages name the result like the function, and go on with that name.
  const alias = result.aliased.alias ?? build.keypath(null, name)
  const text = `${name}() as ${printExpression(alias)}`
  return { aliased: { ...result.aliased, expression: build.call(name), alias }, text }
}

/** The name of an aggregation that takes no arguments and stands where it is to be called. */
export function aggregationWithoutArguments(expression: Expression): string | undefined {
  if (expression.kind !== 'Keypath' || expression.namespace !== null) return undefined
  const [first, second] = expression.segments
  if (first?.kind !== 'NameSegment' || second !== undefined || first.name.length > 'count'.length)
    return undefined
  return first.name.toLowerCase() === 'count' ? 'count' : undefined
}

// ---------------------------------------------------------------------------------------------------------
// sort, rename, tail, search, mvexpand, append

/** Sort = [ "by" ] Key { "," Key };  Key = [ "+" | "-" ] Expression [ "asc" | "desc" ] */
export const parseSort: ParseForeignStage = (s, start, diagnostic) => {
  const edits: TextEdit[] = [replaceText(start.keywordRange, 'orderby')]
  const keys = parseList(s, { command: start.command, clauses: ['asc', 'desc'] }, (s) =>
    parseSignedKey(s, edits),
  )
  s.warn(withFix(diagnostic, 'use orderby', ...edits))
  return [{ kind: 'OrderbyStage', keys, ...stageRanges(s, start) }]
}

/** A key with a sign before it, which goes, and its direction comes behind it. */
function parseSignedKey(s: TokenStream, edits: TextEdit[]): OrderKey {
  const sign = s.token
  if (sign.kind !== '-' && sign.kind !== '+') return parseOrderKey(s)
  s.advance()
  const keyStart = s.token.start
  const expression = parseExpression(s)
  const written = sign.kind === '-' ? 'desc' : 'asc'
  edits.push(replaceText({ start: sign.start, end: keyStart }, ''))
  const end = s.previousEnd
  const direction = parseDirection(s)
  if (direction === null) edits.push(insertText(end, ` ${written}`))
  return { kind: 'OrderKey', expression, direction: direction ?? written, range: s.rangeFrom(sign.start) }
}

/** Rename = Pair { "," Pair };  Pair = Keypath ("as" | "to") Keypath | Keypath "=" Keypath */
export const parseRename: ParseForeignStage = (s, start, diagnostic) => {
  const pairs = parseList(s, { command: start.command }, parsePair)
  const known = pairs.filter((pair) => pair !== undefined)
  const ranges = stageRanges(s, start)
  if (known.length < pairs.length) s.warn(diagnostic)
  else rewritten(s, start, diagnostic, known.map(({ text }) => text).join(' | '))
  return known.map(({ from, to }) => ({ kind: 'MoveStage', from, to, ...ranges }))
}

function parsePair(s: TokenStream): { from: Keypath; to: Keypath; text: string } | undefined {
  const [first, firstText] = parseKeypathText(s)
  const assigned = s.eat('=')
  if (!assigned && !s.eatWord('as') && !s.eatWord('to')) return undefined
  const [second, secondText] = parseKeypathText(s)
  return assigned
    ? { from: second, to: first, text: `move ${secondText} to ${firstText}` }
    : { from: first, to: second, text: `move ${firstText} to ${secondText}` }
}

function parseKeypathText(s: TokenStream): readonly [Keypath, string] {
  const { start } = s.token
  const keypath = parseKeypath(s)
  return [keypath, s.slice(start, s.previousEnd)]
}

/** Tail = N; the last rows are the newest ones, which come first here. */
export const parseTail: ParseForeignStage = (s, start, diagnostic) => {
  const countStart = s.token.start
  const count = s.atStageEnd() ? build.number(DEFAULT_ROWS) : parseExpression(s)
  const countText = s.slice(countStart, s.previousEnd) || String(DEFAULT_ROWS)
  rewritten(s, start, diagnostic, `orderby $m.timestamp desc | limit ${countText}`)
  const ranges = stageRanges(s, start)
  const key = build.orderKey(build.keypath('$m', 'timestamp'), 'desc')
  return [
    { kind: 'OrderbyStage', keys: [key], ...ranges },
    { kind: 'LimitStage', count, ...ranges },
  ]
}

/** Rows of a `tail` without a number. */
const DEFAULT_ROWS = 10

/** Search = String | name | Expression */
export const parseSearch: ParseForeignStage = (s, start, diagnostic) => {
  const word = s.token
  const alone = ['|', 'end', ')'].includes(s.peek().kind)
  const ranges = () => stageRanges(s, start)
  if (alone && (word.kind === 'string' || word.kind === 'name')) {
    const phrase: Expression = word.kind === 'string' ? parseString(s) : build.string(s.advance().text)
    const text = word.kind === 'string' ? word.text : `'${word.text}'`
    rewritten(s, start, diagnostic, `wildfind ${text}`)
    return [{ kind: 'WildfindStage', phrase, ...ranges() }]
  }
  const predicate = parseExpression(s)
  s.warn(withFix(diagnostic, 'use filter', replaceText(start.keywordRange, 'filter')))
  return [{ kind: 'FilterStage', predicate, ...ranges() }]
}

/** Expand = Keypath [ "as" Keypath ] */
export const parseExpand: ParseForeignStage = (s, start, diagnostic) => {
  // mv-expand is three tokens; the first alone moves files in a shell.
  if (s.at('-') && isWord(s.peek(), 'expand')) {
    s.advance()
    s.advance()
  } else if (s.slice(start.keywordRange.start, start.keywordRange.end).toLowerCase() === 'mv') {
    return parseRename(s, start, diagnostic)
  }
  const [array, arrayText] = parseKeypathText(s)
  const [into, intoText] = s.eatWord('as') || s.eatWord('into') ? parseKeypathText(s) : [array, arrayText]
  rewritten(s, start, diagnostic, `explode ${arrayText} into ${intoText} original preserve`)
  return [{ kind: 'ExplodeStage', array, into, original: 'preserve', ...stageRanges(s, start) }]
}

/** Append = Subquery */
export const parseAppend: ParseForeignStage = (s, start, diagnostic) => {
  if (!s.at('(')) {
    s.warn(diagnostic)
    return []
  }
  s.warn(withFix(diagnostic, 'use union', replaceText(start.keywordRange, 'union')))
  const query = parseSubquery(s, start)
  return [{ kind: 'UnionStage', query, ...stageRanges(s, start) }]
}

/** FieldList = [ "+" | "-" ] Expression { "," Expression }; with a minus the fields are removed. */
export const parseFields: ParseForeignStage = (s, start, diagnostic) => {
  const removes = s.at('-')
  const command = removes ? 'remove' : 'choose'
  const signEdits: TextEdit[] = []
  if (removes || s.at('+')) {
    const signRange = rangeOf(s.advance())
    signEdits.push(replaceText({ start: signRange.start, end: s.token.start }, ''))
  }
  s.warn(withFix(diagnostic, `use ${command}`, replaceText(start.keywordRange, command), ...signEdits))
  const fields = parseList(s, { command: start.command, ofFields: true }, parseAliased)
  const ranges = stageRanges(s, start)
  if (!removes) return [{ kind: 'ChooseStage', fields, ...ranges }]
  return [{ kind: 'RemoveStage', keypaths: fields.map(({ expression }) => expression), ...ranges }]
}

/** project-away a, b; project-rename a = b; project-keep a, b: the cursor at the hyphen. */
export const parseProject: ParseForeignStage = (s, start, diagnostic) => {
  if (!s.at('-') || s.peek().kind !== 'name' || s.peek().start !== s.token.end) {
    return parseFields(s, start, diagnostic)
  }
  s.advance()
  const verb = s.advance()
  const whole = { ...start, keywordRange: s.rangeFrom(start.keywordRange.start) }
  if (isWord(verb, 'rename')) return parseRename(s, whole, diagnostic)
  const command = isWord(verb, 'away') ? 'remove' : 'choose'
  s.warn(withFix(diagnostic, `use ${command}`, replaceText(whole.keywordRange, command)))
  const fields = parseList(s, { command: start.command, ofFields: true }, parseAliased)
  const ranges = stageRanges(s, whole)
  if (command === 'choose') return [{ kind: 'ChooseStage', fields, ...ranges }]
  return [{ kind: 'RemoveStage', keypaths: fields.map(({ expression }) => expression), ...ranges }]
}
