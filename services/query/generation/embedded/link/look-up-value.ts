import { FILLERS, QUERY_VERBS } from '../lexicon/words'
import type { Token } from '../tokenise'
import { wordSet } from '../word-set'
import type { SourceIndex } from './catalogue-index'
import type { Field } from './field'
import { toStems } from './field-phrases'
import { isCode, sortedKey, type ValueLink } from './value-index'
import { valueStems } from './value-words'

/** What a window of tokens may be a value of, surest first, weighed by how it is written and where it stands. */
export function lookUpValue(
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
