import { ORDINARY_OUTCOMES } from '../lexicon/concepts'
import { RECORD_NOUNS } from '../lexicon/words'
import { splitWords } from '../split-words'
import { stem } from '../stem'
import { countryCodes, holdsCountryCodes } from './country-names'
import { type Field, isOfConcept } from './field'
import { valueStems } from './value-words'

export type ValueOperator = '==' | 'contains' | 'startsWith'

/** A phrase read as a value of a field. */
export interface ValueLink {
  readonly field: Field
  readonly operator: ValueOperator
  readonly value: string
  /** How surely the phrase means this value, 0 to 1. */
  readonly strength: number
  /** The catalogue holds the value in this spelling, upper and lower case included. */
  readonly spelling: string
}

/** What one key may be a value of. */
export interface KeyLinks {
  /** The surest links, surest first; of a value that hundreds of fields hold only the first few matter. */
  readonly best: readonly ValueLink[]
  readonly byField: ReadonlyMap<Field, ValueLink>
}

export interface ValueIndex {
  /** By the value as written, lower case. */
  readonly exact: ReadonlyMap<string, KeyLinks>
  /** By its words' stems, in order and sorted, and by what is left of them without an ordinary outcome. */
  readonly stems: ReadonlyMap<string, KeyLinks>
  /** By single leading words, for a phrase that also names the field: "the static path". */
  readonly leading: ReadonlyMap<string, KeyLinks>
  /** The longest key, in words, so that no window is made in vain. */
  readonly wordsMax: number
}

/** Values linked in all; a catalogue of hundreds of fields must not fill the memory. */
const VALUES_MAX = 50_000
const KEY_WORDS_MAX = 6

export function indexValues(fields: readonly Field[]): ValueIndex {
  const exact = new LinkTable()
  const stems = new LinkTable()
  const leading = new LinkTable()
  let left = VALUES_MAX
  for (const field of fields) {
    if (field.type !== 'string' || isOfConcept(field, 'severity')) continue
    for (const sample of field.samples) {
      if (left === 0) break
      left -= 1
      if (field.isFreeText) indexSentence(field, sample, stems)
      else indexValue(field, sample, { exact, stems, leading })
    }
    for (const { phrase, value } of definedValues(field))
      stems.add(phrase, link(field, '==', value, 0.8, phrase))
    if (holdsCountryCodes(field))
      for (const [name, code] of countryCodes())
        exact.add(name, link(field, '==', code, 0.93, name.length <= 2 ? name.toUpperCase() : name))
  }
  return {
    exact: exact.ranked(),
    stems: stems.ranked(),
    leading: leading.ranked(),
    wordsMax: KEY_WORDS_MAX,
  }
}

const DEFINITION = /'([^']*)'\s+(?:for|means|when|is|=)\s+([a-z][a-z -]*)/gi

/** Values a description explains: "'' for root spans" makes "root" the empty parent. */
export function definedValues(field: Field): { phrase: string; value: string }[] {
  return [...field.description.matchAll(DEFINITION)].map((match) => {
    const words = splitWords(match[2] as string).filter((word) => !RECORD_NOUNS.has(word))
    return { phrase: valueStems(words.slice(0, 3)).join(' '), value: match[1] as string }
  })
}

class LinkTable {
  private readonly links = new Map<string, Map<Field, ValueLink>>()

  /** Keeps the surest link of a key to each field; of equally sure ones the first, as the catalogue orders them. */
  add(key: string, candidate: ValueLink): void {
    if (key === '') return
    const known = this.links.get(key)
    if (known === undefined) {
      this.links.set(key, new Map([[candidate.field, candidate]]))
      return
    }
    const rival = known.get(candidate.field)
    if (rival === undefined || rival.strength < candidate.strength) known.set(candidate.field, candidate)
  }

  ranked(): ReadonlyMap<string, KeyLinks> {
    return new Map(
      [...this.links].map(([key, byField]) => [
        key,
        { best: [...byField.values()].sort(bySurety).slice(0, LINKS_KEPT_MAX), byField },
      ]),
    )
  }
}

/** Fields that one phrase is weighed for; a value beside its field's name is found in any field. */
export const LINKS_KEPT_MAX = 16

/** Surest first; equal links go to the service first, then to the engine's labels, then in the catalogue's order. */
export function bySurety(a: ValueLink, b: ValueLink): number {
  return (
    b.strength - a.strength || fieldRank(b.field) - fieldRank(a.field) || a.field.position - b.field.position
  )
}

function fieldRank(field: Field): number {
  const isLabel = field.keypath.namespace === '$l' ? 0.5 : 0
  return (field.concepts.get('service') ?? 0) * 2 + isLabel
}

function link(
  field: Field,
  operator: ValueOperator,
  value: string,
  strength: number,
  spelling: string,
): ValueLink {
  return { field, operator, value, strength, spelling }
}

/** One or two capitals: a country, a grade. Words that look like one are rarely meant. */
export function isCode(value: string): boolean {
  return /^[A-Z]{1,2}$/.test(value)
}

interface Tables {
  readonly exact: LinkTable
  readonly stems: LinkTable
  readonly leading: LinkTable
}

function indexValue(field: Field, sample: string, tables: Tables): void {
  const words = splitWords(sample)
  tables.exact.add(sample.toLowerCase(), link(field, '==', sample, 1, sample))
  if (words.length === 0 || words.length > KEY_WORDS_MAX || words.every(isNumberLike)) return
  // "using" is no form of US.
  if (isCode(sample)) return
  const keys = valueStems(words)
  tables.stems.add(keys.join(' '), link(field, '==', sample, wordsStrength(sample, keys.length), sample))
  if (keys.length > 1 && keys.length <= 4) {
    tables.stems.add(sortedKey(keys), link(field, '==', sample, 0.84, sample))
    indexOrdinary(field, sample, keys, tables.stems)
  }
  indexNamedPart(field, sample, tables)
}

/** A path said without its slashes is less sure than a value said in its words: "logins" is rather an event. */
function wordsStrength(sample: string, words: number): number {
  if (!sample.startsWith('/')) return 0.9
  return words > 1 ? 0.75 : 0.6
}

/** The key under which the words of a value are found in any order. */
export function sortedKey(stems: readonly string[]): string {
  return `~${[...stems].sort().join(' ')}`
}

const ORDINARY = ORDINARY_OUTCOMES.map((word) => valueStems([word])[0] as string)

/** "logins" for `login_success`, "deadlocks" for `DeadlockDetected`: the surer, the more ordinary the outcome. */
function indexOrdinary(field: Field, sample: string, keys: readonly string[], stems: LinkTable): void {
  if (!/^[A-Za-z][A-Za-z]*(?:[._-]?[A-Za-z]+)+$/.test(sample)) return
  const rank = ORDINARY.indexOf(keys.at(-1) as string)
  if (rank < 0) return
  stems.add(keys.slice(0, -1).join(' '), link(field, '==', sample, 0.66 - rank * 0.002, sample))
}

function isNumberLike(word: string): boolean {
  return /\d/.test(word)
}

/**
 * "Googlebot" for `Googlebot/2.1`, "worker" for `worker-04`: the named part of a value whose rest only counts.
 * And for any value its first word, which needs the field's name beside it.
 */
function indexNamedPart(field: Field, sample: string, tables: Tables): void {
  for (const segment of sample.split(' ')) {
    const match = /^([A-Za-z][A-Za-z-]*[A-Za-z])([/_-]?)v?(?=\d)[\w.-]+$/.exec(segment)
    if (match === null) continue
    const name = match[1] as string
    const isVersioned = match[2] === '/' || segment !== sample
    const operator = isVersioned ? 'contains' : 'startsWith'
    if (name.length > 2)
      tables.exact.add(name.toLowerCase(), link(field, operator, name, isVersioned ? 0.8 : 0.55, name))
  }
  const first = /^\/?[A-Za-z0-9]+/.exec(sample)?.[0]
  if (first === undefined || first.length < 2) return
  tables.leading.add(stem(first.replace('/', '')), link(field, 'startsWith', first, 0.6, first))
}

/** Runs of two words or more of a sample message: a question that says them means messages that contain them. */
function indexSentence(field: Field, sample: string, stems: LinkTable): void {
  const words = [...sample.matchAll(/[\w'-]+/g)].slice(0, 10)
  for (let start = 0; start < words.length; start += 1) {
    for (let end = start + 2; end <= Math.min(words.length, start + KEY_WORDS_MAX); end += 1) {
      const last = words[end - 1] as RegExpExecArray
      const text = sample.slice((words[start] as RegExpExecArray).index, last.index + last[0].length)
      const isDull = words.slice(start, end).filter(([word]) => DULL.has(word.toLowerCase())).length > 0
      const isEdgeDull = DULL.has((words[start] as RegExpExecArray)[0]) || DULL.has(last[0])
      if (isEdgeDull) continue
      stems.add(
        valueStems(splitWords(text)).join(' '),
        link(field, 'contains', text, isDull ? 0.68 : 0.7, text),
      )
    }
  }
}

const DULL = new Set(
  'a an the of for in on at to by from with is are was were be and or key after before'.split(' '),
)
