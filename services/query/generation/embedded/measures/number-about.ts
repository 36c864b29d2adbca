import type { Reading } from '../draft'
import { RECORD_NOUNS } from '../lexicon/words'
import { type Field, isNumeric } from '../link/field'
import { splitWords } from '../split-words'
import { stem } from '../stem'

/** A number in the catalogue described as belonging to a noun: amount, "order or payment amount". */
export function numberAbout(reading: Reading, noun: string): Field | null {
  const base = stem(noun)
  const isAbout = (field: Field) =>
    isNumeric(field) &&
    field.unit !== null &&
    splitWords(field.description).slice(0, 5).map(stem).includes(base)
  return RECORD_NOUNS.has(noun) ? null : (reading.index.fields.find(isAbout) ?? null)
}
