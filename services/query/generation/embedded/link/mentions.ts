import { areFree, type Question } from '../question'
import type { Token } from '../tokenise'
import type { FieldLink, SourceIndex } from './catalogue-index'
import type { Field } from './field'
import { toStems } from './field-phrases'
import { lookUpField } from './look-up-field'
import { lookUpCandidates, lookUpValue, lookUpValueOf, type ValueCandidates } from './look-up-value'
import type { ValueLink } from './value-index'
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
  readonly values: Map<number, WindowLinks>
}

interface WindowLinks {
  readonly candidates: ValueCandidates
  readonly links: readonly ValueLink[]
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
    const { links } = windowLinks(reading, start, length)
    const best = links.find((link) => link.strength >= strengthMin && accept(link))
    if (best !== undefined) return { ...best, start, end: start + length }
  }
  return null
}

/** The longest free window at `start` that names a value of this one field, as surely as `strengthMin` asks. */
export function readValueOf(
  reading: Linkable,
  start: number,
  field: Field,
  strengthMin: number = VALUE_STRENGTH_MIN,
): ValueMention | null {
  for (let length = reading.index.values.wordsMax; length > 0; length -= 1) {
    const link = readExactValueOf(reading, start, start + length, field)
    if (link !== null && link.strength >= strengthMin) return { ...link, start, end: start + length }
  }
  return null
}

/** What exactly these tokens mean as a value of one field, null when they are taken or mean none. */
export function readExactValueOf(
  reading: Linkable,
  start: number,
  end: number,
  field: Field,
): ValueLink | null {
  const { question, index } = reading
  if (!areFree(question, start, end)) return null
  const { candidates } = windowLinks(reading, start, end - start)
  return lookUpValueOf(index, question.tokens, start, end - start, candidates, field)
}

/** The values the window may be, of the surest few fields, surest first. */
export function readValueLinks(reading: Linkable, start: number, end: number): readonly ValueLink[] {
  return areFree(reading.question, start, end) ? windowLinks(reading, start, end - start).links : []
}

function windowLinks(reading: Linkable, start: number, length: number): WindowLinks {
  const key = start * 16 + length
  const known = reading.links.values.get(key)
  if (known !== undefined) return known
  const { tokens } = reading.question
  const candidates = lookUpCandidates(reading.index, tokens, start, length)
  const links = lookUpValue(reading.index, tokens, start, length, candidates)
  const found = { candidates, links }
  reading.links.values.set(key, found)
  return found
}

/** A value by its field's leading words, for a phrase that stands beside the field's name: "the static path". */
export function readLeadingValue(reading: Linkable, start: number, field: Field): ValueMention | null {
  const token = reading.question.tokens[start]
  if (token === undefined || !areFree(reading.question, start, start + 1) || token.words.length !== 1)
    return null
  const links =
    reading.index.values.leading.get(valueStems(token.words)[0] as string) ??
    reading.index.values.leading.get(toStems(token.words))
  const link = links?.byField.get(field)
  return link === undefined ? null : { ...link, start, end: start + 1 }
}
