import type { CatalogueField } from '../../../catalogue/field-catalogue'
import { readKeypathText } from '../../../catalogue/keypath-text'
import { CONCEPTS, type Concept } from '../lexicon/concepts'
import { splitWords } from '../split-words'
import { findUnit, type Unit } from '../units'
import { wordSet } from '../word-set'
import { type Field, type FieldType, keypathNames } from './field'
import {
  allPhrases,
  anchoredConcepts,
  baseWordsOf,
  descriptionPhrases,
  type FieldPhrase,
  namePhrases,
  timedPhrases,
} from './field-phrases'

export interface PreparedField {
  readonly field: Field
  readonly phrases: readonly FieldPhrase[]
}

/** Samples beyond these are not linked: the index of a large catalogue must stay small. */
const SAMPLES_MAX = 200

/** A catalogue's field with everything that names it; null when its keypath cannot be read. */
export function prepareField(entry: CatalogueField, position: number): PreparedField | null {
  const keypath = readKeypathText(entry.keypath)
  if (keypath === null) return null
  const names = keypathNames(keypath)
  const nameWords = splitWords(names.at(-1) as string)
  const unit = unitOf(entry, nameWords)
  const samples = (entry.sample_values ?? []).slice(0, SAMPLES_MAX).map(String)
  const type = typeOf(entry)
  const timed = unit?.dimension === 'time' ? timedPhrases(baseWordsOf(names)) : []
  const own = [...namePhrases(names), ...descriptionPhrases(entry.description), ...timed]
  const concepts = withUnitConcept(anchoredConcepts(own), type, unit)
  const field: Field = {
    position,
    keypath,
    text: entry.keypath,
    type,
    unit,
    unitName: entry.unit?.toLowerCase() ?? null,
    nameWords,
    baseWords: withoutUnit(baseWordsOf(names), entry.unit),
    description: entry.description,
    concepts: new Map([...concepts].map(([concept, strength]) => [concept.name, strength])),
    isFreeText: type === 'string' && isProse(concepts, samples),
    samples,
    side: sideOf(nameWords, entry.description),
  }
  return { field, phrases: allPhrases(own, concepts) }
}

function typeOf(entry: CatalogueField): FieldType {
  const name = entry.type.toLowerCase()
  if (/^(num|int|float|double|long|decimal|integer)/.test(name)) return 'number'
  if (name.startsWith('bool')) return 'boolean'
  return /^(time|date)/.test(name) ? 'timestamp' : 'string'
}

/** The declared unit, else one the name ends with: `took_ms`, `size_bytes`. */
function unitOf(entry: CatalogueField, nameWords: readonly string[]): Unit | null {
  if (typeOf(entry) !== 'number') return null
  if (entry.unit !== undefined) return findUnit(entry.unit) ?? null
  const last = nameWords.at(-1) ?? ''
  const named = nameWords.length > 1 && last.length > 1 ? findUnit(last) : undefined
  return named ?? null
}

/** `speed_kmh` in km/h is speed. */
function withoutUnit(words: readonly string[], unit: string | undefined): readonly string[] {
  const letters = (unit ?? '').toLowerCase().replaceAll(/[^a-z]/g, '')
  const last = words.at(-1) ?? ''
  return words.length > 1 && letters !== '' && letters.startsWith(last) ? words.slice(0, -1) : words
}

const AWAY_WORDS = wordSet(
  'peer target destination dest dst called callee upstream downstream receiver recipient payee',
  'beneficiary',
)
const NEAR_WORDS = wordSet('source src origin sender payer caller client originator')

/** The peer, the destination, the payee; or the caller, the sender, the source. */
function sideOf(nameWords: readonly string[], description: string): Field['side'] {
  const words = [...nameWords, ...splitWords(description).slice(0, 6)]
  if (words.some((word) => AWAY_WORDS.has(word))) return 'away'
  return words.some((word) => NEAR_WORDS.has(word)) ? 'near' : null
}

const UNIT_CONCEPTS: Readonly<Record<string, readonly [string, number]>> = {
  time: ['duration', 0.76],
  bytes: ['size', 0.55],
  currency: ['amount', 0.8],
}

/** A number in milliseconds is a duration whatever it is called. */
function withUnitConcept(
  concepts: Map<Concept, number>,
  type: FieldType,
  unit: Unit | null,
): Map<Concept, number> {
  const implied = type === 'number' && unit !== null ? UNIT_CONCEPTS[unit.dimension] : undefined
  if (implied === undefined) return concepts
  const concept = CONCEPTS.find(({ name }) => name === implied[0]) as Concept
  return new Map(concepts).set(concept, Math.max(implied[1], concepts.get(concept) ?? 0))
}

/** A log message: called so, or holding sentences. */
function isProse(concepts: ReadonlyMap<Concept, number>, samples: readonly string[]): boolean {
  if ([...concepts].some(([concept, strength]) => concept.name === 'message' && strength > 0.7)) return true
  const sentences = samples.filter((sample) => /^\w+(?: [\w%.,'-]+){3,}$/.test(sample))
  return samples.length > 0 && sentences.length * 2 > samples.length
}
