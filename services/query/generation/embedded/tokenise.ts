import { splitWords } from './split-words'
import { wordSet } from './word-set'

/**
 * What a token looks like, before anything is known about what it means:
 *
 * - word:        letters only ("errors", "don't")
 * - number:      42, 3.5, 1,000
 * - quantity:    a number with something glued to it that names a unit (25m, 3.5MB, 95%, $50, 12k)
 * - ordinal:     75th, 99.9th
 * - clock:       07:10, 5am, 9:30pm
 * - date:        2025-03-01, 2025-03-01T10:00:00Z
 * - statusClass: 5xx
 * - statusCodes: 404s, where it is no length of time
 * - address, subnet: 10.0.0.5, 172.16.0.0/12
 * - version:     2.14.0, 3.0.0-rc1
 * - path:        /api/v1/orders
 * - pattern:     db-(primary|replica)-N, web-*
 * - identifier:  anything else that is more than a word (order_placed, us-east-1, grpc.Charge, 9f8e-22)
 * - quoted, backticked: what stood between the marks
 * - symbol:      punctuation and comparison signs
 */
export type TokenKind =
  | 'word'
  | 'number'
  | 'quantity'
  | 'ordinal'
  | 'clock'
  | 'date'
  | 'statusClass'
  | 'statusCodes'
  | 'address'
  | 'subnet'
  | 'version'
  | 'path'
  | 'pattern'
  | 'identifier'
  | 'quoted'
  | 'backticked'
  | 'symbol'

export interface Token {
  readonly index: number
  readonly kind: TokenKind
  /** As written, without surrounding quotes or backticks. */
  readonly text: string
  readonly lower: string
  /** The words inside, lower case: `order_placed` is order, placed. Empty for symbols. */
  readonly words: readonly string[]
  /** Offsets into the question, marks included. */
  readonly start: number
  readonly end: number
  /** The number of number, quantity, ordinal and statusCodes tokens, null for all others. */
  readonly value: number | null
  /** The glued unit of a quantity, lower case except that bytes keep theirs; null for all others. */
  readonly unit: string | null
}

/** Only the first tokens are read: a question longer than this is prose, and every pass stays cheap. */
export const TOKENS_MAX = 1_000

/** Splits a question into tokens with their positions. Linear in its length; never fails. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = []
  let position = 0
  while (position < text.length && tokens.length < TOKENS_MAX) {
    if (isSpace(text[position] as string)) {
      position += 1
      continue
    }
    const marked = readMarked(text, position) ?? readRegex(text, position, tokens.at(-1))
    if (marked !== null) {
      tokens.push(makeToken(tokens.length, marked.kind, marked.content, position, marked.end))
      position = marked.end
      continue
    }
    const end = chunkEnd(text, position)
    for (const piece of splitChunk(text.slice(position, end))) {
      const start = position + piece.offset
      tokens.push(
        makeToken(
          tokens.length,
          classify(piece.text, tokens, text.slice(start + piece.text.length, start + piece.text.length + 20)),
          piece.text,
          start,
          start + piece.text.length,
        ),
      )
    }
    position = end
  }
  return tokens.slice(0, TOKENS_MAX)
}

function isSpace(character: string): boolean {
  return character.trim() === ''
}

const CLOSING_MARKS: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”',
  '„': '“',
  '«': '»',
  "'": "'",
  '‘': '’',
  '`': '`',
}

/** Text between quotes or backticks at `position`, null when there is no such pair. */
function readMarked(text: string, position: number) {
  const open = text[position] as string
  const close = CLOSING_MARKS[open]
  if (close === undefined) return null
  const end = text.indexOf(close, position + 1)
  if (end <= position + 1) return null
  const isSingle = open === "'" || open === '‘'
  if (isSingle && !standsAlone(text, position, end)) return null
  return {
    kind: open === '`' ? ('backticked' as const) : ('quoted' as const),
    content: text.slice(position + 1, end).trim(),
    end: end + 1,
  }
}

const PATTERN_WORDS = wordSet('matching matches match matched regex regexp pattern expression')

/** `matching /user \d+ not found/`: behind such a word slashes stand around a pattern, blanks and all. */
function readRegex(text: string, position: number, before: Token | undefined) {
  if (text[position] !== '/' || !PATTERN_WORDS.has(before?.lower ?? '')) return null
  const end = text.slice(position).search(/(?<=[^\\])\/(?=[\s,.;)]|$)/)
  if (end <= 1) return null
  const content = text.slice(position, position + end + 1)
  return { kind: 'pattern' as const, content, end: position + content.length }
}

/** An apostrophe opens a quotation only when it does not sit inside or at the end of a word. */
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text[start - 1]
  const after = text[end + 1]
  return (
    (before === undefined || !isWordCharacter(before)) && (after === undefined || !isWordCharacter(after))
  )
}

function isWordCharacter(character: string): boolean {
  return /[\p{L}\p{N}_]/u.test(character)
}

function chunkEnd(text: string, start: number): number {
  let end = start + 1
  while (end < text.length && !isSpace(text[end] as string) && !'"“”«»`'.includes(text[end] as string))
    end += 1
  return end
}

interface Piece {
  readonly offset: number
  readonly text: string
}

const LEADING = '([{,;:!?=<>~&|—–…'
const TRAILING = ')]},;:!?.…—–'

/** Peels punctuation off both ends of a run without blanks and splits what is glued together inside. */
function splitChunk(chunk: string): Piece[] {
  let start = 0
  let end = chunk.length
  const before: Piece[] = []
  const after: Piece[] = []
  while (start < end && LEADING.includes(chunk[start] as string)) {
    const length = symbolLength(chunk, start)
    before.push({ offset: start, text: chunk.slice(start, start + length) })
    start += length
  }
  while (end > start && TRAILING.includes(chunk[end - 1] as string) && !closesInside(chunk, start, end)) {
    end -= 1
    after.unshift({ offset: end, text: chunk[end] as string })
  }
  const inner = end > start ? splitInside(chunk.slice(start, end)) : []
  return [...before, ...inner.map((piece) => ({ ...piece, offset: piece.offset + start })), ...after]
}

const TWO_CHARACTER_SYMBOLS = wordSet('>= <= != == <> && || =~ !~ ~~')

function symbolLength(text: string, at: number): number {
  return TWO_CHARACTER_SYMBOLS.has(text.slice(at, at + 2)) ? 2 : 1
}

/** A closing bracket whose opening one is inside too belongs to the piece: `web-(a|b)`. */
function closesInside(chunk: string, start: number, end: number): boolean {
  const close = chunk[end - 1] as string
  const open = { ')': '(', ']': '[', '}': '{' }[close]
  return open !== undefined && chunk.slice(start, end - 1).includes(open)
}

/** `status>=500`, `service:payments`, `US,GB`, `9-10am`: the parts, or the whole when it is one thing. */
function splitInside(text: string): Piece[] {
  const pieces: Piece[] = []
  let offset = 0
  while (offset < text.length && pieces.length < TOKENS_MAX) {
    const rest = text.slice(offset)
    const at = PATTERN_MARKS.test(rest) || rest.startsWith('/') ? null : splitPoint(rest)
    const end = at === null ? rest.length : at.start
    if (end > 0) pieces.push({ offset, text: dropPossessive(rest.slice(0, end)) })
    if (at !== null) pieces.push({ offset: offset + at.start, text: rest.slice(at.start, at.end) })
    offset += at === null ? rest.length : at.end
  }
  return pieces
}

const PATTERN_MARKS = /[|*^]|\\[dw]|\(.*\)|\[.*\]/
const SPLIT_COMPARISON = /(?<=[\w.\])])(>=|<=|!=|==|=|>|<)(?=.)/
const SPLIT_COMMA = /(?<=\D),(?=.)|(?<=\d),(?!\d{3}\b)(?=.)/
const SPLIT_LABEL = /^[A-Za-z_$][\w.$]*(:)(?=[^\s:])(?!:\/\/)/
const SPLIT_CLOCKS = /^\d{1,2}(?::\d\d)?(?:am|pm)?([-–])\d{1,2}(?::\d\d(?:am|pm)?|am|pm)$/i

function splitPoint(text: string): { start: number; end: number } | null {
  const comparison = SPLIT_COMPARISON.exec(text) ?? SPLIT_COMMA.exec(text)
  if (comparison !== null) return { start: comparison.index, end: comparison.index + comparison[0].length }
  const inner = SPLIT_LABEL.exec(text) ?? SPLIT_CLOCKS.exec(text)
  if (inner === null) return null
  const start = text.indexOf(inner[1] as string)
  return { start, end: start + 1 }
}

function dropPossessive(text: string): string {
  return /^[A-Za-z][\w-]*['’]s?$/.test(text) ? text.slice(0, text.search(/['’]/)) : text
}

const SHAPES: readonly (readonly [RegExp, TokenKind])[] = [
  [/^[A-Za-z\u00C0-\u024F]+(?:['’][a-z]+)?$/, 'word'],
  [/^[+-]?\d+(?:,\d{3})*(?:\.\d+)?$/, 'number'],
  [/^[1-5]xx$/i, 'statusClass'],
  [/^\d+(?:\.\d+)?(?:st|nd|rd|th)$/i, 'ordinal'],
  [/^\d{1,2}:\d\d(?::\d\d)?(?:am|pm|z)?$|^\d{1,2}(?:am|pm)$/i, 'clock'],
  [/^\d{4}[-/]\d\d?[-/]\d\d?(?:t\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:z|[+-]\d\d:?\d\d)?)?$/i, 'date'],
  [/^\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}$/, 'subnet'],
  [/^[0-9a-f:]*::?[0-9a-f:]*\/\d{1,3}$/i, 'subnet'],
  [/^\d{1,3}(?:\.\d{1,3}){3}$/, 'address'],
  [/^v?\d+(?:\.\d+){2,}(?:[-+][\w.]+)?$|^v\d+(?:\.\d+)*$/i, 'version'],
  [/^[$€£]\d[\d,]*(?:\.\d+)?[kmb]?$|^\d[\d,]*(?:\.\d+)?(?:[a-zµ]{1,5}|%|[$€£])$/i, 'quantity'],
  [/^(?:\d+(?:\.\d+)?(?:d|h|ms|m|s)){2,}$/i, 'quantity'],
  [/^[-+–—=<>!~&|.,;:?()[\]{}…/]+$/, 'symbol'],
  [/^\/[^\s]*$/, 'path'],
]

/** Before a length of time: "in the last 500s", "longer than 500s", "every 500s". */
const LENGTH_OPENERS = wordSet(
  'last past previous next within every each per than over above below under exceeding exceeds between least most ' +
    'takes took using = == > < >= <=',
)
/** And behind one: "in 450s steps", "450s or more". */
const LENGTH_CLOSERS =
  /^\s+(?:steps?|buckets?|intervals?|windows?|bins?|slots?|or (?:more|less|longer|above|over|slower|faster))\b/i

/** @param before the tokens so far @param behind the beginning of what follows */
function classify(text: string, before: readonly Token[], behind: string): TokenKind {
  if (/^[45]\d\ds$/i.test(text) && !isLength(before, behind)) return 'statusCodes'
  const shape = SHAPES.find(([pattern]) => pattern.test(text))
  if (shape !== undefined) return shape[1]
  return PATTERN_MARKS.test(text) ? 'pattern' : 'identifier'
}

function isLength(before: readonly Token[], behind: string): boolean {
  const last = before.at(-1)?.lower ?? ''
  const isUpperEnd = last === 'and' && before.at(-2)?.kind === 'quantity'
  return LENGTH_OPENERS.has(last) || isUpperEnd || LENGTH_CLOSERS.test(behind)
}

const COMPOUND_SECONDS: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1, ms: 0.001 }
const MULTIPLIERS: Readonly<Record<string, number>> = { k: 1e3, b: 1e9 }

function makeToken(index: number, kind: TokenKind, text: string, start: number, end: number): Token {
  const { value, unit } = readNumber(kind, text)
  const words = wordsOf(kind, text)
  return { index, kind, text, lower: text.toLowerCase().replaceAll('’', "'"), words, start, end, value, unit }
}

function wordsOf(kind: TokenKind, text: string): readonly string[] {
  if (kind === 'symbol') return []
  return kind === 'word' && /['’]/.test(text) ? [text.toLowerCase().replaceAll('’', "'")] : splitWords(text)
}

function readNumber(kind: TokenKind, text: string): { value: number | null; unit: string | null } {
  const plain = text.replaceAll(',', '')
  if (kind === 'number' || kind === 'ordinal' || kind === 'statusCodes')
    return { value: Number.parseFloat(plain), unit: null }
  if (kind !== 'quantity') return { value: null, unit: null }
  const parts = [...plain.matchAll(/(\d+(?:\.\d+)?)([a-zµ%]*)/gi)]
  if (parts.length > 1) {
    const unit = (parts.at(-1)?.[2] ?? 's').toLowerCase()
    const seconds = parts.reduce((sum, [, digits, name]) => {
      return sum + Number(digits) * (COMPOUND_SECONDS[(name as string).toLowerCase()] ?? 0)
    }, 0)
    return { value: seconds / (COMPOUND_SECONDS[unit] ?? 1), unit }
  }
  return readSingleQuantity(plain, parts[0]?.[1] ?? '0', parts[0]?.[2] ?? '')
}

function readSingleQuantity(text: string, digits: string, suffix: string) {
  const currency = /[$€£]/.exec(text)?.[0] ?? null
  const multiplier = MULTIPLIERS[suffix.toLowerCase()] ?? (currency !== null && suffix !== '' ? 1e6 : 1)
  const isPlainMultiplier = suffix.toLowerCase() === 'k'
  if (currency !== null) return { value: Number(digits) * multiplier, unit: currency }
  if (isPlainMultiplier) return { value: Number(digits) * multiplier, unit: '' }
  return { value: Number(digits), unit: suffix }
}
