/** Stages that bring in the rows of another query. */

import * as problem from '../../diagnostics/codes'
import { replaceText, withFix } from '../../diagnostics/diagnostic'
import type { JoinCondition, JoinOperand, JoinStage, Query, StitchStage, UnionStage } from '../../tree/ast'
import { parsePostfix } from '../expression-parser'
import { symbolFor } from '../foreign/expressions'
import { isWord, rangeOf, type TokenStream } from '../token-stream'
import { parseSourceClauses } from './source-stage'
import {
  failMissingClause,
  parseInto,
  parseList,
  parseSubquery,
  type StageStart,
  stageRanges,
} from './stage-parts'

/**
 * Join = "join" [ "left" | "inner" | "full" ] Subquery ( "on" Conditions | "using" Keypath { "," Keypath } ) "into" Keypath
 *      | "join" "cross" Subquery "into" Keypath
 */
export function parseJoin(
  s: TokenStream,
  start: StageStart,
  /** The kind, where its word has been taken already. */
  kind: JoinStage['join'] = null,
): JoinStage {
  const kindRange = rangeOf(s.token)
  const join = kind ?? s.eatOneOf(['left', 'inner', 'full', 'cross', 'right'] as const) ?? null
  if (join === 'right')
    s.warn(problem.undocumentedForm(kindRange, 'a right join', 'swap the queries and use left'))
  const query = parseSubquery(s, start)
  const onKey = takeOnForUsing(s)
  const on = !onKey && s.eatWord('on') ? parseConditions(s) : []
  const using =
    onKey || (on.length === 0 && s.eatWord('using'))
      ? parseList(s, { command: start.command, clauses: ['into'] }, parsePostfix)
      : []
  if (on.length === 0 && using.length === 0 && join !== 'cross') {
    failMissingClause(s, start.command, '"on" and a condition, or "using" and keypaths')
  }
  const into = parseInto(s, start.command)
  return { kind: 'JoinStage', join, query, on, using, into, ...stageRanges(s, start) }
}

/** `on id into t`: a key that both sides have, which `using` takes. */
function takeOnForUsing(s: TokenStream): boolean {
  const after = s.peek(2)
  const alone =
    s.peek().kind === 'name' && (isWord(after, 'into') || after.kind === '|' || after.kind === 'end')
  if (!s.atWord('on') || !alone) return false
  const on = rangeOf(s.advance())
  const diagnostic = problem.joinCondition(on, 'on')
  s.warn(withFix(diagnostic, 'use using', replaceText(on, 'using')))
  return true
}

/** Conditions = Condition { "&&" Condition } | "(" Conditions ")" */
function parseConditions(s: TokenStream): readonly JoinCondition[] {
  const conditions: JoinCondition[] = []
  do {
    if (s.at('(') && s.enter()) {
      s.advance()
      for (const condition of parseConditions(s)) conditions.push(condition)
      s.expect(')')
      s.leave()
    } else {
      conditions.push(parseCondition(s))
    }
  } while (s.eat('&&') || eatAnd(s) || eatOr(s))
  return conditions
}

function eatAnd(s: TokenStream): boolean {
  if (!s.atWord('and')) return false
  s.warn(symbolFor(s.advance(), '&&'))
  return true
}

/** Conditions are not alternatives; the second is read all the same. */
function eatOr(s: TokenStream): boolean {
  if (!s.at('||') && !s.atWord('or')) return false
  s.warn(problem.joinCondition(rangeOf(s.token), s.token.text))
  s.advance()
  return true
}

/** Condition = Operand "==" Operand */
function parseCondition(s: TokenStream): JoinCondition {
  const start = s.token.start
  const left = parseOperand(s)
  if (s.at('=')) {
    const sign = rangeOf(s.advance())
    s.warn(withFix(problem.singleEquals(sign), 'use ==', replaceText(sign, '==')))
  } else if (!s.eat('==')) {
    s.fail(problem.joinCondition(s.here(), s.found()))
    if (!s.atStageEnd() && !s.at('name')) s.advance()
  }
  const right = parseOperand(s)
  return { kind: 'JoinCondition', left, right, range: s.rangeFrom(start) }
}

/** Operand = [ ("left" | "right") "=>" ] Keypath */
function parseOperand(s: TokenStream): JoinOperand {
  const start = s.token.start
  const sided = s.peek().kind === '=>' && (isWord(s.token, 'left') || isWord(s.token, 'right'))
  const side = sided ? (s.takeWord().text.toLowerCase() as 'left' | 'right') : null
  if (sided) s.advance()
  const expression = parsePostfix(s)
  return { kind: 'JoinOperand', side, expression, range: s.rangeFrom(start) }
}

/** Union = "union" (Subquery | Dataset) */
export function parseUnion(s: TokenStream, start: StageStart): UnionStage {
  const query = s.at('name') ? parseBareUnion(s) : parseSubquery(s, start)
  return { kind: 'UnionStage', query, ...stageRanges(s, start) }
}

/** `union archive`, as one page shows it: the same as `union (source archive)`. */
function parseBareUnion(s: TokenStream): Query {
  const start = s.token.start
  const word = rangeOf(s.token)
  if ((s.atWord('source') || s.atWord('from')) && s.peek().kind === 'name') s.takeWord()
  const from = s.token.start
  const source = {
    kind: 'SourceStage',
    ...parseSourceClauses(s),
    keywordRange: word,
    range: s.rangeFrom(start),
  } as const
  const { range } = source
  const written = `(source ${s.slice(from, s.previousEnd)})`
  const form = problem.undocumentedForm(range, 'a union without parentheses', 'write union (source …)')
  s.warn(withFix(form, `write ${written}`, replaceText(range, written)))
  return { kind: 'Query', stages: [source], range }
}

/** Stitch = "stitch" Subquery "into" Keypath [ "merge" ] */
export function parseStitch(s: TokenStream, start: StageStart): StitchStage {
  const query = parseSubquery(s, start)
  const into = parseInto(s, start.command)
  const merge = s.eatWord('merge')
  return { kind: 'StitchStage', query, into, merge, ...stageRanges(s, start) }
}
