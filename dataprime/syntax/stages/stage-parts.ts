/** What the stages have in common: aliases, lists, clauses, datasets and sub-queries. */

import { type CommandName, commandNamed } from '../../catalogue/commands'
import * as problem from '../../diagnostics/codes'
import type {
  AliasedExpression,
  Dataset,
  Expression,
  Keypath,
  OrderKey,
  Query,
  SortDirection,
  TextRange,
} from '../../tree/ast'
import {
  missing,
  missingKeypath,
  parseExpression,
  parseExpressionEndingAt,
  parseKeypath,
  parseString,
} from '../expression-parser'
import { isWord, rangeOf, type TokenStream } from '../token-stream'

/** Reads stages up to the end of the text or the parenthesis that closes the sub-query. */
export type ParsePipeline = (s: TokenStream, inSubquery: boolean) => Query

/** What a stage parser knows of its stage when the command word has been taken. */
export interface StageStart {
  readonly keywordRange: TextRange
  readonly command: CommandName
  /** Whether it is the first stage of its query. */
  readonly first: boolean
  readonly parsePipeline: ParsePipeline
}

/** The ranges of a stage whose last token has been taken. */
export function stageRanges(
  s: TokenStream,
  { keywordRange }: StageStart,
): { range: TextRange; keywordRange: TextRange } {
  return { range: s.rangeFrom(keywordRange.start), keywordRange }
}

/** Aliased = Expression [ "as" Keypath ] */
export function parseAliased(s: TokenStream, ends = 0): AliasedExpression {
  const start = s.token.start
  if (s.at('name') && s.peek().kind === '=') return parseAssigned(s, start)
  const expression = parseExpressionEndingAt(s, ends)
  const alias = s.eatWord('as') ? parseKeypath(s) : null
  return { kind: 'AliasedExpression', expression, alias, range: s.rangeFrom(start) }
}

/** `name = expression`, as other languages name a result. */
function parseAssigned(s: TokenStream, start: number): AliasedExpression {
  const alias = parseKeypath(s)
  s.warn(problem.assignment(rangeOf(s.token), 'expression as name'))
  s.advance()
  return { kind: 'AliasedExpression', expression: parseExpression(s), alias, range: s.rangeFrom(start) }
}

/** OrderKey = Expression [ "asc" | "desc" ] */
export function parseOrderKey(s: TokenStream): OrderKey {
  const start = s.token.start
  const expression = parseExpression(s)
  const direction = parseDirection(s)
  return { kind: 'OrderKey', expression, direction, range: s.rangeFrom(start) }
}

export function parseDirection(s: TokenStream): SortDirection | null {
  return s.eatOneOf(['asc', 'desc'] as const) ?? null
}

export interface ListOptions {
  readonly command: CommandName
  /** Words that may follow the list. */
  readonly clauses?: readonly string[]
  /** Whether another expression may follow the list without a word between them. */
  readonly openEnded?: boolean
}

/** List = Element { "," Element }; after a mistake in one element reading goes on with the next. */
export function parseList<Element>(
  s: TokenStream,
  { command, clauses = [], openEnded = false }: ListOptions,
  parseElement: (s: TokenStream) => Element,
): readonly Element[] {
  const elements: Element[] = []
  for (;;) {
    const before = s.mark
    elements.push(parseElement(s))
    const nothingRead = s.mark === before
    if (!s.at(',') && (nothingRead || !atListEnd(s, clauses, openEnded))) {
      s.failUnexpected(command, ['as', ...clauses])
      s.skipToListPoint(clauses)
    }
    const comma = s.token
    if (!s.eat(',')) return elements
    if (s.atStageEnd()) {
      s.warn(problem.trailingComma(rangeOf(comma)))
      return elements
    }
  }
}

function atListEnd(s: TokenStream, clauses: readonly string[], openEnded: boolean): boolean {
  if (s.atStageEnd() || s.at(';') || s.at('||')) return true
  if (openEnded && s.canStartOperand()) return true
  return s.at('name') && (clauses.some((word) => s.atWord(word)) || s.atForgottenPipe())
}

/** Into = "into" Keypath, required. */
export function parseInto(s: TokenStream, command: CommandName): Keypath {
  if (s.eatWord('into')) return parseKeypath(s)
  failMissingClause(s, command, 'into and a keypath')
  return missingKeypath(s)
}

export function parseOptionalInto(s: TokenStream): Keypath | null {
  return s.eatWord('into') ? parseKeypath(s) : null
}

export function failMissingClause(s: TokenStream, command: CommandName, what: string): void {
  s.fail(problem.missingClause(s.here(), command, what, commandNamed(command).syntax))
}

/**
 * Whether the word of a clause stands here where an expression could stand too. A field may have the same
 * name; then something follows that no expression begins with, or the word itself.
 */
export function atClauseWord(s: TokenStream, word: string): boolean {
  if (!s.atWord(word)) return false
  const next = s.peek()
  // A bracket right behind the word is a step down from the field.
  if (next.kind === '[' && next.start === s.token.end) return false
  const continues = s.canStartOperand(next) || next.kind === '|' || next.kind === 'end'
  return continues && !isWord(next, word)
}

/** Takes a word that the command requires, or reports that it is missing. */
export function expectWord(s: TokenStream, command: CommandName, word: string): boolean {
  if (s.eatWord(word)) return true
  failMissingClause(s, command, `"${word}"`)
  return false
}

/** A string in quotes, where the command takes nothing else. */
export function parseRequiredString(s: TokenStream, command: CommandName): Expression {
  if (s.at('string')) return parseString(s)
  s.fail(problem.expectedString(s.here(), command, s.found()))
  return missing(s)
}

/** The keypath an expression turned out to be; any other expression is reported. */
export function toKeypath(s: TokenStream, expression: Expression, command: CommandName): Keypath {
  if (expression.kind === 'Keypath') return expression
  if (expression.kind !== 'MissingExpression') s.warn(problem.expectedPlainKeypath(expression.range, command))
  return { ...missingKeypath(s), range: expression.range }
}

/** Dataset = [ DatasetName "/" ] DatasetName */
export function parseDataset(s: TokenStream): Dataset {
  const start = s.token.start
  const first = parseDatasetName(s)
  const second = first !== '' && s.eat('/') ? parseDatasetName(s) : null
  const range = s.rangeFrom(start)
  return second === null
    ? { kind: 'Dataset', dataspace: null, name: first, range }
    : { kind: 'Dataset', dataspace: first, name: second, range }
}

/** DatasetName = name { "." name } | string in double quotes */
function parseDatasetName(s: TokenStream): string {
  if (s.at('string')) {
    const token = s.advance()
    if (token.text.startsWith("'")) {
      s.warn(problem.undocumentedForm(rangeOf(token), 'a dataset in single quotes', 'write the bare name'))
    }
    return token.value
  }
  if (!s.at('name')) {
    s.fail(problem.expectedDataset(s.here(), s.found()))
    return ''
  }
  const start = s.token.start
  const parts = [s.advance().text]
  let hyphen = false
  while ((s.at('.') || s.at('-')) && continuesName(s)) {
    hyphen ||= s.at('-')
    parts.push(s.advance().text, s.advance().text)
  }
  if (hyphen)
    s.warn(
      problem.undocumentedForm(
        s.rangeFrom(start),
        'a hyphen in the name of a dataset',
        'quote the name: "…"',
      ),
    )
  return parts.join('')
}

function continuesName(s: TokenStream): boolean {
  const next = s.peek()
  if (next.kind !== 'name' && next.kind !== 'number') return false
  return s.at('.') || (s.token.start === s.previousEnd && next.start === s.token.end)
}

/** Subquery = "(" Query ")" */
export function parseSubquery(s: TokenStream, { command, parsePipeline }: StageStart): Query {
  const start = s.token.start
  if (!s.at('(')) {
    failMissingClause(s, command, 'a query in parentheses')
    return { kind: 'Query', stages: [], range: missing(s).range }
  }
  if (!s.enter()) return { kind: 'Query', stages: [], range: s.rangeFrom(start) }
  s.advance()
  const query = parsePipeline(s, true)
  s.expect(')')
  s.leave()
  return query
}
