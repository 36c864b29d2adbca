/**
 * Porter's stemming algorithm (M. F. Porter, "An algorithm for suffix stripping", 1980), so that "queries",
 * "query" and "querying" meet. Words with digits or other marks are left alone.
 */
export function stem(word: string): string {
  const lower = word.toLowerCase()
  if (lower.length < 3 || !isLetters(lower)) return lower
  const known = OWN_STEMS.get(lower) ?? cache.get(lower)
  if (known !== undefined) return known
  const result = porter(lower)
  if (cache.size >= CACHE_ENTRIES_MAX) cache.clear()
  cache.set(lower, result)
  return result
}

/** What the algorithm would make the same as another word: to except something is not to throw an exception. */
const OWN_STEMS: ReadonlyMap<string, string> = new Map([
  ['exception', 'exception'],
  ['exceptions', 'exception'],
])

const CACHE_ENTRIES_MAX = 20_000
const cache = new Map<string, string>()

function porter(word: string): string {
  return [plural, pastAndProgressive, finalY, doubleSuffix, simpleSuffix, rareSuffix, finalE].reduce(
    (text, step) => step(text),
    word,
  )
}

function isLetters(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code < 97 || code > 122) return false
  }
  return true
}

function isConsonant(word: string, index: number): boolean {
  const letter = word[index] as string
  if ('aeiou'.includes(letter)) return false
  return letter !== 'y' || index === 0 || !isConsonant(word, index - 1)
}

/** Porter's m: how many vowel-consonant sequences the word holds. */
function measure(word: string): number {
  let count = 0
  for (let index = 1; index < word.length; index += 1) {
    if (isConsonant(word, index) && !isConsonant(word, index - 1)) count += 1
  }
  return count
}

function hasVowel(word: string): boolean {
  for (let index = 0; index < word.length; index += 1) if (!isConsonant(word, index)) return true
  return false
}

function endsDouble(word: string): boolean {
  const last = word.length - 1
  return last > 0 && word[last] === word[last - 1] && isConsonant(word, last)
}

function endsConsonantVowelConsonant(word: string): boolean {
  const last = word.length - 1
  return (
    last > 1 &&
    isConsonant(word, last) &&
    !isConsonant(word, last - 1) &&
    isConsonant(word, last - 2) &&
    !'wxy'.includes(word[last] as string)
  )
}

function plural(word: string): string {
  if (word.endsWith('sses') || word.endsWith('ies')) return word.slice(0, -2)
  if (word.endsWith('ss')) return word
  return word.endsWith('s') ? word.slice(0, -1) : word
}

function pastAndProgressive(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word
  const base = word.endsWith('ed') ? word.slice(0, -2) : word.endsWith('ing') ? word.slice(0, -3) : word
  if (base === word || !hasVowel(base)) return word
  if (base.endsWith('at') || base.endsWith('bl') || base.endsWith('iz')) return `${base}e`
  if (endsDouble(base) && !'lsz'.includes(base.at(-1) as string)) return base.slice(0, -1)
  return measure(base) === 1 && endsConsonantVowelConsonant(base) ? `${base}e` : base
}

function finalY(word: string): string {
  return word.endsWith('y') && hasVowel(word.slice(0, -1)) ? `${word.slice(0, -1)}i` : word
}

const DOUBLE_SUFFIXES: readonly (readonly [string, string])[] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['abli', 'able'],
  ['alli', 'al'],
  ['entli', 'ent'],
  ['eli', 'e'],
  ['ousli', 'ous'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
]

const SIMPLE_SUFFIXES: readonly (readonly [string, string])[] = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
]

const RARE_SUFFIXES = [
  'ement',
  'ance',
  'ence',
  'able',
  'ible',
  'ment',
  'ant',
  'ent',
  'ion',
  'ism',
  'ate',
  'iti',
  'ous',
  'ive',
  'ize',
  'al',
  'er',
  'ic',
  'ou',
] as const

function replaceSuffix(word: string, table: readonly (readonly [string, string])[]): string {
  const found = table.find(([suffix]) => word.endsWith(suffix))
  if (found === undefined) return word
  const base = word.slice(0, -found[0].length)
  return measure(base) > 0 ? base + found[1] : word
}

function doubleSuffix(word: string): string {
  return replaceSuffix(word, DOUBLE_SUFFIXES)
}

function simpleSuffix(word: string): string {
  return replaceSuffix(word, SIMPLE_SUFFIXES)
}

function rareSuffix(word: string): string {
  const suffix = RARE_SUFFIXES.find((candidate) => word.endsWith(candidate))
  if (suffix === undefined) return word
  const base = word.slice(0, -suffix.length)
  if (measure(base) < 2 || (suffix === 'ion' && !base.endsWith('s') && !base.endsWith('t'))) return word
  return base
}

function finalE(word: string): string {
  const base = word.slice(0, -1)
  if (word.endsWith('e')) {
    const count = measure(base)
    if (count > 1 || (count === 1 && !endsConsonantVowelConsonant(base))) return base
  }
  return word.endsWith('ll') && measure(word) > 1 ? base : word
}
