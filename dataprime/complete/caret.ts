/** Where in a text the caret stands: in which stage of which pipeline, behind which tokens, within which word. */

import { tokenize } from '../syntax/lexer'
import type { Token, TokenKind } from '../syntax/tokens'

/** A word, number or string that the caret stands in or right behind. */
export interface TypedText {
  /** What stands before the caret, without the quote of a string. */
  readonly text: string
  readonly start: number
  /** The end of the word, which may lie behind the caret. */
  readonly end: number
  readonly kind: 'word' | 'number' | 'string' | 'sign'
}

export interface Caret {
  readonly offset: number
  readonly typed: TypedText
  /** The tokens of the stage before the typed text, from its command word on. */
  readonly tokens: readonly Token[]
  /** The text of the stage up to the typed text. */
  readonly stage: string
  /** The text of the stages before it in the same query or sub-query, without the pipe. */
  readonly pipeline: string
  readonly first: boolean
  readonly inSubquery: boolean
  /** The text behind the typed text. */
  readonly after: string
}

/**
 * The caret at an offset, in each way the text before it can be taken: a sign right before the caret is
 * whole, or the beginning of a longer one. There is none inside a comment, a pattern or the text of an
 * interpolated string.
 */
export function findCarets(text: string, offset: number): readonly Caret[] {
  const before = text.slice(0, offset)
  const tokens = withoutClosingMarks(tokenize(before, ignore))
  if (inComment(tokens.at(-1) as Token, before)) return []

  const open = openLiteral(tokens, before)
  if (open !== undefined) {
    const inString = open.kind === 'string' && open === tokens.at(-2)
    return inString ? [createCaret(text, offset, tokens, typedString(text, offset, open))] : []
  }
  const last = tokens.at(-2)
  const touches = last !== undefined && last.end === offset
  const ways: TypedText[] = []
  if (!touches || !ONLY_BEGINS.has(last.kind)) ways.push(typedWord(text, offset, last))
  if (touches && BEGINS_LONGER.has(last.kind) && !namesArgument(last, tokens.at(-3))) {
    ways.push({ text: last.text, start: last.start, end: offset, kind: 'sign' })
  }
  return ways.map((typed) => createCaret(text, offset, tokens, typed))
}

/** Signs that other operators begin with, and of those the ones that stand nowhere by themselves. */
const BEGINS_LONGER: ReadonlySet<TokenKind> = new Set<TokenKind>(['<', '>', '!', '~', '-', '|', '=', '&'])
const ONLY_BEGINS: ReadonlySet<TokenKind> = new Set<TokenKind>(['&'])

/** Right behind a word "=" gives a value to the argument with that name. */
function namesArgument({ kind, start }: Token, previous: Token | undefined): boolean {
  return kind === '=' && previous?.kind === 'name' && previous.end === start
}

function createCaret(text: string, offset: number, tokens: readonly Token[], typed: TypedText): Caret {
  const before = text.slice(0, offset)
  const kept = tokens.slice(0, typed.start === offset ? -1 : -2)
  const stage = findStage(kept)
  return {
    offset,
    typed,
    tokens: kept.slice(stage.from),
    stage: before.slice(kept[stage.from]?.start ?? offset, typed.start),
    pipeline: before.slice(stage.pipelineStart, stage.pipelineEnd),
    first: stage.first,
    inSubquery: stage.inSubquery,
    after: text.slice(typed.end, typed.end + AFTER_LENGTH),
  }
}

/** What follows the caret is looked at only to not write a bracket twice. */
const AFTER_LENGTH = 2

function ignore(): void {}

/** The lexer closes interpolated strings at the end of the text; those marks of no width are not there. */
function withoutClosingMarks(tokens: readonly Token[]): readonly Token[] {
  const end = tokens.at(-1) as Token
  let last = tokens.length - 2
  while (last >= 0 && isClosingMark(tokens[last] as Token)) last--
  return [...tokens.slice(0, last + 1), end]
}

function isClosingMark({ kind, start, end, closed }: Token): boolean {
  return start === end && closed && (kind === 'template-close' || kind === 'template-end')
}

function inComment({ comments }: Token, before: string): boolean {
  const comment = comments.at(-1)
  if (comment === undefined || comment.end < before.length) return false
  return comment.style === 'line' || !before.startsWith('*/', Math.max(comment.start + 2, comment.end - 2))
}

const LINE_END = /[\n\r\u2028\u2029]/

/**
 * The first string or pattern of the line that is not closed before the caret. To go on behind a
 * mistake the lexer may read stages in it, but as long as the line lasts the caret is inside.
 */
function openLiteral(tokens: readonly Token[], before: string): Token | undefined {
  const lineStart = lastLineStart(before)
  let open: Token | undefined
  for (let index = tokens.length - 1; index >= 0; index--) {
    const token = tokens[index] as Token
    if (token.end < lineStart) break
    if (!token.closed && token.start >= lineStart) open = token
  }
  return open
}

function lastLineStart(before: string): number {
  let at = before.length
  while (at > 0 && !LINE_END.test(before[at - 1] as string)) at--
  return at
}

function typedString(text: string, offset: number, { start }: Token): TypedText {
  return {
    text: text.slice(start + 1, offset),
    start,
    end: stringEnd(text, offset, text[start] as string),
    kind: 'string',
  }
}

/**
 * Behind the closing quote when nothing but words stands before it. A quote behind operators or commas is
 * more likely to open the next string than to close this one.
 */
function stringEnd(text: string, offset: number, quote: string): number {
  let end = offset
  while (end < text.length && /[\w ./:%-]/.test(text[end] as string)) end++
  return text[end] === quote ? end + 1 : offset
}

function typedWord(text: string, offset: number, token: Token | undefined): TypedText {
  if (token === undefined || token.end < offset || !isWordLike(token)) {
    return { text: '', start: offset, end: offset, kind: 'word' }
  }
  let end = offset
  while (end < text.length && /\w/.test(text[end] as string)) end++
  const kind = token.kind === 'number' || token.kind === 'interval' ? 'number' : 'word'
  return { text: token.text, start: token.start, end, kind }
}

/** A lone `$` is the beginning of a namespace. */
function isWordLike({ kind, text }: Token): boolean {
  return (
    kind === 'name' ||
    kind === 'namespace' ||
    kind === 'number' ||
    kind === 'interval' ||
    (kind === 'bad' && text === '$')
  )
}

interface StagePlace {
  /** The index of the first token of the stage. */
  readonly from: number
  readonly first: boolean
  readonly inSubquery: boolean
  readonly pipelineStart: number
  readonly pipelineEnd: number
}

interface OpenPipeline {
  start: number
  /** Where the pipe before the current stage stands. */
  end: number
  from: number
  first: boolean
  /** Brackets open in the current stage, and whether it has had its sub-query. */
  depth: number
  bracketSeen: boolean
}

const SUBQUERY_COMMANDS: ReadonlySet<string> = new Set(['join', 'union', 'stitch'])

/** The innermost pipeline that is open at the end of the tokens, and its last stage. */
function findStage(tokens: readonly Token[]): StagePlace {
  const open: OpenPipeline[] = [newPipeline(0, 0)]
  for (const [index, { kind, start, end }] of tokens.entries()) {
    const pipeline = open.at(-1) as OpenPipeline
    if (kind === '|') {
      Object.assign(pipeline, { end: start, from: index + 1, first: false, depth: 0, bracketSeen: false })
    } else if (kind === '(') {
      const opensQuery = !pipeline.bracketSeen && isSubqueryCommand(tokens[pipeline.from] as Token)
      pipeline.bracketSeen = true
      if (opensQuery) open.push(newPipeline(end, index + 1))
      else pipeline.depth++
    } else if (kind === ')') {
      if (pipeline.depth > 0) pipeline.depth--
      else if (open.length > 1) open.pop()
    }
  }
  const { from, first, start, end } = open.at(-1) as OpenPipeline
  return { from, first, inSubquery: open.length > 1, pipelineStart: start, pipelineEnd: end }
}

function newPipeline(start: number, from: number): OpenPipeline {
  return { start, end: start, from, first: true, depth: 0, bracketSeen: false }
}

function isSubqueryCommand({ text }: Token): boolean {
  return text.length <= LONGEST_SUBQUERY_COMMAND && SUBQUERY_COMMANDS.has(text.toLowerCase())
}

const LONGEST_SUBQUERY_COMMAND = 6
