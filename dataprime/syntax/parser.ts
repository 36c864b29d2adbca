/**
 * Text to syntax tree. Whatever the text is, there is a tree and there are diagnostics; nothing is thrown.
 * After a mistake reading goes on with the next element of a list or after the next `|`, so each mistake
 * is reported by itself.
 */

import { COMMAND_WORDS, type Command, type CommandName } from '../catalogue/commands'
import { signaturesOf } from '../catalogue/functions'
import * as problem from '../diagnostics/codes'
import { type Diagnostic, insertText, type Report, replaceText, withFix } from '../diagnostics/diagnostic'
import { createDiagnosticList } from '../diagnostics/diagnostic-list'
import { isSlipOf } from '../diagnostics/suggestion'
import type { Query, SourceStage, Stage, TextRange, Timeframe, UnknownStage } from '../tree/ast'
import { commandOf } from '../tree/stage-command'
import { removable } from './expression-parser'
import { FOREIGN_COMMANDS, type ForeignCommand, type ForeignShape } from './foreign/commands'
import { atSqlQuery, parseSqlQuery } from './foreign/sql-query'
import {
  type ParseForeignStage,
  parseAppend,
  parseExpand,
  parseFields,
  parseProject,
  parseRename,
  parseSearch,
  parseSort,
  parseStats,
  parseTail,
} from './foreign/stages'
import { findSurroundings } from './foreign/surroundings'
import { tokenize } from './lexer'
import {
  parseAggregate,
  parseCount,
  parseCountby,
  parseDedupeby,
  parseDistinct,
  parseGroupby,
  parseMultigroupby,
  parseTop,
} from './stages/aggregation-stages'
import { parseJoin, parseStitch, parseUnion } from './stages/combining-stages'
import { atDpxl, parseDpxlQuery } from './stages/dpxl-stage'
import {
  parseBlock,
  parseFilter,
  parseFind,
  parseLimit,
  parseLucene,
  parseOrderby,
  parseWildfind,
} from './stages/filtering-stages'
import {
  parseChoose,
  parseConvert,
  parseCreate,
  parseEnrich,
  parseExplode,
  parseExtract,
  parseMove,
  parseRedact,
  parseRemove,
  parseReplace,
  parseRoundtime,
} from './stages/shaping-stages'
import { isTimeframeWord, parseSource, parseTimeframe } from './stages/source-stage'
import { type StageStart, stageRanges } from './stages/stage-parts'
import { isWord, lowerCase, rangeOf, TokenStream } from './token-stream'
import type { Token, TokenKind } from './tokens'

export interface ParseResult {
  readonly query: Query
  /** What is wrong with the form of the text, in the order of the text. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads a query, or an expression of DPXL when the text begins with `<v1>`. Never throws, in time linear in
 * the length of the text; see `analyse` for the checks of meaning.
 */
export function parse(text: string): ParseResult {
  const diagnostics = createDiagnosticList()
  const query = readQuery(text, diagnostics.report)
  return { query, diagnostics: diagnostics.finish() }
}

/** Reads an expression of DPXL; a missing `<v1>` is an error with a fix. Never throws. */
export function parseDpxl(text: string): ParseResult {
  const diagnostics = createDiagnosticList()
  const query = readDpxl(text, diagnostics.report)
  return { query, diagnostics: diagnostics.finish() }
}

/** The same as `parse`, with the diagnostics handed to `report` as they are found. */
export function readQuery(text: string, report: Report): Query {
  const surroundings = findSurroundings(text)
  // What looks like a sentence may be a stage over several lines; then it can be read as one.
  if (surroundings === undefined || isWellFormed(text))
    return readTokens(text, tokenize(text, report), report)
  for (const diagnostic of surroundings.diagnostics) report(diagnostic)
  const { start, end } = surroundings.query
  // What is around the query becomes blank, so that every offset stays what it is.
  const alone = `${' '.repeat(start)}${text.slice(start, end)}${' '.repeat(text.length - end)}`
  return readTokens(alone, tokenize(alone, report), report)
}

function isWellFormed(text: string): boolean {
  let wellFormed = true
  const report: Report = ({ severity }) => {
    if (severity === 'error') wellFormed = false
  }
  readTokens(text, tokenize(text, report), report)
  return wellFormed
}

/** The same for a text whose tokens are at hand, for those who need their comments too. */
export function readTokens(text: string, tokens: readonly Token[], report: Report): Query {
  const s = new TokenStream(text, tokens, report)
  if (s.at('end')) return failEmpty(report)
  return atDpxl(s) ? parseDpxlQuery(s) : parsePipeline(s, false)
}

/** The same as `parseDpxl`, with the diagnostics handed to `report` as they are found. */
export function readDpxl(text: string, report: Report): Query {
  const s = new TokenStream(text, tokenize(text, report), report)
  return s.at('end') ? failEmpty(report) : parseDpxlQuery(s)
}

function failEmpty(report: Report): Query {
  report(problem.emptyQuery({ start: 0, end: 0 }))
  return { kind: 'Query', stages: [], range: { start: 0, end: 0 } }
}

type ParseStage = (s: TokenStream, start: StageStart) => Stage

const STAGE_PARSERS: Readonly<Record<CommandName, ParseStage>> = {
  aggregate: parseAggregate,
  block: parseBlock,
  bottom: parseTop,
  choose: parseChoose,
  convert: parseConvert,
  count: parseCount,
  countby: parseCountby,
  create: parseCreate,
  dedupeby: parseDedupeby,
  distinct: parseDistinct,
  enrich: parseEnrich,
  explode: parseExplode,
  extract: parseExtract,
  filter: parseFilter,
  find: parseFind,
  groupby: parseGroupby,
  join: parseJoin,
  limit: parseLimit,
  lucene: parseLucene,
  move: parseMove,
  multigroupby: parseMultigroupby,
  orderby: parseOrderby,
  redact: parseRedact,
  remove: parseRemove,
  replace: parseReplace,
  roundtime: parseRoundtime,
  source: parseSource,
  stitch: parseStitch,
  top: parseTop,
  union: parseUnion,
  wildfind: parseWildfind,
}

/** A pipeline while it is being read. */
interface Pipeline {
  readonly stages: Stage[]
  readonly inSubquery: boolean
  /** The pipe before the stage to be read. */
  pipe: TextRange | null
  /** Where the stage before it ends. */
  previousEnd: number
  /** The command of a stage that lacks its own: the one before took several fields at once. */
  implied: CommandName | null
}

/** Query = Stage { "|" Stage } */
function parsePipeline(s: TokenStream, inSubquery: boolean): Query {
  const start = s.token.start
  const pipeline: Pipeline = { stages: [], inSubquery, pipe: null, previousEnd: start, implied: null }
  do parseStage(s, pipeline)
  while (goesOn(s, pipeline))
  return { kind: 'Query', stages: pipeline.stages, range: s.rangeFrom(start) }
}

/** Moves to the next stage, and answers whether there is one. What is left of this stage is reported and skipped. */
function goesOn(s: TokenStream, pipeline: Pipeline): boolean {
  const { inSubquery } = pipeline
  pipeline.previousEnd = s.previousEnd
  pipeline.pipe = null
  pipeline.implied = null
  for (;;) {
    if (s.at('|')) {
      pipeline.pipe = rangeOf(s.advance())
      return true
    }
    if (s.at('end') || (inSubquery && s.at(')'))) return false
    if (s.at(';')) {
      s.warn(removable(problem.statementTerminator, s.advance()))
    } else if (s.atDoublePipe() || (s.at('||') && COMMAND_WORDS.has(s.peek().text))) {
      pipeline.pipe = rangeOf(s.advance())
      const diagnostic = problem.doublePipe(pipeline.pipe, s.token.text)
      s.warn(withFix(diagnostic, 'use a single |', replaceText(pipeline.pipe, '|')))
      return true
    } else if (s.atForgottenPipe()) {
      const diagnostic = problem.missingPipe(rangeOf(s.token), s.token.text)
      const plain = !isClauseOfSql(s, pipeline.stages.at(-1))
      s.fail(plain ? withFix(diagnostic, 'add |', insertText(s.token.start, '| ')) : diagnostic)
      return true
    } else if (s.at(',') && takesOneField(pipeline.stages.at(-1))) {
      pipeline.implied = takeNextField(s, pipeline.stages.at(-1) as Stage)
      return true
    } else {
      failRest(s, pipeline)
    }
  }
}

/**
 * `aggregate count() where a == 1` on one line: a clause that SQL reads before what it follows. With a pipe it
 * would be read after it, when what it reads is gone.
 */
function isClauseOfSql(s: TokenStream, previous: Stage | undefined): boolean {
  const { kind } = previous ?? {}
  const drops = kind === 'AggregateStage' || kind === 'CountStage' || kind === 'ChooseStage'
  return (
    drops &&
    !s.slice(s.previousEnd, s.token.start).includes('\n') &&
    CLAUSES_OF_SQL.has(s.token.text.toLowerCase())
  )
}

const CLAUSES_OF_SQL: ReadonlySet<string> = new Set([
  'where',
  'filter',
  'group',
  'groupby',
  'group_by',
  'distinct',
])

function takesOneField(stage: Stage | undefined): boolean {
  const kind = stage?.kind
  return kind === 'CreateStage' || kind === 'MoveStage' || kind === 'ReplaceStage' || kind === 'RedactStage'
}

/** The comma in `create a from 1, b from 2`: another stage of the same command follows. */
function takeNextField(s: TokenStream, stage: Stage): CommandName {
  const command = commandOf(stage) as CommandName
  const comma = rangeOf(s.advance())
  s.warn(withFix(problem.oneAtATime(comma, command), 'make it a stage', replaceText(comma, ` | ${command}`)))
  return command
}

/** Reports the token that does not continue the stage. A bracket that closes nothing can be taken out. */
function failRest(s: TokenStream, { stages, inSubquery }: Pipeline): void {
  const last = stages.at(-1)
  const command = last === undefined ? null : commandOf(last) || null
  if (s.at(')') || s.at(']') || s.at('}')) {
    const diagnostic = problem.unexpectedToken(s.here(), s.found(), command, undefined)
    s.fail(withFix(diagnostic, 'remove it', replaceText(rangeOf(s.token), '')))
    s.advance()
  } else {
    s.failUnexpected(command)
  }
  s.skipToPipe(inSubquery)
}

/** Stage = command Clauses */
function parseStage(s: TokenStream, pipeline: Pipeline): void {
  const { stages, inSubquery } = pipeline
  const first = stages.length === 0
  const { failures } = s
  const start = (command: CommandName, keywordRange: TextRange): StageStart => {
    return { command, keywordRange, first, failures, parsePipeline }
  }
  if (pipeline.implied !== null) {
    const at = { start: s.token.start, end: s.token.start }
    stages.push(STAGE_PARSERS[pipeline.implied](s, start(pipeline.implied, at)))
    return
  }
  if (s.at('|') || s.at('end') || (inSubquery && s.at(')'))) {
    stages.push(failEmptyStage(s, pipeline))
    return
  }
  if (!s.at('name')) {
    if (isConditionAlone(s)) stages.push(parseConditionAlone(s, start))
    else stages.push(skipUnknown(s, inSubquery, problem.unknownCommand(s.here(), s.found(), undefined)))
    return
  }
  if (isTwoWordOrderby(s)) {
    const keyword = s.takeWord()
    s.takeWord()
    stages.push(parseOrderby(s, start('orderby', s.rangeFrom(keyword.start))))
    return
  }
  // A letter is a command, and the name of a field that somebody compares.
  if (s.token.text.length === 1 && isConditionAlone(s)) {
    stages.push(parseConditionAlone(s, start))
    return
  }
  // Of a query in the form of SQL it is not said that its first word is in capitals.
  const { result: command, held } = s.atWord('select')
    ? s.capture(() => findCommand(s))
    : { result: findCommand(s), held: [] }
  if (command === undefined) {
    parseMisnamedStage(s, pipeline, start)
    return
  }
  const keyword = s.advance()
  const stageStart = start(command.name, rangeOf(keyword))
  if (command.name === 'choose' && takeStar(s, pipeline, stageStart)) return
  if (command.name === 'choose' && atSqlQuery(s, stageStart)) {
    stages.push(...parseSqlQuery(s, stageStart))
    return
  }
  s.release(held)
  stages.push(STAGE_PARSERS[command.name](s, stageStart))
}

/** Nothing where a stage is required. Before the first pipe a source was left out; any other pipe is one too many. */
function failEmptyStage(s: TokenStream, { stages, inSubquery, pipe, previousEnd }: Pipeline): UnknownStage {
  const leading = stages.length === 0 && s.at('|')
  const diagnostic = problem.emptyStage(s.here(), leading ? 'before' : pipe === null ? null : 'after')
  if (leading && !inSubquery) {
    s.fail(withFix(diagnostic, 'add a source', insertText(s.token.start, 'source logs ')))
  } else if (pipe !== null) {
    s.fail(withFix(diagnostic, 'remove the pipe', replaceText({ start: previousEnd, end: pipe.end }, '')))
  } else {
    s.fail(diagnostic)
  }
  const range = s.rangeFrom(s.previousEnd)
  return { kind: 'UnknownStage', text: '', range, keywordRange: range }
}

/** `choose *` keeps what is there: it is reported, and no stage is made of it. */
function takeStar(s: TokenStream, { stages, pipe, previousEnd }: Pipeline, start: StageStart): boolean {
  const next = s.peek()
  if (!s.at('*') || !(next.kind === '|' || next.kind === 'end') || stages.length === 0) return false
  const star = s.advance()
  const diagnostic = problem.keptAsItIs(s.rangeFrom(start.keywordRange.start), start.command)
  const whole = { start: previousEnd, end: star.end }
  s.warn(pipe === null ? diagnostic : withFix(diagnostic, 'leave it out', replaceText(whole, '')))
  return true
}

function isTwoWordOrderby(s: TokenStream): boolean {
  return (s.atWord('order') || s.atWord('sort')) && isWord(s.peek(), 'by')
}

/** The command of the word at the cursor; a word in another case or from doubtful sources gets a warning. */
function findCommand(s: TokenStream): Command | undefined {
  const { text } = s.token
  const exact = COMMAND_WORDS.get(text)
  if (exact !== undefined) {
    if (exact.doubtfulSynonyms?.includes(text)) {
      s.warn(problem.undocumentedForm(rangeOf(s.token), `the command "${text}"`, `use ${exact.name}`))
    }
    return exact
  }
  const command = text.length > LONGEST_WORD ? undefined : COMMAND_WORDS.get(text.toLowerCase())
  if (command !== undefined) s.warn(lowerCase(s.token))
  return command
}

/** Longer than any command word, so that a huge name is not copied to look it up. */
const LONGEST_WORD = 24

type StartOf = (command: CommandName, keywordRange: TextRange) => StageStart

/** A stage whose command is none: of another language, a time range, a dataset, misspelt, or unknown altogether. */
function parseMisnamedStage(s: TokenStream, pipeline: Pipeline, start: StartOf): void {
  const { stages, inSubquery } = pipeline
  const { text } = s.token
  const keywordRange = rangeOf(s.token)
  const word = text.length > LONGEST_WORD ? '' : text.toLowerCase()
  if (isTimeframeWord(word)) {
    parseTimeframeStage(s, pipeline, start('source', keywordRange))
    return
  }
  const foreign = FOREIGN_COMMANDS.get(word)
  if (foreign !== undefined) {
    stages.push(...parseForeignStage(s, inSubquery, foreign, start))
    return
  }
  if (stages.length === 0 && isDatasetAlone(s)) {
    stages.push(parseSourceWithoutWord(s, start))
    return
  }
  if (isKindBeforeJoin(s)) {
    stages.push(parseKindBeforeJoin(s, start))
    return
  }
  if (isConditionAlone(s)) {
    stages.push(parseConditionAlone(s, start))
    return
  }
  if (isAggregationAlone(s)) {
    stages.push(parseAggregationAlone(s, start))
    return
  }
  const suggestion = s.suggest(text, MISSPELLABLE_WORDS)
  const unknown = problem.unknownCommand(keywordRange, text, suggestion)
  const command = suggestion === undefined ? undefined : COMMAND_WORDS.get(suggestion)
  if (suggestion === undefined || command === undefined) {
    stages.push(skipUnknown(s, inSubquery, unknown))
    return
  }
  // Read as what was most likely meant, so that its expressions are checked too.
  const plain = isSlipOf(text, suggestion)
  s.fail(plain ? withFix(unknown, `use ${suggestion}`, replaceText(keywordRange, suggestion)) : unknown)
  s.advance()
  stages.push(STAGE_PARSERS[command.name](s, start(command.name, keywordRange)))
}

const MISSPELLABLE_WORDS: readonly string[] = [...COMMAND_WORDS.keys()].filter((word) => word.length > 2)

/** `logs | …`, `spans last 1h | …`: the name of a dataset that everybody has, where the source word was left out. */
function isDatasetAlone(s: TokenStream): boolean {
  if (!s.atWord('logs') && !s.atWord('spans')) return false
  const next = s.peek()
  return (
    next.kind === '|' ||
    next.kind === 'end' ||
    (next.kind === 'name' && isTimeframeWord(next.text.toLowerCase()))
  )
}

const COMPARISONS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '~',
  '~~',
  '.',
  '[',
])

/** A stage that begins like a condition: the word `filter` was left out. */
function isConditionAlone(s: TokenStream): boolean {
  if (s.at('namespace')) return true
  const next = s.peek()
  if (s.at('!')) return next.kind === '(' || next.kind === 'name' || next.kind === 'namespace'
  if (!s.at('name')) return false
  if (next.kind === '(') return signaturesOf(s.token.text).some(({ result }) => result === 'boolean')
  return COMPARISONS.has(next.kind)
}

function parseConditionAlone(s: TokenStream, start: StartOf): Stage {
  const at = s.token.start
  const diagnostic = problem.missingCommand(s.here(), s.found(), 'filter')
  s.fail(withFix(diagnostic, 'add filter', insertText(at, 'filter ')))
  return STAGE_PARSERS.filter(s, start('filter', { start: at, end: at }))
}

const JOIN_KINDS = ['left', 'inner', 'full', 'cross'] as const

/** `left join (…)`, as SQL orders the words; `left outer join` says the same. */
function isKindBeforeJoin(s: TokenStream): boolean {
  if (!JOIN_KINDS.some((kind) => s.atWord(kind))) return false
  return isWord(s.peek(isWord(s.peek(), 'outer') ? 2 : 1), 'join')
}

function parseKindBeforeJoin(s: TokenStream, start: StartOf): Stage {
  const kind = s.advance()
  s.eatWord('outer')
  s.takeWord()
  const keywordRange = s.rangeFrom(kind.start)
  const join = kind.text.toLowerCase() as (typeof JOIN_KINDS)[number]
  const found = s.slice(keywordRange.start, keywordRange.end)
  const diagnostic = problem.foreignCommand(keywordRange, found, `join ${join}`)
  s.warn(withFix(diagnostic, `use join ${join}`, replaceText(keywordRange, `join ${join}`)))
  return parseJoin(s, start('join', keywordRange), join)
}

/** A stage that begins with an aggregation, or with the old word before aggregates: `avg(x) by host`. */
function isAggregationAlone(s: TokenStream): boolean {
  const { text } = s.token
  if (text === 'calculate' || text === 'calc') return s.canStartOperand(s.peek())
  return s.peek().kind === '(' && signaturesOf(text).some(({ kind }) => kind === 'aggregate')
}

function parseAggregationAlone(s: TokenStream, start: StartOf): Stage {
  const word = s.token
  if (word.text === 'calculate' || word.text === 'calc') {
    const range = rangeOf(s.advance())
    const diagnostic = problem.undocumentedForm(range, `"${word.text}" as a command`, 'use aggregate')
    s.warn(withFix(diagnostic, 'use aggregate', replaceText(range, 'aggregate')))
    return STAGE_PARSERS.aggregate(s, start('aggregate', range))
  }
  const diagnostic = problem.missingCommand(rangeOf(word), word.text, 'aggregate')
  s.fail(withFix(diagnostic, 'add aggregate', insertText(word.start, 'aggregate ')))
  return STAGE_PARSERS.aggregate(s, start('aggregate', { start: word.start, end: word.start }))
}

function parseSourceWithoutWord(s: TokenStream, start: StartOf): Stage {
  const at = { start: s.token.start, end: s.token.start }
  const diagnostic = problem.missingCommand(rangeOf(s.token), s.token.text, 'source')
  s.fail(withFix(diagnostic, 'add source', insertText(at.start, 'source ')))
  return parseSource(s, start('source', at))
}

const FOREIGN_SHAPES: Readonly<Record<ForeignShape, ParseForeignStage>> = {
  append: parseAppend,
  expand: parseExpand,
  fields: parseFields,
  project: parseProject,
  rename: parseRename,
  search: parseSearch,
  sort: parseSort,
  stats: parseStats,
  tail: parseTail,
}

function parseForeignStage(
  s: TokenStream,
  inSubquery: boolean,
  { use, readAs }: ForeignCommand,
  start: StartOf,
): readonly Stage[] {
  const word = s.token
  const diagnostic = problem.foreignCommand(rangeOf(word), word.text, use)
  if (readAs === null) return [skipUnknown(s, inSubquery, diagnostic)]
  s.advance()
  if (isForeignShape(readAs)) {
    return FOREIGN_SHAPES[readAs](s, start('aggregate', rangeOf(word)), diagnostic)
  }
  if (isWord(word, 'group')) s.eatWord('by')
  const keywordRange = s.rangeFrom(word.start)
  s.warn(withFix(diagnostic, `use ${readAs}`, replaceText(keywordRange, readAs)))
  return [STAGE_PARSERS[readAs](s, start(readAs, keywordRange))]
}

function isForeignShape(readAs: CommandName | ForeignShape): readAs is ForeignShape {
  return readAs in FOREIGN_SHAPES
}

/** `| last 1h`: a time range as a stage. It is given to the source that lacks one, and no stage is left of it. */
function parseTimeframeStage(s: TokenStream, pipeline: Pipeline, start: StageStart): void {
  const { stages, pipe, previousEnd } = pipeline
  const word = s.token
  const timeframe = parseTimeframe(s)
  const diagnostic = problem.timeframeStage(rangeOf(word), word.text.toLowerCase())
  const text = s.slice(word.start, s.previousEnd)
  const source = stages[0]
  if (timeframe === null || (source?.kind === 'SourceStage' && source.timeframe !== null)) {
    s.fail(diagnostic)
    stages.push({ kind: 'UnknownStage', text, ...stageRanges(s, start) })
    return
  }
  const whole = { start: previousEnd, end: s.previousEnd }
  if (source === undefined) {
    s.warn(withFix(diagnostic, 'add a source', insertText(word.start, 'source logs ')))
    stages.push(sourceOf('logs', timeframe, stageRanges(s, start)))
  } else if (source.kind !== 'SourceStage') {
    const inserted = insertText(source.range.start, `source logs ${text} | `)
    s.warn(
      pipe === null
        ? diagnostic
        : withFix(diagnostic, 'give it to a source', inserted, replaceText(whole, '')),
    )
    stages.unshift(sourceOf('logs', timeframe, source))
  } else {
    const { end } = source.range
    const edits =
      end === previousEnd
        ? [replaceText({ start: end, end: word.start }, ' ')]
        : [insertText(end, ` ${text}`), replaceText(whole, '')]
    s.warn(pipe === null ? diagnostic : withFix(diagnostic, 'give it to the source', ...edits))
    stages[0] = { ...source, timeframe }
  }
}

function sourceOf(
  name: string,
  timeframe: Timeframe,
  ranges: Pick<Stage, 'range' | 'keywordRange'>,
): SourceStage {
  const { range, keywordRange } = ranges
  const dataset = { kind: 'Dataset', dataspace: null, name, range } as const
  return { kind: 'SourceStage', dataset, parameters: [], timeframe, range, keywordRange }
}

function skipUnknown(s: TokenStream, inSubquery: boolean, diagnostic: Diagnostic): UnknownStage {
  const mark = s.mark
  const keywordRange = rangeOf(s.token)
  s.fail(diagnostic)
  s.skipToPipe(inSubquery)
  return {
    kind: 'UnknownStage',
    text: s.textSince(mark),
    range: s.rangeFrom(keywordRange.start),
    keywordRange,
  }
}
