import { readKeypathText } from '../../../catalogue/keypath-text'
import { FILLERS, QUERY_VERBS } from '../lexicon/words'
import { areFree, type Question } from '../question'
import { splitWords } from '../split-words'
import type { Token } from '../tokenise'
import { wordSet } from '../word-set'
import type { FieldLink, SourceIndex } from './catalogue-index'
import type { Field } from './field'
import { baseWordsOf, toStems } from './field-phrases'
import { isCode, sortedKey, type ValueLink } from './value-index'
import { valueStems } from './value-words'

/** Tokens that name a field. */
export interface FieldMention {
  readonly start: number
  readonly end: number
  readonly field: Field
  readonly strength: number
  readonly isPlural: boolean
  /** Written as a keypath or in backticks: certainly meant as a field. */
  readonly isMarked: boolean
}

/** Tokens that name a value of a field. */
export interface ValueMention extends ValueLink {
  readonly start: number
  readonly end: number
}

/** Links of token windows, kept while a question is read: the same windows are looked at by many mechanisms. */
export interface LinkCache {
  readonly fields: Map<number, readonly FieldLink[]>
  readonly values: Map<number, readonly ValueLink[]>
}

export function emptyLinkCache(): LinkCache {
  return { fields: new Map(), values: new Map() }
}

export interface Linkable {
  readonly question: Question
  readonly index: SourceIndex
  readonly links: LinkCache
}

/** Below this a lone phrase is too weak to decide anything. */
const FIELD_STRENGTH_MIN = 0.6

/** The longest free phrase at `start` that names an acceptable field, and the surest field it names. */
export function readField(
  reading: Linkable,
  start: number,
  accept: (field: Field) => boolean = () => true,
): FieldMention | null {
  const { question, index } = reading
  for (let length = index.nameWordsMax; length > 0; length -= 1) {
    if (!areFree(question, start, start + length)) continue
    const link = fieldLinks(reading, start, length).find(
      ({ field, strength }) => strength >= FIELD_STRENGTH_MIN && accept(field),
    )
    if (link !== undefined) return mention(question, start, length, link)
  }
  return null
}

/** Every field the longest linked phrase at `start` may name, surest first, however weak. */
export function readFieldLinks(reading: Linkable, start: number): readonly FieldLink[] {
  for (let length = reading.index.nameWordsMax; length > 0; length -= 1) {
    const links = areFree(reading.question, start, start + length) ? fieldLinks(reading, start, length) : []
    if (links.length > 0) return links
  }
  return []
}

function mention(question: Question, start: number, length: number, link: FieldLink): FieldMention {
  const last = question.tokens[start + length - 1] as Token
  return {
    start,
    end: start + length,
    field: link.field,
    strength: link.strength,
    isPlural: last.kind === 'word' && isPluralWord(last.lower),
    isMarked: length === 1 && (last.kind === 'backticked' || /[._$]/.test(last.text)),
  }
}

/** "hosts" but not "status", "address", "redis". */
export function isPluralWord(word: string): boolean {
  return word === 'people' || /[^suai]s$|[^s]es$/.test(word)
}

function fieldLinks(reading: Linkable, start: number, length: number): readonly FieldLink[] {
  const key = start * 16 + length
  const known = reading.links.fields.get(key)
  if (known !== undefined) return known
  const links = lookUpField(reading.index, reading.question.tokens.slice(start, start + length))
  reading.links.fields.set(key, links)
  return links
}

const NAMING_KINDS = wordSet('word identifier version')

function lookUpField(index: SourceIndex, tokens: readonly Token[]): readonly FieldLink[] {
  const [first] = tokens
  if (
    tokens.length === 1 &&
    first !== undefined &&
    (first.kind === 'backticked' || first.kind === 'identifier')
  ) {
    const field = index.keypaths.get(first.lower)
    if (field !== undefined && (first.kind === 'backticked' || /[._$]/.test(first.text)))
      return [{ field, strength: 1 }]
    const links = index.names.get(toStems(splitWords(first.text)))
    return links ?? unlistedField(index, first)
  }
  if (tokens.some((token) => !NAMING_KINDS.has(token.kind))) return []
  return index.names.get(toStems(tokens.flatMap((token) => token.words))) ?? []
}

/** A keypath written out with its namespace is taken as it stands, and so is a name in backticks that is no known value. */
function unlistedField(index: SourceIndex, token: Token): readonly FieldLink[] {
  const isKeypath = /^\$[dml]\./.test(token.text)
  const isName =
    token.kind === 'backticked' &&
    /^[A-Za-z_][\w.]*$/.test(token.text) &&
    !index.values.exact.has(token.lower)
  const keypath = isKeypath || isName ? readKeypathText(token.text) : null
  if (keypath === null) return []
  const names = keypath.segments.flatMap((segment) => (segment.kind === 'NameSegment' ? [segment.name] : []))
  const field: Field = {
    position: index.fields.length,
    keypath,
    text: token.text,
    type: 'unknown',
    unit: null,
    unitName: null,
    nameWords: splitWords(names.at(-1) as string),
    baseWords: baseWordsOf(names),
    description: '',
    concepts: new Map(),
    isFreeText: false,
    samples: [],
    side: null,
  }
  return [{ field, strength: 1 }]
}

/** Values a lone phrase may stand for without its field being named. */
export const VALUE_STRENGTH_MIN = 0.55

/**
 * The surest value the free tokens at `start` name; of two windows the longer one wins. `accept` may narrow
 * the fields; with a low `strengthMin` also links that only hold beside their field's name are found.
 */
export function readValue(
  reading: Linkable,
  start: number,
  accept: (link: ValueLink) => boolean = () => true,
  strengthMin: number = VALUE_STRENGTH_MIN,
): ValueMention | null {
  const { question, index } = reading
  for (let length = index.values.wordsMax; length > 0; length -= 1) {
    if (!areFree(question, start, start + length)) continue
    const links = valueLinks(reading, start, length)
    const best = links.find((link) => link.strength >= strengthMin && accept(link))
    if (best !== undefined) return { ...best, start, end: start + length }
  }
  return null
}

/** All the fields the surest window at `start` may be a value of. */
export function readValueLinks(reading: Linkable, start: number, end: number): readonly ValueLink[] {
  return areFree(reading.question, start, end) ? valueLinks(reading, start, end - start) : []
}

function valueLinks(reading: Linkable, start: number, length: number): readonly ValueLink[] {
  const key = start * 16 + length
  const known = reading.links.values.get(key)
  if (known !== undefined) return known
  const links = lookUpValue(reading.index, reading.question.tokens, start, length)
  reading.links.values.set(key, links)
  return links
}

function lookUpValue(
  index: SourceIndex,
  tokens: readonly Token[],
  start: number,
  length: number,
): readonly ValueLink[] {
  const window = tokens.slice(start, start + length)
  const isMarked = window.some(({ kind }) => kind === 'quoted' || kind === 'backticked')
  if (window.some(({ kind }) => kind === 'symbol') || (isMarked && length > 1)) return []
  const found: ValueLink[] = []
  const written = window.map(({ lower }) => lower).join(' ')
  for (const link of index.values.exact.get(written) ?? [])
    found.push(weigh(index, link, tokens, start, length))
  if (!isMarked && !isSentenceVerb(tokens, start, window)) {
    const words = contentWords(window)
    const stems = words.length <= index.values.wordsMax + 2 ? valueStems(words) : []
    const isOrdered = index.values.stems.get(stems.join(' ')) ?? []
    const isSorted =
      stems.length > 1 && stems.length <= 4 ? (index.values.stems.get(sortedKey(stems)) ?? []) : []
    for (const link of [...isOrdered, ...isSorted]) {
      if (!found.some(({ field }) => field === link.field))
        found.push(weigh(index, link, tokens, start, length))
    }
  }
  return found.sort(
    (a, b) =>
      b.strength - a.strength ||
      fieldRank(b.field) - fieldRank(a.field) ||
      a.field.position - b.field.position,
  )
}

/** Equal links go to the service first, then to the engine's labels, then in the catalogue's order. */
function fieldRank(field: Field): number {
  const isLabel = field.keypath.namespace === '$l' ? 0.5 : 0
  return (field.concepts.get('service') ?? 0) * 2 + isLabel
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

/** A value by its field's leading words, for a phrase that stands beside the field's name: "the static path". */
export function readLeadingValue(reading: Linkable, start: number, field: Field): ValueMention | null {
  const token = reading.question.tokens[start]
  if (token === undefined || !areFree(reading.question, start, start + 1) || token.words.length !== 1)
    return null
  const links =
    reading.index.values.leading.get(valueStems(token.words)[0] as string) ??
    reading.index.values.leading.get(toStems(token.words))
  const link = links?.find((candidate) => candidate.field === field)
  return link === undefined ? null : { ...link, start, end: start + 1 }
}
