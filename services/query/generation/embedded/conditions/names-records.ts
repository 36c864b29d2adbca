import type { Reading } from '../draft'
import { RECORD_NOUNS } from '../lexicon/words'
import { isOfConcept } from '../link/field'
import { type FieldMention, readValue } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'

/** "requests containing …", "tenants without orders": records and events are meant, not the ids that have their names. */
export function namesRecords(reading: Reading, { field, start, end }: FieldMention): boolean {
  if (!field.nameWords.includes('id') || end > start + 1) return false
  const value = readValue(reading, start)
  return (
    RECORD_NOUNS.has(lower(reading.question.tokens, start)) ||
    (value !== null && isOfConcept(value.field, 'event'))
  )
}
