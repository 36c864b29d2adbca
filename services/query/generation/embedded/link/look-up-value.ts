import { FILLERS, QUERY_VERBS } from '../lexicon/words'
import type { Token } from '../tokenise'
import { wordSet } from '../word-set'
import type { SourceIndex } from './catalogue-index'
import type { Field } from './field'
import { toStems } from './field-phrases'
import { bySurety, isCode, type KeyLinks, LINKS_KEPT_MAX, sortedKey, type ValueLink } from './value-index'
import { valueStems } from './value-words'

/** What the index of values holds for a window of tokens, from the surest way of writing to the loosest. */
export type ValueCandidates = readonly KeyLinks[]

export function lookUpCandidates(
  index: SourceIndex,
  tokens: readonly Token[],
  start: number,
  length: number,
): ValueCandidates {
  const window = tokens.slice(start, start + length)
  const isMarked = window.some(({ kind }) => kind === 'quoted' || kind === 'backticked')
  if (window.some(({ kind }) => kind === 'symbol') || (isMarked && length > 1)) return []
  const { exact, stems, wordsMax } = index.values
  const found = [exact.get(window.map(({ lower }) => lower).join(' '))]
  if (!isMarked && !isSentenceVerb(tokens, start, window)) {
    const words = contentWords(window)
    const keys = words.length <= wordsMax + 2 ? valueStems(words) : []
    found.push(stems.get(keys.join(' ')))
    // "out of memory" is `OutOfMemoryError`, its little words included.
    const all = window.flatMap((token) => token.words)
    if (all.length > words.length) found.push(stems.get(valueStems(all).join(' ')))
    if (keys.length > 1 && keys.length <= 4) found.push(stems.get(sortedKey(keys)))
  }
  return found.filter((links) => links !== undefined)
}

/** What a window of tokens may be a value of, surest first, weighed by how it is written and where it stands. */
export function lookUpValue(
  index: SourceIndex,
  tokens: readonly Token[],
  start: number,
  length: number,
  candidates: ValueCandidates,
): readonly ValueLink[] {
  const found = new Map<Field, ValueLink>()
  for (const link of candidates.flatMap(({ best }) => best)) {
    if (!found.has(link.field)) found.set(link.field, weigh(index, link, tokens, start, length))
  }
  return [...found.values()].sort(bySurety).slice(0, LINKS_KEPT_MAX)
}

/** The value of one field that a window of tokens names, null when it names none. */
export function lookUpValueOf(
  index: SourceIndex,
  tokens: readonly Token[],
  start: number,
  length: number,
  candidates: ValueCandidates,
  field: Field,
): ValueLink | null {
  for (const { byField } of candidates) {
    const link = byField.get(field)
    if (link !== undefined) return weigh(index, link, tokens, start, length)
  }
  return null
}

/** "in", "us", "get" and an opening "search" are words first: they are values only in the catalogue's own spelling. */
function weigh(
  index: SourceIndex,
  link: ValueLink,
  tokens: readonly Token[],
  start: number,
  length: number,
): ValueLink {
  const token = tokens[start] as Token
  if (length !== 1 || token.kind !== 'word') return link
  if (namesOtherField(index, link, token)) return { ...link, strength: link.strength * 0.5 }
  if (token.text === link.spelling) return link
  const isOpening =
    QUERY_VERBS.has(token.lower) && tokens.slice(0, start).every(({ lower }) => FILLERS.has(lower))
  if (isVerbFormOf(token.lower, link))
    return { ...link, strength: Math.min(link.strength, VERB_FORM_STRENGTH) }
  const isCommon = isCode(link.spelling) || FILLERS.has(token.lower) || isOpening
  return isCommon ? { ...link, strength: link.strength * 0.35 } : link
}

/** "orders" and "sessions" are what ids are called before they are tables: as values they need "table" beside them. */
function namesOtherField(index: SourceIndex, link: ValueLink, token: Token): boolean {
  const named = index.names.get(toStems(token.words))?.[0]
  return (
    named !== undefined &&
    named.strength > 0.9 &&
    named.field !== link.field &&
    link.operator === '==' &&
    link.strength > 0.85
  )
}

const INNER_WORDS = wordSet(
  'their his her its my a an were was is are been being be got get that which have has had the',
  'of who',
)

/** "orders that were placed" are words of `order_placed`; at the edges of a window little words stay. */
function contentWords(window: readonly Token[]): string[] {
  return window.flatMap((token, index) =>
    index > 0 && index < window.length - 1 && INNER_WORDS.has(token.lower) ? [] : token.words,
  )
}

const VERB_FORM_STRENGTH = 0.62

/** "ordered" says rather what happened than the table `orders`. */
function isVerbFormOf(word: string, link: ValueLink): boolean {
  const ending = /(?:ed|ing)$/.exec(word)?.[0]
  return ending !== undefined && !link.spelling.toLowerCase().endsWith(ending)
}

const RECORDING_WORDS =
  /^(errors?|warnings?|criticals?|lines?|entries|logs?|messages?|was|were|is|are|got|events?|what)$/

/** "errors logged in staging" is no login. */
function isSentenceVerb(tokens: readonly Token[], start: number, window: readonly Token[]): boolean {
  const [first, second] = window
  const isApart =
    first !== undefined &&
    second !== undefined &&
    /^log(ged|ging)?$/.test(first.lower) &&
    /^(in|on|out|off)$/.test(second.lower)
  return isApart && (first.lower === 'log' || RECORDING_WORDS.test(tokens[start - 1]?.lower ?? ''))
}
