import type { Field } from './field'
import { isOfConcept } from './field'

/** Names that people use and the locale data does not. */
const NICKNAMES: readonly (readonly [string, string])[] = [
  ['usa', 'US'],
  ['america', 'US'],
  ['the states', 'US'],
  ['uk', 'GB'],
  ['britain', 'GB'],
  ['great britain', 'GB'],
  ['england', 'GB'],
  ['holland', 'NL'],
  ['turkey', 'TR'],
  ['czech republic', 'CZ'],
]

let codes: ReadonlyMap<string, string> | undefined

/** English country names, lower case, to their ISO 3166 codes; made once, from the platform's own locale data. */
export function countryCodes(): ReadonlyMap<string, string> {
  codes ??= readCountryCodes()
  return codes
}

function readCountryCodes(): Map<string, string> {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
  const found = new Map<string, string>()
  for (let first = 65; first <= 90; first += 1) {
    for (let second = 65; second <= 90; second += 1) {
      const code = String.fromCharCode(first, second)
      // Codes of former countries stand for their successors.
      if (Intl.getCanonicalLocales(`und-${code}`)[0] !== `und-${code}`) continue
      const name = names.of(code)
      if (name !== undefined && !found.has(name.toLowerCase())) found.set(name.toLowerCase(), code)
    }
  }
  for (const [name, code] of NICKNAMES) found.set(name, code)
  return found
}

/** True for a country field whose samples are two-letter codes. */
export function holdsCountryCodes(field: Field): boolean {
  return (
    isOfConcept(field, 'country') &&
    field.samples.length > 0 &&
    field.samples.every((sample) => /^[A-Z]{2}$/.test(sample))
  )
}
