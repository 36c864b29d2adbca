import { CONCEPTS, type Concept, GENERIC_NAME_WORDS } from '../lexicon/concepts'
import { splitWords } from '../split-words'
import { stem } from '../stem'
import { findUnit } from '../units'
import { wordSet } from '../word-set'

/** A phrase that names a field and how surely it does, 0 to 1. Phrases are stems joined by blanks. */
export interface FieldPhrase {
  readonly stems: string
  readonly strength: number
}

interface NamedBy {
  readonly phrase: readonly string[]
  readonly strength: number
}

export function toStems(words: readonly string[]): string {
  return words.map(stem).join(' ')
}

/** The words a field's name offers, from its whole path down to its last word. */
export function namePhrases(names: readonly string[]): NamedBy[] {
  const last = splitWords(names.at(-1) as string)
  const parents = names.slice(0, -1).filter((name) => !CONTAINER_NAMES.has(name.toLowerCase()))
  const above = parents.flatMap(splitWords)
  const base = dropGeneric(last)
  const phrases: NamedBy[] = [{ phrase: last, strength: last.every(isGeneric) && above.length > 0 ? 0 : 1 }]
  if (above.length > 0) phrases.push({ phrase: [...above.slice(-2), ...last], strength: 1 })
  if (above.length > 0)
    phrases.push({ phrase: [...above.slice(-2), ...base], strength: base.length > 0 ? 0.9 : 0 })
  if (base.length > 0) phrases.push({ phrase: base, strength: 0.97 })
  for (const words of [last, base]) {
    for (let drop = 1; drop < words.length; drop += 1) {
      phrases.push({ phrase: words.slice(drop), strength: 0.88 - 0.03 * drop })
    }
  }
  return [...phrases, ...gluedName(last)].filter(
    ({ phrase, strength }) =>
      (strength > 0 && !phrase.every(isGeneric)) || (strength === 1 && phrase === last && above.length === 0),
  )
}

/** Names that only hold other fields and say nothing about them. */
const CONTAINER_NAMES = wordSet('tags attributes attrs fields labels data resource properties props json')

function isGeneric(word: string): boolean {
  return GENERIC_NAME_WORDS.has(word)
}

function dropGeneric(words: readonly string[]): string[] {
  const end = words.findLastIndex((word) => !isGeneric(word))
  return words.slice(0, end + 1)
}

/** `subsystemname` is "subsystem": engine labels glue the kind of thing on without any mark. */
function gluedName(words: readonly string[]): NamedBy[] {
  const [only] = words
  if (words.length !== 1 || only === undefined) return []
  return ['name', 'id', 'code']
    .filter((suffix) => only.endsWith(suffix) && only.length >= suffix.length + 4)
    .map((suffix) => ({ phrase: [only.slice(0, -suffix.length)], strength: 0.95 }))
}

/** The base name used for aliases: the last name without its kind of thing, `pod_name` is pod. */
export function baseWordsOf(names: readonly string[]): string[] {
  const last = splitWords(names.at(-1) as string)
  const base = dropGeneric(last)
  if (base.length > 0) return gluedName(base)[0]?.phrase.slice() ?? base
  const measured = last.filter((word, index) => index === 0 || findUnit(word) === undefined)
  if (measured.length < last.length) return measured
  const above = splitWords(names.at(-2) ?? '')
  return above.length > 0 && names.length > 1 ? [...above, ...last] : last
}

const DESCRIPTION_STOPS =
  /[;:()]|\b(?:that|which|of|in|for|from|when|where|who|whose|with|by|is|was|to|true|false|written|e\.g)\b/i

/**
 * What a description calls its field: the noun phrase it opens with ("caller IP address", "customer / tenant"),
 * or, when that only says "id", the noun after "of".
 */
export function descriptionPhrases(description: string): NamedBy[] {
  const lead = leadOf(description)
  const alternatives = lead
    .split(/\s*(?:\/|,|\bor\b|\band\b)\s*/i)
    .map(splitWords)
    .filter((words) => words.length > 0)
  const last = alternatives.at(-1)
  if (last === undefined) return []
  const head = last.length > 1 ? last.slice(-1) : []
  const phrases = alternatives.flatMap((words) => {
    const isLast = words === last
    return [...shortened(words), ...(isLast ? [] : shortened([...words, ...head]))]
  })
  const isListed = /\/|,/.test(lead)
  const joined =
    alternatives.length > 1 && !isListed
      ? phrases.filter(({ phrase }) => phrase.length > 1 || phrase[0] === head[0])
      : phrases
  return joined.filter(({ phrase }) => !phrase.every(isGeneric))
}

function leadOf(description: string): string {
  const stop = description.search(DESCRIPTION_STOPS)
  const lead = (stop < 0 ? description : description.slice(0, stop)).trim()
  const of =
    /^(?:the\s+)?(?:unique\s+)?(?:id|identifier|name|number|code|kind|type)\s+of\s+(?:the\s+|a\s+|an\s+)?(.*)$/i.exec(
      description,
    )
  return of === null ? lead : leadOf(of[1] as string)
}

/** The phrase itself, and without words before the last: "SQL statement duration", "SQL duration", "duration". */
function shortened(words: readonly string[]): NamedBy[] {
  const capped = words.slice(-4)
  const base = dropGeneric(capped)
  const kept = base.length > 0 ? [capped, base] : [capped]
  return kept.flatMap((phrase) => {
    const head = phrase.at(-1) as string
    const before = phrase.slice(0, -1)
    const masks = 2 ** before.length
    return Array.from({ length: masks }, (_, mask) => {
      const chosen = before.filter((_word, index) => (mask & (1 << index)) === 0)
      return { phrase: [...chosen, head], strength: 0.86 - 0.03 * (before.length - chosen.length) }
    })
  })
}

const ANCHORS: ReadonlyMap<string, readonly Concept[]> = groupAnchors()

function groupAnchors(): Map<string, Concept[]> {
  const byPhrase = new Map<string, Concept[]>()
  for (const concept of CONCEPTS) {
    for (const anchor of concept.anchors) {
      const key = toStems(splitWords(anchor))
      byPhrase.set(key, [...(byPhrase.get(key) ?? []), concept])
    }
  }
  return byPhrase
}

/** The concepts the phrases anchor, each with the strength of its surest phrase. */
export function anchoredConcepts(phrases: readonly NamedBy[]): Map<Concept, number> {
  const concepts = new Map<Concept, number>()
  for (const { phrase, strength } of phrases) {
    for (const concept of ANCHORS.get(toStems(phrase)) ?? []) {
      concepts.set(concept, Math.max(strength, concepts.get(concept) ?? 0))
    }
  }
  return concepts
}

const CONCEPT_DISCOUNT = 0.14
const HEAD_DISCOUNT = 0.1

/** Every phrase that names the field: its own, its concepts' words, and its own phrases with a concept's head. */
export function allPhrases(own: readonly NamedBy[], concepts: ReadonlyMap<Concept, number>): FieldPhrase[] {
  const phrases = new Map<string, number>()
  const add = (words: readonly string[], strength: number) => {
    const key = toStems(words)
    phrases.set(key, Math.max(strength, phrases.get(key) ?? 0))
  }
  for (const { phrase, strength } of own) add(phrase, strength)
  for (const [concept, strength] of concepts) {
    for (const word of concept.words) add(splitWords(word), strength - CONCEPT_DISCOUNT)
    for (const head of concept.heads) {
      for (const { phrase, strength: of } of own) {
        if (phrase.length > 1 && concept.heads.includes(phrase.at(-1) as string)) {
          add([...phrase.slice(0, -1), head], of - HEAD_DISCOUNT)
        }
      }
    }
  }
  return [...phrases].map(([stems, strength]) => ({ stems, strength }))
}

/** `query_ms` is the "query time": a number with a unit of time is also called by its base name and a duration's head. */
export function timedPhrases(baseWords: readonly string[]): NamedBy[] {
  const heads = CONCEPTS.find(({ name }) => name === 'duration')?.heads ?? []
  return heads.includes(baseWords.at(-1) ?? '')
    ? []
    : heads.map((head) => ({ phrase: [...baseWords, head], strength: 0.9 }))
}
