import { canonicalKeypath, descend, hasErrors, parse } from '#dataprime'
import type { CatalogueIndex, SourceIndex } from '../generation/embedded/link/catalogue-index'
import type { Field } from '../generation/embedded/link/field'
import { emptyLinkCache, readValue } from '../generation/embedded/link/mentions'
import { createPhraseTable } from '../generation/embedded/phrase-table'
import { askQuestion, type Question, textOf } from '../generation/embedded/question'
import { refuse } from '../generation/embedded/refuse'
import { splitWords } from '../generation/embedded/split-words'
import { readTimeBucket } from '../generation/embedded/time/read-time-bucket'
import type { Token } from '../generation/embedded/tokenise'
import type { Intent, IntentClassification } from './intent'
import { ACCESS_WORDS, CONCEPT_SIGNALS, PHRASE_SIGNALS, type Signal } from './intent-signals'

const PHRASES = createPhraseTable(PHRASE_SIGNALS)
/** A follow-up mostly means what the question before it meant. */
const PREVIOUS_FACTOR = 1.5
const UNKNOWN: IntentClassification = { intent: 'unknown', confidence: 0, keywordsFound: [] }

/**
 * What kind of question a text is, by the words it uses and the fields and values it speaks of; a follow-up is
 * read together with the query it changes. A text that is no question about logs or spans is `unknown`.
 */
export function classifyIntent(
  userInput: string,
  index: CatalogueIndex,
  previousQuery?: string,
): IntentClassification {
  const question = askQuestion(userInput)
  if (refuse(question, index, previousQuery !== undefined) !== null) return UNKNOWN
  const found = [...phraseSignals(question), ...shapeSignals(question), ...valueSignals(question, index)]
  const scores = new Map<Intent, number>()
  for (const { signal } of found) add(scores, signal, 1)
  for (const signal of previousSignals(previousQuery, index)) add(scores, signal, PREVIOUS_FACTOR)
  return decide(scores, found)
}

interface Found {
  readonly signal: Signal
  readonly start: number
  readonly text: string
}

function add(scores: Map<Intent, number>, signal: Signal, factor: number): void {
  scores.set(signal.intent, (scores.get(signal.intent) ?? 0) + signal.weight * factor)
}

function phraseSignals(question: Question): Found[] {
  const found: Found[] = []
  for (let at = 0; at < question.tokens.length; ) {
    const match = PHRASES.match(question.tokens, at)
    if (match !== null) found.push({ signal: match.value, start: at, text: textOf(question, at, match.end) })
    at = match?.end ?? at + 1
  }
  return found
}

/** Tokens that speak by their form: status codes, ids, quotations, networks, steps of time. */
function shapeSignals(question: Question): Found[] {
  const found: Found[] = question.tokens.flatMap((token) => {
    const signal = shapeSignal(token)
    return signal === null ? [] : [{ signal, start: token.index, text: token.text }]
  })
  const bucket = readTimeBucket({ ...question, claims: [...question.claims] })
  if (bucket !== null)
    found.push({
      signal: { intent: 'monitoring', weight: 4 },
      start: bucket.start,
      text: question.tokens[bucket.start]?.text ?? '',
    })
  return found
}

function shapeSignal({ kind, unit }: Token): Signal | null {
  if (kind === 'statusClass' || kind === 'statusCodes') return { intent: 'error_analysis', weight: 3 }
  if (kind === 'subnet') return { intent: 'security', weight: 3 }
  if (kind === 'address') return { intent: 'security', weight: 2 }
  if (kind === 'quoted' || kind === 'pattern') return { intent: 'search', weight: 2 }
  if (kind === 'quantity' && unit !== null && /^(ms|mb|gb|kb)$/i.test(unit))
    return { intent: 'performance_analysis', weight: 2 }
  return kind === 'identifier' ? { intent: 'search', weight: 1 } : null
}

/** Values of the catalogue, by the kind of their field: a login event, an exception class, a browser. */
function valueSignals(question: Question, index: CatalogueIndex): Found[] {
  const found: Found[] = []
  const seen = new Set<Field>()
  const reading = { question, index: wider(index), links: emptyLinkCache() }
  for (let at = 0; at < question.tokens.length; ) {
    const value = readValue(reading, at, ({ field }) => !field.isFreeText)
    if (value !== null) {
      const signal = fieldSignal(value.field, value.value)
      // Several values of one field say the same thing once.
      if (signal !== null && !seen.has(value.field))
        found.push({ signal, start: at, text: textOf(question, at, value.end) })
      seen.add(value.field)
    }
    at = value?.end ?? at + 1
  }
  return found
}

function wider(index: CatalogueIndex): SourceIndex {
  return index.logs.fields.length >= index.spans.fields.length ? index.logs : index.spans
}

/** The signal of a field by its surest concept; events about access are security. */
function fieldSignal(field: Field, value: string): Signal | null {
  if (field.concepts.has('event') && splitWords(value).some((word) => ACCESS_WORDS.has(word))) {
    return { intent: 'security', weight: 3 }
  }
  const signals = [...field.concepts].flatMap(([concept, strength]) => {
    const signal = CONCEPT_SIGNALS.get(concept)
    return signal === undefined ? [] : [{ signal, strength }]
  })
  return signals.sort((a, b) => b.strength - a.strength)[0]?.signal ?? null
}

/** What the keypaths of an earlier query speak for. */
function previousSignals(text: string | undefined, index: CatalogueIndex): Signal[] {
  if (text === undefined || text.trim() === '') return []
  const { query, diagnostics } = parse(text)
  if (hasErrors(diagnostics)) return []
  const fields = new Map(
    [...index.spans.fields, ...index.logs.fields].map((field) => [canonicalKeypath(field.keypath), field]),
  )
  const signals: Signal[] = []
  descend(query, true, (node) => {
    const field = node.kind === 'Keypath' ? fields.get(canonicalKeypath(node)) : undefined
    const signal = field === undefined ? null : fieldSignal(field, '')
    if (signal !== null) signals.push(signal)
    return true
  })
  return signals
}

/** Below this nothing has been said that tells the intents apart. */
const SCORE_MIN = 1

function decide(scores: ReadonlyMap<Intent, number>, found: readonly Found[]): IntentClassification {
  const ranked = [...scores].sort((a, b) => b[1] - a[1])
  const [best, second] = ranked
  if (best === undefined || best[1] < SCORE_MIN) return UNKNOWN
  const [intent, score] = best
  const rival = second?.[1] ?? 0
  const keywords = found.filter(({ signal }) => signal.intent === intent).sort((a, b) => a.start - b.start)
  const confidence =
    Math.round(Math.min(1, (score / (score + rival)) * (score / (score + 1)) + 0.1) * 100) / 100
  return { intent, confidence, keywordsFound: [...new Set(keywords.map(({ text }) => text))] }
}
