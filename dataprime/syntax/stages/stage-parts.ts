/** What the stages have in common: aliases, lists, clauses, datasets and sub-queries. */

import { type CommandName, commandNamed } from '../../catalogue/commands'
import * as problem from '../../diagnostics/codes'
import {
  type Diagnostic,
  insertText,
  replaceText,
  type TextEdit,
  withFix,
} from '../../diagnostics/diagnostic'
import { printExpression } from '../../format/print'
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
  missingComma,
  parseExpression,
  parseExpressionEndingAt,
  removable,
} from '../expression-parser'
import { missingKeypath, parseKeypath, unquotedKeypath } from '../keypath-parser'
import { parseString } from '../literal-parser'
import { isWord, rangeOf, type TokenStream } from '../token-stream'

/** Reads stages up to the end of the text or the parenthesis that closes the sub-query. */
export type ParsePipeline = (s: TokenStream, inSubquery: boolean) => Query

/** What a stage parser knows of its stage when the command word has been taken. */
export interface StageStart {
  readonly keywordRange: TextRange
  readonly command: CommandName
  /** Whether it is the first stage of its query. */
  readonly first: boolean
  /** The failures of the token stream when the stage began. */
  readonly failures: number
  readonly parsePipeline: ParsePipeline
}

/** The diagnostic with the whole stage written anew, if all of the stage was understood. */
export function withRewrittenStage(
  s: TokenStream,
  { keywordRange, failures }: StageStart,
  diagnostic: Diagnostic,
  title: string,
  text: string,
): Diagnostic {
  if (s.failures > failures) return diagnostic
  return withFix(diagnostic, title, replaceText(s.rangeFrom(keywordRange.start), text))
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
  if (s.at('name') && s.peek().kind === '=' && !isNamedBehind(s)) return parseAssigned(s, start)
  const expression = parseExpressionEndingAt(s, ends)
  const alias = s.eatWord('as') ? parseKeypath(s) : null
  return { kind: 'AliasedExpression', expression, alias, range: s.rangeFrom(start) }
}

/** `a = 1 as flag` has its name behind it, so that the equals sign is a comparison. */
function isNamedBehind(s: TokenStream): boolean {
  return s.elementHolds((token) => isWord(token, 'as'), WORDS_BEHIND_RESULTS)
}

const WORDS_BEHIND_RESULTS = ['by', 'aggregate', 'agg', 'calculate', 'calc', 'from'] as const

/** `name = expression`, as other languages name a result. */
function parseAssigned(s: TokenStream, start: number): AliasedExpression {
  const alias = parseKeypath(s)
  const sign = rangeOf(s.advance())
  const valueStart = s.token.start
  const expression = parseExpression(s)
  s.warn(
    withFix(
      problem.assignment(sign, 'expression as name'),
      'use expression as name',
      replaceText({ start, end: valueStart }, ''),
      insertText(s.previousEnd, ` as ${printExpression(alias)}`),
    ),
  )
  return { kind: 'AliasedExpression', expression, alias, range: s.rangeFrom(start) }
}

/** OrderKey = Expression [ "asc" | "desc" ] */
export function parseOrderKey(s: TokenStream): OrderKey {
  const start = s.token.start
  // Only a key that begins with a minus may have another reading; the others need not be held back.
  const { result: expression, held } = s.at('-')
    ? s.capture(() => parseExpression(s))
    : { result: parseExpression(s), held: [] }
  const end = s.previousEnd
  const direction = parseDirection(s)
  const minus = direction === null && expression.kind === 'UnaryExpression' && expression.operator === '-'
  if (minus) warnMinusForDirection(s, { start, end }, expression.operand)
  s.release(minus ? held.filter(({ range }) => range.start !== start || range.end !== end) : held)
  return { kind: 'OrderKey', expression, direction, range: s.rangeFrom(start) }
}

/** `orderby -latency` sorts by a number without a doubt, and by nothing else. */
function warnMinusForDirection(s: TokenStream, range: TextRange, operand: Expression): void {
  const written = `${s.slice(operand.range.start, range.end)} desc`
  const form = problem.undocumentedForm(range, 'a minus before a sort key', `use ${written}`)
  s.warn(withFix(form, `use ${written}`, replaceText(range, written)))
}

export function parseDirection(s: TokenStream): SortDirection | null {
  const direction = s.eatOneOf(['asc', 'desc'] as const)
  return direction ?? takeSpokenDirection(s)
}

const SPOKEN_DIRECTIONS: ReadonlyMap<string, SortDirection> = new Map([
  ['ascending', 'asc'],
  ['ascend', 'asc'],
  ['increasing', 'asc'],
  ['descending', 'desc'],
  ['descend', 'desc'],
  ['decreasing', 'desc'],
  ['dsc', 'desc'],
  ['des', 'desc'],
  ['decs', 'desc'],
])

function takeSpokenDirection(s: TokenStream): SortDirection | null {
  const { kind, text } = s.token
  const meant = kind !== 'name' || text.length > 10 ? undefined : SPOKEN_DIRECTIONS.get(text.toLowerCase())
  if (meant === undefined) return null
  const range = rangeOf(s.advance())
  const diagnostic = problem.unexpectedToken(range, text, null, meant)
  s.warn(withFix(diagnostic, `use ${meant}`, replaceText(range, meant)))
  return meant
}

export interface ListOptions {
  readonly command: CommandName
  /** Words that may follow the list. */
  readonly clauses?: readonly string[]
  /** Whether another expression may follow the list without a word between them. */
  readonly openEnded?: boolean
  /** Whether its elements are fields as a rule, so that names in a row can only lack their commas. */
  readonly ofFields?: boolean
  /** Whether a word of `clauses` before a call ends the list, also after a comma. */
  readonly endsBeforeCall?: boolean
  /** Whether the elements themselves stand in parentheses. */
  readonly groups?: boolean
}

/** List = Element { "," Element }; after a mistake in one element reading goes on with the next. */
export function parseList<Element>(
  s: TokenStream,
  options: ListOptions,
  parseElement: (s: TokenStream) => Element,
): readonly Element[] {
  const bracketed = options.groups !== true && atBracketedList(s)
  return bracketed ? parseBracketedList(s, options, parseElement) : parseElements(s, options, parseElement)
}

function parseElements<Element>(
  s: TokenStream,
  options: ListOptions,
  parseElement: (s: TokenStream) => Element,
): readonly Element[] {
  const { command, clauses = [] } = options
  const elements: Element[] = []
  for (;;) {
    const before = s.mark
    elements.push(parseElement(s))
    const nothingRead = s.mark === before
    if (!s.at(',') && (nothingRead || !atListEnd(s, options))) {
      if (options.ofFields && atNamesWithoutCommas(s)) {
        for (const element of parseNamesWithoutCommas(s, parseElement)) elements.push(element)
        return elements
      }
      if (options.ofFields && atNextField(s)) {
        s.warn(missingComma(s))
        continue
      }
      s.failUnexpected(command, ['as', ...clauses])
      s.skipToListPoint(clauses)
    }
    const comma = s.token
    if (!s.eat(',')) return elements
    while (s.at(',')) s.warn(removable(doubledComma, s.advance()))
    if (s.atStageEnd() || (options.endsBeforeCall && atClauseBeforeCall(s, clauses))) {
      s.warn(removable(problem.trailingComma, comma))
      return elements
    }
  }
}

function doubledComma(range: TextRange): Diagnostic {
  return problem.expectedExpression(range, ',')
}

function atListEnd(s: TokenStream, { clauses = [], openEnded = false }: ListOptions): boolean {
  if (s.atStageEnd() || s.at(';') || s.at('||') || s.at('}')) return true
  if (openEnded && s.canStartOperand()) return true
  return s.at('name') && (clauses.some((word) => s.atWord(word)) || s.atForgottenPipe())
}

/** Whether the list stands in brackets of its own: there is a comma or an alias directly within them. */
function atBracketedList(s: TokenStream): boolean {
  if (s.at('(')) return s.bracketHoldsList()
  // An object literal begins with a key and a colon.
  return s.at('{') && s.peek().kind !== '}' && s.peek(2).kind !== ':'
}

/** `groupby (a, b)`, `choose {a, b}`: the brackets are reported and the list is read as if they were not there. */
function parseBracketedList<Element>(
  s: TokenStream,
  options: ListOptions,
  parseElement: (s: TokenStream) => Element,
): readonly Element[] {
  if (!s.enter()) return []
  const { previousEnd } = s
  const opening = s.advance()
  const elements = [...parseElements(s, options, parseElement)]
  s.leave()
  const closing = s.token
  const diagnostic = problem.unexpectedToken(rangeOf(opening), opening.text, options.command, undefined)
  const drop = replaceText(rangeOf(opening), previousEnd === opening.start ? ' ' : '')
  if (!s.eat(opening.kind === '(' ? ')' : '}')) {
    s.warn(s.atStageEnd() ? withFix(diagnostic, 'remove it', drop) : diagnostic)
    return elements
  }
  s.warn(withFix(diagnostic, 'leave out the brackets', drop, replaceText(rangeOf(closing), '')))
  return s.eat(',') ? [...elements, ...parseElements(s, options, parseElement)] : elements
}

/** More names than these in a row are no list that a person wrote. */
const NAMES_FIXED_MAX = 100

/** Words that make a row of names a sentence or a clause. */
const JOINING_WORDS: ReadonlySet<string> = new Set(
  'alias and as asc at but by count desc distinct for from having if in into is keep like not of on or order sort that the then this to using when where which with'.split(
    ' ',
  ),
)

/** Whether nothing but keypaths follow up to the end of the stage: `table host status`, as SPL lists them. */
function atNamesWithoutCommas(s: TokenStream): boolean {
  if (!s.at('name') && !s.at('namespace')) return false
  for (let ahead = 0; ahead < NAMES_FIXED_MAX; ahead++) {
    const { kind, text } = s.peek(ahead)
    if (kind === '|' || kind === 'end' || kind === ')') return true
    if (kind === 'name' ? JOINING_WORDS.has(text.toLowerCase()) : kind !== 'namespace' && kind !== '.')
      return false
  }
  return false
}

/** `a, aggregate count()`: the word begins the clause, and the comma before it is one too many. */
function atClauseBeforeCall(s: TokenStream, clauses: readonly string[]): boolean {
  return s.peek().kind === 'name' && s.peek(2).kind === '(' && clauses.some((word) => s.atWord(word))
}

/** Whether a field stands here that a comma ends: the comma before it was forgotten. */
function atNextField(s: TokenStream): boolean {
  const next = s.peek().kind
  const isField = (s.at('name') && !JOINING_WORDS.has(s.token.text.toLowerCase())) || s.at('namespace')
  return isField && (next === ',' || next === '.' || next === '|' || next === 'end')
}

function parseNamesWithoutCommas<Element>(
  s: TokenStream,
  parseElement: (s: TokenStream) => Element,
): readonly Element[] {
  const diagnostic = problem.expectedToken(s.here(), ',', s.found())
  const commas: TextEdit[] = []
  const elements: Element[] = []
  while (!s.atStageEnd()) {
    if (!s.eat(',')) commas.push(insertText(s.previousEnd, ','))
    const before = s.mark
    elements.push(parseElement(s))
    if (s.mark === before) break
  }
  s.warn(withFix(diagnostic, 'put commas between them', ...commas))
  return elements
}

/** Into = "into" Keypath, required. */
export function parseInto(s: TokenStream, command: CommandName): Keypath {
  if (s.eatWord('into')) return parseKeypath(s)
  if (s.atWord('as')) {
    failOtherWord(s, command, 'into')
    return parseKeypath(s)
  }
  failMissingClause(s, command, 'into and a keypath')
  return missingKeypath(s)
}

/** Takes a word that stands where the command has another one. */
export function failOtherWord(s: TokenStream, command: CommandName, word: string): void {
  const diagnostic = problem.expectedWord(s.here(), command, [word], s.found(), undefined)
  s.warn(withFix(diagnostic, `use ${word}`, replaceText(rangeOf(s.token), word)))
  s.advance()
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

/** Takes a word that the command requires, or one that is often written for it, or reports that it is missing. */
export function expectWord(
  s: TokenStream,
  command: CommandName,
  word: string,
  slips: readonly string[] = [],
): boolean {
  if (s.eatWord(word)) return true
  const slip = slips.some((slip) => s.atWord(slip) || s.token.kind === slip)
  if (slip || isMisspelt(s, word)) {
    failOtherWord(s, command, word)
    return true
  }
  failMissingClause(s, command, `"${word}"`)
  return false
}

/** Whether a word that is nearly the required one stands before an operand. */
function isMisspelt(s: TokenStream, word: string): boolean {
  if (!s.at('name') || s.atForgottenPipe() || !s.canStartOperand(s.peek())) return false
  return s.suggest(s.token.text, [word]) !== undefined
}

/** A string in quotes, where the command takes nothing else. */
export function parseRequiredString(s: TokenStream, command: CommandName): Expression {
  if (s.at('string')) return parseString(s)
  const diagnostic = problem.expectedString(s.here(), command, s.found())
  const next = s.peek()
  const alone = next.kind === '|' || next.kind === 'end' || isWord(next, 'in') || isWord(next, 'to')
  if (!s.at('name') || !alone) {
    s.fail(diagnostic)
    return missing(s)
  }
  const word = s.advance()
  const range = rangeOf(word)
  s.warn(withFix(diagnostic, `use '${word.text}'`, replaceText(range, `'${word.text}'`)))
  return { kind: 'StringLiteral', value: word.text, quote: 'single', range }
}

/** The keypath an expression turned out to be; any other expression is reported. */
export function toKeypath(s: TokenStream, expression: Expression, command: CommandName): Keypath {
  if (expression.kind === 'Keypath') return expression
  if (expression.kind === 'StringLiteral') return unquotedKeypath(s, expression)
  if (expression.kind !== 'MissingExpression') s.warn(problem.expectedPlainKeypath(expression.range, command))
  return { ...missingKeypath(s), range: expression.range }
}

/** Dataset = [ DatasetName "/" ] DatasetName [ "/" DatasetName ]; of three names the last two are the name of a table. */
export function parseDataset(s: TokenStream): Dataset {
  const start = s.token.start
  const first = parseDatasetName(s)
  const second = first !== '' && s.eat('/') ? parseDatasetName(s) : null
  const third = second !== null && second !== '' && s.eat('/') ? parseDatasetName(s) : null
  const range = s.rangeFrom(start)
  if (second === null) return { kind: 'Dataset', dataspace: null, name: first, range }
  return { kind: 'Dataset', dataspace: first, name: third === null ? second : `${second}/${third}`, range }
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
  if (atBareSource(s)) return parseBareSource(s, command)
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

/** Whether a source, or a dataset alone, stands where a query in parentheses belongs. */
function atBareSource(s: TokenStream): boolean {
  const named = s.atWord('source') || s.atWord('from')
  if (!s.at('name') || s.atForgottenPipe() !== named) return false
  const behind = s.peek(named ? 2 : 1)
  return ['on', 'using', 'into'].some((word) => isWord(behind, word))
}

/** `join spans on …`: the dataset is read as the sub-query it stands for. */
function parseBareSource(s: TokenStream, command: CommandName): Query {
  const keyword = rangeOf(s.token)
  const named = s.atWord('source') || s.atWord('from')
  const diagnostic = problem.missingClause(
    keyword,
    command,
    'a query in parentheses',
    commandNamed(command).syntax,
  )
  if (named) s.takeWord()
  const dataset = parseDataset(s)
  const range = s.rangeFrom(keyword.start)
  const edits = [insertText(range.start, named ? '(' : '(source '), insertText(range.end, ')')]
  s.warn(withFix(diagnostic, 'write (source …)', ...edits))
  const stage = {
    kind: 'SourceStage',
    dataset,
    parameters: [],
    timeframe: null,
    keywordRange: keyword,
    range,
  } as const
  return { kind: 'Query', stages: [stage], range }
}
