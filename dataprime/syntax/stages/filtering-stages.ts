/** Stages that keep some rows and leave them as they are. */

import { commandNamed } from '../../catalogue/commands'
import * as problem from '../../diagnostics/codes'
import { replaceText, withFix } from '../../diagnostics/diagnostic'
import { printString } from '../../format/print'
import type {
  BlockStage,
  Expression,
  FilterStage,
  FindStage,
  LimitStage,
  LuceneStage,
  OrderbyStage,
  WildfindStage,
} from '../../tree/ast'
import { missing, parseExpression, parsePostfix } from '../expression-parser'
import { rangeOf, type TokenStream } from '../token-stream'
import {
  expectWord,
  parseList,
  parseOrderKey,
  parseRequiredString,
  type StageStart,
  stageRanges,
} from './stage-parts'

/** Filter = ("filter" | "f" | "where") Expression */
export function parseFilter(s: TokenStream, start: StageStart): FilterStage {
  const predicate = parseConditions(s)
  return { kind: 'FilterStage', predicate, ...stageRanges(s, start) }
}

/** A condition; several with commas between them are reported and read as all of them. */
function parseConditions(s: TokenStream): Expression {
  const { start } = s.token
  let predicate = parseExpression(s)
  while (s.at(',')) {
    const before = s.previousEnd
    const operatorRange = rangeOf(s.advance())
    const newText = before === operatorRange.start ? ' &&' : '&&'
    const diagnostic = problem.commaBetweenConditions(operatorRange)
    s.warn(withFix(diagnostic, 'use &&', replaceText(operatorRange, newText)))
    const right = parseExpression(s)
    predicate = {
      kind: 'BinaryExpression',
      operator: '&&',
      operatorRange,
      left: predicate,
      right,
      range: s.rangeFrom(start),
    }
  }
  return predicate
}

/** Block = "block" Expression */
export function parseBlock(s: TokenStream, start: StageStart): BlockStage {
  const predicate = parseExpression(s)
  return { kind: 'BlockStage', predicate, ...stageRanges(s, start) }
}

/** Find = ("find" | "text") String "in" Keypath */
export function parseFind(s: TokenStream, start: StageStart): FindStage | WildfindStage {
  const phrase = parseRequiredString(s, start.command)
  if (s.atStageEnd() && phrase.kind !== 'MissingExpression') return findAnywhere(s, start, phrase)
  const target = expectWord(s, start.command, 'in', ['on', 'from']) ? parsePostfix(s) : missing(s)
  return { kind: 'FindStage', phrase, target, ...stageRanges(s, start) }
}

/** `find 'x'` names no field, so all of them are meant. */
function findAnywhere(s: TokenStream, start: StageStart, phrase: Expression): WildfindStage {
  const what = '"in" and a keypath'
  const diagnostic = problem.missingClause(s.here(), start.command, what, commandNamed(start.command).syntax)
  s.fail(withFix(diagnostic, 'use wildfind', replaceText(start.keywordRange, 'wildfind')))
  return { kind: 'WildfindStage', phrase, ...stageRanges(s, start) }
}

/** Wildfind = ("wildfind" | "wildtext") String */
export function parseWildfind(s: TokenStream, start: StageStart): WildfindStage {
  const phrase = parseRequiredString(s, start.command)
  return { kind: 'WildfindStage', phrase, ...stageRanges(s, start) }
}

/** Lucene = "lucene" String */
export function parseLucene(s: TokenStream, start: StageStart): LuceneStage {
  const bare = s.at('name') && !s.atStageEnd()
  const text = bare ? parseBareLucene(s, start) : parseRequiredString(s, start.command)
  return { kind: 'LuceneStage', text, ...stageRanges(s, start) }
}

/** A query of Lucene without the quotes around it: all of the stage. */
function parseBareLucene(s: TokenStream, start: StageStart): Expression {
  const diagnostic = problem.expectedString(s.here(), start.command, s.found())
  const from = s.token.start
  s.skipToPipe(true)
  const range = s.rangeFrom(from)
  const value = s.slice(from, range.end)
  const written = printString(value)
  s.warn(withFix(diagnostic, 'put it in quotes', replaceText(range, written)))
  return { kind: 'StringLiteral', value, quote: 'single', range }
}

/** Limit = "limit" N; which numbers will do is for a check to say. */
export function parseLimit(s: TokenStream, start: StageStart): LimitStage {
  if (s.at('=')) {
    const diagnostic = problem.unexpectedToken(s.here(), s.found(), start.command, undefined)
    s.warn(withFix(diagnostic, 'remove it', replaceText({ start: s.previousEnd, end: s.peek().start }, ' ')))
    s.advance()
  }
  if (!s.canStartOperand()) s.fail(problem.expectedRowCount(s.here(), start.command))
  const count = parseExpression(s)
  return { kind: 'LimitStage', count, ...stageRanges(s, start) }
}

/** Orderby = ("orderby" | "sortby" | "order" "by" | "sort" "by") OrderKey { "," OrderKey } */
export function parseOrderby(s: TokenStream, start: StageStart): OrderbyStage {
  const keys = parseList(s, { command: start.command, clauses: ['asc', 'desc'] }, parseOrderKey)
  return { kind: 'OrderbyStage', keys, ...stageRanges(s, start) }
}
