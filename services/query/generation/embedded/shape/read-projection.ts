import type { Reading } from '../draft'
import type { Field } from '../link/field'
import { readField } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { createPhraseTable } from '../phrase-table'
import { claim, isFree } from '../question'

const OPENERS = createPhraseTable<'certain' | 'list'>([
  [
    'certain',
    'only show, show only, only the fields, just show, show just, only return, return only, ' +
      'just the fields, with the fields, with fields, with columns, with the columns, columns, ' +
      'fields, project, only give, select, keep only, only keep, only, just the, only the, ' +
      'i only need, i only want',
  ],
  [
    'list',
    'show, show me, give, give me, list, get, get me, display, print, return, fetch, extract, ' + 'the, pull',
  ],
])

/** `time, path and status of …`, `show only message and host`: the fields to show of each record. */
export function readProjection(reading: Reading): void {
  const { question } = reading
  for (let start = 0; start < question.tokens.length; start += 1) {
    if (!isFree(question, start)) continue
    const opener = OPENERS.match(question.tokens, start)
    const isOpening = isClauseStart(reading, start)
    if (opener === null && !isOpening) continue
    if (opener?.value === 'list' && !isOpening) continue
    if (readList(reading, start, opener?.end ?? start, opener?.value ?? 'list')) return
  }
}

function isClauseStart(reading: Reading, start: number): boolean {
  const before = lower(reading.question.tokens, start - 1)
  return start === 0 || [',', ';', ':', 'please', 'and', '.'].includes(before)
}

function readList(reading: Reading, start: number, from: number, opener: 'certain' | 'list'): boolean {
  const { question } = reading
  const fields: Field[] = []
  let at = skipColon(reading, from)
  let end = at
  for (;;) {
    while (['the', 'a', 'their', 'its'].includes(lower(question.tokens, at))) at += 1
    const mention = readField(reading, at)
    if (mention === null || (mention.isPlural && !PLURAL_NAMES.test(mention.field.text) && opener === 'list'))
      break
    fields.push(mention.field)
    end = mention.end
    const next = afterJoint(reading, end)
    if (next === null) break
    at = next
  }
  const closes = CLOSERS.test(lower(question.tokens, end))
  const isLast =
    end >= question.tokens.length || question.tokens[end]?.kind === 'symbol' || question.claims[end] !== null
  const isList = opener === 'list' ? fields.length > 1 && closes : fields.length > 0 && (closes || isLast)
  if (!isList) return false
  reading.draft.projection.push(...fields)
  claim(question, start, end, 'projection')
  return true
}

/** Names that are plural in themselves: "bytes of …" is one field. */
const PLURAL_NAMES = /s['\]]*$/
const CLOSERS = /^(of|for|from|where|when|in|on)$/

function skipColon(reading: Reading, at: number): number {
  return reading.question.tokens[at]?.text === ':' ? at + 1 : at
}

function afterJoint(reading: Reading, at: number): number | null {
  let next = at
  if (lower(reading.question.tokens, next) === ',') next += 1
  if (['and', '&', 'plus', 'with'].includes(lower(reading.question.tokens, next))) next += 1
  return next === at ? null : next
}
