/**
 * Text to syntax tree. Whatever the text is, there is a tree and there are diagnostics; nothing is thrown.
 * After a mistake reading goes on with the next element of a list or after the next `|`, so each mistake
 * is reported by itself.
 */

import { COMMAND_WORDS, type Command, type CommandName, commandNamed } from '../catalogue/commands'
import * as problem from '../diagnostics/codes'
import type { Diagnostic, Report } from '../diagnostics/diagnostic'
import { createDiagnosticList } from '../diagnostics/diagnostic-list'
import type { Query, Stage, TextRange, UnknownStage } from '../tree/ast'
import { commandOf } from '../tree/stage-command'
import { FOREIGN_COMMANDS, type ForeignCommand } from './foreign/commands'
import { tokenize } from './lexer'
import {
  parseAggregate,
  parseCount,
  parseCountby,
  parseDedupeby,
  parseDistinct,
  parseForeignStats,
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
import { isTimeframeWord, parseSource } from './stages/source-stage'
import type { StageStart } from './stages/stage-parts'
import { isWord, rangeOf, TokenStream } from './token-stream'

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
  const s = new TokenStream(tokenize(text, report), report)
  if (s.at('end')) return failEmpty(report)
  return atDpxl(s) ? parseDpxlQuery(s) : parsePipeline(s, false)
}

/** The same as `parseDpxl`, with the diagnostics handed to `report` as they are found. */
export function readDpxl(text: string, report: Report): Query {
  const s = new TokenStream(tokenize(text, report), report)
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

/** Query = Stage { "|" Stage } */
function parsePipeline(s: TokenStream, inSubquery: boolean): Query {
  const start = s.token.start
  const stages: Stage[] = []
  do {
    stages.push(parseStage(s, stages.length === 0, inSubquery))
  } while (goesOn(s, stages.at(-1) as Stage, inSubquery))
  return { kind: 'Query', stages, range: s.rangeFrom(start) }
}

/** Moves to the next stage, and answers whether there is one. What is left of this stage is reported and skipped. */
function goesOn(s: TokenStream, stage: Stage, inSubquery: boolean): boolean {
  for (;;) {
    if (s.eat('|')) return true
    if (s.at('end') || (inSubquery && s.at(')'))) return false
    if (s.at(';')) {
      s.warn(problem.statementTerminator(rangeOf(s.advance())))
    } else if (s.at('||') && COMMAND_WORDS.has(s.peek().text)) {
      s.warn(problem.doublePipe(rangeOf(s.advance()), s.token.text))
      return true
    } else if (s.atForgottenPipe()) {
      s.fail(problem.missingPipe(rangeOf(s.token), s.token.text))
      return true
    } else {
      s.failUnexpected(commandOf(stage) || null)
      s.skipToPipe(inSubquery)
    }
  }
}

/** Stage = command Clauses */
function parseStage(s: TokenStream, first: boolean, inSubquery: boolean): Stage {
  if (s.at('|') || s.at('end') || (inSubquery && s.at(')'))) {
    const side = first && s.at('|') ? 'before' : 'after'
    s.fail(problem.emptyStage(s.here(), side))
    return {
      kind: 'UnknownStage',
      text: '',
      range: s.rangeFrom(s.previousEnd),
      keywordRange: s.rangeFrom(s.previousEnd),
    }
  }
  if (!s.at('name')) return skipUnknown(s, inSubquery, problem.unknownCommand(s.here(), s.found(), undefined))
  const start = (command: CommandName, keywordRange: TextRange): StageStart => {
    return { command, keywordRange, first, parsePipeline }
  }
  if (isTwoWordOrderby(s)) {
    const keyword = s.takeWord()
    s.takeWord()
    return parseOrderby(s, start('orderby', s.rangeFrom(keyword.start)))
  }
  const command = findCommand(s)
  if (command !== undefined) {
    const keyword = s.advance()
    return STAGE_PARSERS[command.name](s, start(command.name, rangeOf(keyword)))
  }
  return parseMisnamedStage(s, inSubquery, start)
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
  if (command !== undefined) s.warn(problem.wordCase(rangeOf(s.token), text))
  return command
}

/** Longer than any command word, so that a huge name is not copied to look it up. */
const LONGEST_WORD = 24

/** A stage whose command is none: of another language, a time range, misspelt, or unknown altogether. */
function parseMisnamedStage(
  s: TokenStream,
  inSubquery: boolean,
  start: (command: CommandName, keywordRange: TextRange) => StageStart,
): Stage {
  const { text } = s.token
  const keywordRange = rangeOf(s.token)
  const word = text.length > LONGEST_WORD ? '' : text.toLowerCase()
  if (isTimeframeWord(word)) return skipUnknown(s, inSubquery, problem.timeframeStage(keywordRange, word))
  const foreign = FOREIGN_COMMANDS.get(word)
  if (foreign !== undefined) return parseForeignStage(s, inSubquery, foreign, start)

  const suggestion = s.suggest(text, MISSPELLABLE_WORDS)
  const unknown = problem.unknownCommand(keywordRange, text, suggestion)
  const command = suggestion === undefined ? undefined : COMMAND_WORDS.get(suggestion)
  if (command === undefined) return skipUnknown(s, inSubquery, unknown)
  // Read as what was most likely meant, so that its expressions are checked too.
  s.fail(unknown)
  s.advance()
  return STAGE_PARSERS[command.name](s, start(command.name, keywordRange))
}

const MISSPELLABLE_WORDS: readonly string[] = [...COMMAND_WORDS.keys()].filter((word) => word.length > 2)

function parseForeignStage(
  s: TokenStream,
  inSubquery: boolean,
  { use, readAs }: ForeignCommand,
  start: (command: CommandName, keywordRange: TextRange) => StageStart,
): Stage {
  const word = s.token
  const keywordRange = rangeOf(word)
  const problemFound = problem.foreignCommand(keywordRange, word.text, use)
  if (readAs === null) return skipUnknown(s, inSubquery, problemFound)
  s.fail(problemFound)
  s.advance()
  if (word.text.toLowerCase() === 'group') s.eatWord('by')
  if (readAs === 'stats') return parseForeignStats(s, start('aggregate', keywordRange))
  return STAGE_PARSERS[commandNamed(readAs).name](s, start(readAs, keywordRange))
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
