import type { Reading } from '../draft'
import type { Condition, TextOperator } from '../intermediate'
import { FILLERS } from '../lexicon/words'
import { type Field, findByConcept } from '../link/field'
import { readField, readLeadingValue, readValue, readValueOf } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { createPhraseTable } from '../phrase-table'
import { isFree, type Question, textOf } from '../question'
import type { Token } from '../tokenise'

import { readSeverity } from './read-severity'
import { readStatus } from './read-status'
import { readFieldThenValue } from './read-values'

export interface TextReading {
  readonly condition: Condition
  readonly end: number
}

const OPERATORS = createPhraseTable<TextOperator>([
  [
    'contains',
    'containing, contains, contain, contained, mentioning, mentions, mention, mentioned, saying, ' +
      'says, say, said, that read, reading, with the text, with text, with the phrase, ' +
      'with phrase, with the words, with the word, with the string, including the text, ' +
      'including the phrase, including the word, including, includes, talking about, talk about, ' +
      'with message, with the message, whose message says',
  ],
  [
    'startsWith',
    'starting with, starts with, start with, started with, beginning with, begins with, ' +
      'begin with, prefixed with, prefixed by, that start with, with prefix, with the prefix, ' +
      'starting in, starting from, under the path, beginning in',
  ],
  [
    'endsWith',
    'ending with, ends with, end with, ending in, ends in, end in, ended with, suffixed with, ' +
      'with suffix, with the suffix',
  ],
  [
    'matches',
    'named like, looking like, matching, matches, match, like, of the form, ' +
      'matching the pattern, matching pattern, matches the pattern, matching regex, ' +
      'matching the regex, matching the regular expression',
  ],
])

/** `containing "disk full"`, `starting with okhttp`, `named like db-(primary|replica)-N`, `mentioning deadlock`. */
export function readText(reading: Reading, start: number, field: Field | null): TextReading | null {
  const { tokens } = reading.question
  const match = OPERATORS.match(tokens, start)
  if (match === null || !isFree(reading.question, start)) return null
  const subject = field ?? subjectBefore(reading, start) ?? messageField(reading)
  const at = skipQuoteWords(tokens, match.end)
  const token = tokens[at]
  if (token === undefined) return null
  if (match.value === 'matches') return readPattern(token, subject, at)
  if (match.value === 'contains') return readContained(reading, at, field, subject)
  if (subject === null || token.kind === 'symbol' || !isFree(reading.question, at)) return null
  const known = readLeadingValue(reading, at, subject) ?? readValueOf(reading, at, subject, 0.3)
  const isSpelled = known !== null && token.kind === 'word'
  const text = isSpelled ? known.value : token.text
  const end = isSpelled ? known.end : at + 1
  return { condition: { kind: 'text', field: subject, operator: match.value, text, isNegated: false }, end }
}

/** "user agents beginning with okhttp": the noun the question is about, right before the operator. */
function subjectBefore(reading: Reading, start: number): Field | null {
  const { subject } = reading.draft
  if (subject === null || subject.end > start) return null
  const between = reading.question.tokens.slice(subject.end, start)
  return between.every((token) => /^(that|which|are|is|whose|name|names|who)$/.test(token.lower))
    ? subject.field
    : null
}

/** `about X`, when X is no value of its own: messages that speak of it. */
export function readAbout(reading: Reading, start: number): TextReading | null {
  const { tokens } = reading.question
  if (
    !['about', 'regarding', 'concerning', 're'].includes(lower(tokens, start)) ||
    !isFree(reading.question, start)
  )
    return null
  const at = start + 1
  if (
    readSeverity(reading, at) !== null ||
    readStatus(reading, at) !== null ||
    readFieldThenValue(reading, at) !== null
  )
    return null
  const known = readValue(reading, at, ({ field }) => !field.isFreeText)
  const named = readField(reading, at)
  if (known !== null && known.strength > 0.6 && known.end >= phraseEnd(reading.question, at)) return null
  if (named !== null && named.end >= phraseEnd(reading.question, at) && named.isMarked) return null
  return readContained(reading, at, null, messageField(reading))
}

/** The field that holds the text of a record, null when the catalogue has none: the whole record is searched then. */
export function messageField(reading: Reading): Field | null {
  return findByConcept(reading.index.fields, 'message', (field) => field.type === 'string')
}

function skipQuoteWords(tokens: readonly Token[], start: number): number {
  let at = start
  while (
    [
      'the',
      'a',
      'an',
      'phrase',
      'word',
      'words',
      'text',
      'string',
      'that',
      'like',
      'something',
      ':',
      'prefix',
      'either',
      'pattern',
      'regex',
    ].includes(lower(tokens, at))
  )
    at += 1
  return at
}

/** A quoted text, or the words up to the next boundary; several are alternatives, after "both" all are meant. */
function readContained(
  reading: Reading,
  at: number,
  field: Field | null,
  subject: Field | null,
): TextReading | null {
  const { tokens } = reading.question
  const isAll = lower(tokens, at) === 'both'
  const first = readPhrase(reading, isAll ? at + 1 : at, field)
  if (first === null) return null
  const texts = [first.text]
  let end = first.end
  while (lower(tokens, end) === (isAll ? 'and' : 'or')) {
    const next = readPhrase(reading, end + 1, field)
    if (next === null) break
    texts.push(next.text)
    end = next.end
  }
  const conditions = texts.map((text) => ({
    kind: 'text' as const,
    field: subject,
    operator: 'contains' as const,
    text,
    isNegated: false,
  }))
  return {
    condition:
      conditions.length === 1 ? (conditions[0] as Condition) : { kind: isAll ? 'all' : 'any', conditions },
    end,
  }
}

function readPhrase(reading: Reading, at: number, field: Field | null): { text: string; end: number } | null {
  const { question } = reading
  const token = question.tokens[at]
  if (token === undefined || token.kind === 'symbol' || !isFree(question, at)) return null
  if (token.kind === 'quoted' || token.kind === 'backticked') return { text: token.text, end: at + 1 }
  // A word of the field's own values is meant in the spelling they have.
  const known = field === null ? null : readValueOf(reading, at, field, 0.3)
  if (known !== null) return { text: known.value, end: known.end }
  const end = phraseEnd(question, at)
  return end === at ? null : { text: textOf(question, at, end), end }
}

const BOUNDARIES = new Set(
  (
    'in on at from for by per over since during within between with without where when while which that who and or but not except grouped group split sorted ' +
    'ordered order sort each every this last past today yesterday across as than to into limit top'
  ).split(' '),
)
const PHRASE_WORDS_MAX = 6

/** Where a run of words that is quoted without marks ends: at a joining word, a symbol, or what is claimed. */
function phraseEnd(question: Question, start: number): number {
  let end = start
  while (
    end < question.tokens.length &&
    end - start < PHRASE_WORDS_MAX &&
    isFree(question, end) &&
    question.tokens[end]?.kind !== 'symbol' &&
    !BOUNDARIES.has(lower(question.tokens, end))
  ) {
    end += 1
  }
  while (end > start && FILLERS.has(lower(question.tokens, end - 1)) && end - start > 1) end -= 1
  return end
}

/** `db-(primary|replica)-N`, `web-*`, `/^a.*b$/`: a pattern in the notations people use. */
function readPattern(token: Token, field: Field | null, at: number): TextReading | null {
  if (field === null || token.kind === 'symbol' || token.kind === 'word') return null
  const text = token.text
  const isRegex = text.length > 2 && text.startsWith('/') && text.endsWith('/')
  const wild = isRegex ? null : simpleWildcard(text)
  if (wild !== null) return { condition: { kind: 'text', field, ...wild, isNegated: false }, end: at + 1 }
  const pattern = isRegex ? text.slice(1, -1) : toPattern(text)
  return {
    condition: { kind: 'text', field, operator: 'matches', text: pattern, isNegated: false },
    end: at + 1,
  }
}

/** `web-*` needs no pattern: it is what the text starts with. */
function simpleWildcard(text: string): { operator: TextOperator; text: string } | null {
  const inner = text.replace(/^\*/, '').replace(/\*$/, '')
  if (inner === '' || /[*|()[\]\\^$?+]/.test(inner) || inner === text) return null
  if (text.startsWith('*') && text.endsWith('*')) return { operator: 'contains', text: inner }
  return { operator: text.endsWith('*') ? 'startsWith' : 'endsWith', text: inner }
}

/** `N` standing alone is a number, `*` anything, dots are meant as dots, slashes are escaped. */
function toPattern(text: string): string {
  return text
    .replaceAll('/', '\\/')
    .replace(/(?<![\\\])])\.(?![*+])/g, '\\.')
    .replace(/(?<![A-Za-z0-9\\])N(?![A-Za-z0-9])/g, '[0-9]+')
    .replace(/(?<![.\])\\])\*/g, '.*')
}
