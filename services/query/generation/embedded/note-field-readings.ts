import { readNegator } from './conditions/negation'
import { assume, type Reading } from './draft'
import type { Field } from './link/field'
import { readField } from './link/mentions'
import { stem } from './stem'

const NOTES_MAX = 4

/**
 * Notes which field a word was taken for where its name does not say so: “service” is `$l.subsystemname`. Only
 * fields that made it into the plan are spoken of.
 */
export function noteFieldReadings(reading: Reading): void {
  const used = usedFields(reading)
  const free = {
    ...reading,
    question: { ...reading.question, claims: reading.question.tokens.map(() => null) },
  }
  const noted = new Set<Field>()
  for (let at = 0; at < reading.question.tokens.length && noted.size < NOTES_MAX; at += 1) {
    const mention = readField(free, at)
    if (mention === null || readNegator(reading.question.tokens, at) !== null) continue
    const { field } = mention
    const words = reading.question.tokens.slice(at, mention.end)
    const isNamed = words.some((token) =>
      token.words.some((word) => field.nameWords.map(stem).includes(stem(word))),
    )
    if (used.has(field) && !noted.has(field) && !isNamed) {
      noted.add(field)
      assume(reading, `“${words.map(({ text }) => text).join(' ')}” is read as ${field.text}`)
    }
    at = mention.end - 1
  }
}

/** The fields a reading uses anywhere. */
export function usedFields(reading: Reading): Set<Field> {
  const { draft } = reading
  const fields = new Set<Field>(draft.projection)
  if (draft.subject !== null) fields.add(draft.subject.field)
  for (const { key } of draft.groupKeys) if (key.kind === 'field') fields.add(key.field)
  for (const { measure } of draft.measures) if ('field' in measure) fields.add(measure.field)
  for (const { condition } of draft.conditions)
    if ('field' in condition && condition.field !== null) fields.add(condition.field)
  return fields
}
