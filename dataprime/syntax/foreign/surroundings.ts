/**
 * What chats and documents put around a query: a Markdown fence, a sentence before, an explanation behind.
 * It is reported, and only the query itself is read.
 */
import { COMMAND_WORDS } from '../../catalogue/commands'
import * as problem from '../../diagnostics/codes'
import { type Diagnostic, replaceText, withFix } from '../../diagnostics/diagnostic'
import type { TextRange } from '../../tree/ast'
import { FOREIGN_COMMANDS } from './commands'

export interface Surroundings {
  /** Where the query stands in the text. */
  readonly query: TextRange
  readonly diagnostics: readonly Diagnostic[]
}

/** Finds the query in a text that holds more than it; undefined for a text that is all query. Linear time. */
export function findSurroundings(text: string): Surroundings | undefined {
  return findFenced(text) ?? findQuoted(text) ?? findInProse(text)
}

// ---------------------------------------------------------------------------------------------------------
// Markdown

/** A fence at the start of a line, with the name of a language behind it. */
const FENCE = /^[ \t]*(?:```|~~~)[^\n`]*$/gm

/** The inside of the first fenced block that begins with a command, or else of the first one. */
function findFenced(text: string): Surroundings | undefined {
  if (!text.includes('```') && !text.includes('~~~')) return findInlineFence(text)
  const fences = [...text.matchAll(FENCE)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }))
  const first = fences[0]
  if (first === undefined) return findInlineFence(text)
  const blocks = fences.flatMap((fence, index) => {
    // The second fence of each pair closes the block that the first one opens.
    return index % 2 === 1
      ? []
      : [{ fence, inside: { start: fence.end, end: fences[index + 1]?.start ?? text.length } }]
  })
  // A lone fence behind the query closes a block whose opening fence was lost.
  if (fences.length === 1 && beginsWithCommand(text.slice(0, first.start))) {
    return surroundings(text, { start: 0, end: first.start }, problem.markdownFence(trimmed(text, first)))
  }
  const block =
    blocks.find(({ inside }) => beginsWithCommand(text.slice(inside.start, inside.end))) ?? blocks[0]
  if (block === undefined) return undefined
  return surroundings(text, block.inside, problem.markdownFence(trimmed(text, block.fence)))
}

/** ``` source logs ``` on one line, or `source logs` as inline code that is all of the text. */
function findInlineFence(text: string): Surroundings | undefined {
  const { fence, inside } = readInlineFence(text.trim()) ?? {}
  if (fence === undefined || inside === undefined) return undefined
  const word = /^\s*(?:dataprime|sql|text|plaintext)?\s*/i.exec(inside)?.[0] ?? ''
  const start = text.indexOf(fence) + fence.length + (fence.length > 1 ? word.length : 0)
  const end = text.lastIndexOf(fence)
  if (!beginsWithCommand(text.slice(start, end))) return undefined
  const opening = text.indexOf(fence)
  return surroundings(
    text,
    { start, end },
    problem.markdownFence({ start: opening, end: opening + fence.length }),
  )
}

/** No longer run of backticks is a fence. */
const FENCE_MAX = 9

/** The backticks at both ends of a text that has none between them; one, or three and more. */
function readInlineFence(text: string): { readonly fence: string; readonly inside: string } | undefined {
  let length = 0
  while (length <= FENCE_MAX && text.charCodeAt(length) === BACKTICK) length++
  if (length === 0 || length === 2 || length > FENCE_MAX || text.length < 2 * length) return undefined
  const fence = text.slice(0, length)
  const inside = text.slice(length, -length)
  return text.endsWith(fence) && !inside.includes('`') ? { fence, inside } : undefined
}

const BACKTICK = 96

/** Everything outside the query goes with one diagnostic. */
function surroundings(text: string, query: TextRange, diagnostic: Diagnostic): Surroundings {
  const inner = trimmed(text, query)
  const fixed = withFix(
    diagnostic,
    'keep the query alone',
    ...removal({ start: 0, end: inner.start }),
    ...removal({ start: inner.end, end: text.length }),
  )
  return { query: inner, diagnostics: [fixed] }
}

function removal(range: TextRange) {
  return range.start < range.end ? [replaceText(range, '')] : []
}

/** A query that is one string, as out of a program or of JSON. */
function findQuoted(text: string): Surroundings | undefined {
  const start = text.search(/\S/)
  const end = text.trimEnd().length
  const quote = text.charAt(start)
  if (start === -1 || end - start < 2 || (quote !== '"' && quote !== "'") || text.charAt(end - 1) !== quote)
    return undefined
  const inside = text.slice(start + 1, end - 1)
  if (inside.includes(quote) || inside.includes('\\') || !SOURCE_WORD.test(inside)) return undefined
  return surroundings(text, { start: start + 1, end: end - 1 }, proseAround(text, { start, end: start + 1 }))
}

const SOURCE_WORD = /^\s*(?:source|from)\s/i

/** The only inline code of a sentence, when it is a query: "The query is `source logs`." */
function findInlineCode(text: string): Surroundings | undefined {
  const first = text.indexOf('`')
  const second = text.indexOf('`', first + 1)
  if (first === -1 || second === -1 || text.includes('`', second + 1) || text.lastIndexOf('|', first) !== -1)
    return undefined
  if (!SOURCE_WORD.test(text.slice(first + 1, second)) || text.includes('|', second)) return undefined
  return surroundings(
    text,
    { start: first + 1, end: second },
    problem.markdownFence({ start: first, end: first + 1 }),
  )
}

// ---------------------------------------------------------------------------------------------------------
// Prose

/** A source at the start of a line, or behind a colon. */
const SOURCE_LINE = /(?:^|:)[ \t]*(?:`[ \t]*)?((?:source|from)[ \t]+["a-z_][\w/."]*)/gm

/** A paragraph of sentences, a heading or a list after an empty line. */
const EXPLANATION =
  /\n[ \t]*\r?\n[ \t]*(?=(?:(?:[A-Z][a-z']+[,:]?|(?:A|I)(?= [a-z]+ [a-z]+ ))[ \t]+[\w'`*$"(]|[A-Z][A-Za-z ]*:|\*\*|[-*•][ \t]+[A-Z`*]|[0-9]+\.[ \t]+[A-Z`*]))/g

function findInProse(text: string): Surroundings | undefined {
  const code = beginsWithCommand(text) ? undefined : findInlineCode(text)
  if (code !== undefined) return code
  const start = proseEnd(text)
  const end = explanationStart(text, start)
  if (start === 0 && end === text.length) return undefined
  const query = trimmed(text, { start, end })
  const diagnostics: Diagnostic[] = []
  if (start > 0) diagnostics.push(proseAround(text, { start: 0, end: query.start }))
  if (end < text.length) diagnostics.push(proseAround(text, { start: query.end, end: text.length }))
  return { query, diagnostics }
}

function proseAround(text: string, range: TextRange): Diagnostic {
  return withFix(problem.proseAroundQuery(trimmed(text, range)), 'remove it', replaceText(range, ''))
}

/** Where the text before the query ends: 0 unless it begins like a sentence and a source follows. */
function proseEnd(text: string): number {
  if (beginsWithCommand(text)) return 0
  SOURCE_LINE.lastIndex = 0
  const match = SOURCE_LINE.exec(text)
  if (match === null) return 0
  const start = match.index + match[0].length - (match[1] as string).length
  const before = text.slice(0, start)
  return start > 0 && before.trim() !== '' && !before.includes('|') ? start : 0
}

function explanationStart(text: string, from: number): number {
  EXPLANATION.lastIndex = from
  for (let match = EXPLANATION.exec(text); match !== null; match = EXPLANATION.exec(text)) {
    const last = text.slice(from, match.index).trimEnd().at(-1)
    // After one of these signs the stage goes on, empty lines or not.
    if (last !== undefined && !',|({[&=<>+*/~-'.includes(last)) return match.index
  }
  return text.length
}

// ---------------------------------------------------------------------------------------------------------

function beginsWithCommand(text: string): boolean {
  const start = firstToken(text)
  if (text.startsWith('<v1>', start)) return true
  const word = WORD.exec(text.slice(start, start + LONGEST_COMMAND))?.[0]
  if (word === undefined) return false
  // `Find the errors:` is a sentence and `find` a command: only a source is one in any case.
  return COMMAND_WORDS.has(word) || FOREIGN_COMMANDS.has(word) || SOURCE_WORDS.has(word.toLowerCase())
}

const WORD = /^[A-Za-z_]+/
const LONGEST_COMMAND = 24

/** The offset of the first character that is neither white space, a comment nor a pipe. */
function firstToken(text: string): number {
  let at = 0
  for (;;) {
    const code = text.charCodeAt(at)
    if (code <= 32 || code === 124 || code === 0xfeff) at++
    else if (code === 35 || text.startsWith('//', at) || text.startsWith('-- ', at)) {
      const end = text.indexOf('\n', at)
      if (end === -1) return text.length
      at = end
    } else if (text.startsWith('/*', at)) {
      const close = text.indexOf('*/', at)
      if (close === -1) return text.length
      at = close + 2
    } else return at
  }
}

const SOURCE_WORDS: ReadonlySet<string> = new Set(['source', 'from', 'select'])

/** A range without the white space at both of its ends. */
function trimmed(text: string, { start, end }: TextRange): TextRange {
  const inside = text.slice(start, end)
  const lead = inside.length - inside.trimStart().length
  return { start: start + (lead < inside.length ? lead : 0), end: start + inside.trimEnd().length }
}
