import { explain, hasErrors, parse, print, type Query } from '#dataprime'
import type { GenerationOutcome, GenerationRequest, QueryGenerator } from '../query-generator'
import { leftovers, readBestSource } from './choose-source'
import { readLeftovers } from './conditions/read-leftovers'
import { assume, type Reading } from './draft'
import { readFollowUp } from './follow-up/follow-up'
import { LOG_NOUNS, RECORD_NOUNS, SPAN_NOUNS } from './lexicon/words'
import type { CatalogueIndex } from './link/catalogue-index'
import { createIndexCache, type IndexOf } from './link/catalogue-index-cache'
import { noteFieldReadings } from './note-field-readings'
import { askQuestion, type Question, textOf } from './question'
import { readTimes } from './read-question'
import { asksForKnowledge, refuse } from './refuse'
import { isEmptyPlan, resolvePlan } from './resolve/resolve-plan'
import { correctSpelling } from './spelling/correct-spelling'
import { YEAR_MAX, YEAR_MIN, YEARS_LASTED_MAX } from './time/time-bounds'
import { type Present, presentAt } from './time/time-point'
import { readUnreachableTime } from './time/unreachable-time'
import { toTree } from './to-tree'

/**
 * A generator that needs no model: it reads the question with a grammar over the field catalogue. Takes a
 * millisecond or so, answers the same question always the same, and never leaves the process. `indexOf` gives
 * the prepared catalogue; share it with whatever else reads questions, so that none is prepared twice.
 */
export function createEmbeddedGenerator(indexOf: IndexOf = createIndexCache()): QueryGenerator {
  return {
    engine: 'embedded',
    generate: async (request) => {
      request.signal?.throwIfAborted()
      return { ...answer(request, indexOf(request.catalogue)), engine: 'embedded', attempts: 1, warnings: [] }
    },
  }
}

function answer(request: GenerationRequest, index: CatalogueIndex): GenerationOutcome {
  const question = askQuestion(request.userInput)
  const previous = previousQuery(request.previousQuery)
  const refusal = refuse(question, index, previous !== null)
  if (refusal !== null) return { outcome: 'refused', reason: refusal.reason }
  const present = presentAt(request.now, request.timezone)
  const unreachable = readUnreachableTime(question, present, previous !== null)
  if (unreachable !== null) return timeNotReachable(unreachable)
  const followUp = previous === null ? null : readFollowUp(question, previous, index, present)
  if (followUp !== null) return queryOutcome(followUp.query, followUp.reading)
  const reading = readAsMeant(question, index, present)
  readLeftovers(reading)
  return isAboutRecords(reading)
    ? queryOutcome(toTree(resolvePlan(reading)), reading)
    : notUnderstood(reading)
}

/** As it is written, or with slips of the finger corrected where more of it is understood so. */
function readAsMeant(question: Question, index: CatalogueIndex, present: Present): Reading {
  const written = readBestSource(index, readTimes(question, present))
  const unknown = leftovers(written)
  if (unknown.length === 0) return written
  const corrected = correctSpelling(question, unknown, index)
  if (corrected === null) return written
  const meant = readBestSource(index, readTimes(corrected.question, present))
  // Each of the corrections has to explain something.
  if (leftovers(meant).length > unknown.length - corrected.notes.length) return written
  for (const note of corrected.notes) assume(meant, note)
  return meant
}

function previousQuery(text: string | undefined): Query | null {
  if (text === undefined || text.trim() === '') return null
  const { query, diagnostics } = parse(text)
  return hasErrors(diagnostics) ? null : query
}

function queryOutcome(query: Query, reading: Reading): GenerationOutcome {
  noteFieldReadings(reading)
  return {
    outcome: 'query',
    query: print(query),
    explanation: explain(query),
    assumptions: [...reading.draft.assumptions],
  }
}

/** Something in the question was linked to what can be observed. */
function isAboutRecords(reading: Reading): boolean {
  if (!isEmptyPlan(resolvePlan(reading))) return true
  const namesRecords = reading.question.tokens.some(
    ({ kind, lower }) =>
      kind === 'word' && (LOG_NOUNS.has(lower) || SPAN_NOUNS.has(lower) || RECORD_NOUNS.has(lower)),
  )
  if (namesRecords && leftovers(reading).length <= 2) return true
  return reading.draft.timeframe !== null && leftovers(reading).length === 0
}

function timeNotReachable(said: string): GenerationOutcome {
  return {
    outcome: 'clarify',
    question: `The time “${said}” is out of range: ranges last up to ${YEARS_LASTED_MAX} years and lie between ${YEAR_MIN} and ${YEAR_MAX}. Which time range is meant?`,
  }
}

function notUnderstood(reading: Reading): GenerationOutcome {
  const { question } = reading
  if (asksForKnowledge(question)) {
    return {
      outcome: 'refused',
      reason: 'It is no question about logs or spans: nothing in it can be looked up in records.',
    }
  }
  const unknown = leftovers(reading)
    .slice(0, 3)
    .map((at) => `“${textOf(question, at, at + 1)}”`)
  const doubt =
    unknown.length === 0
      ? ''
      : `${unknown.join(', ')} ${unknown.length === 1 ? 'is' : 'are'} no known field or value. `
  return {
    outcome: 'clarify',
    question: `${doubt}What should be looked for in the logs or spans: a severity, a service, a field and its value, or a text in the message?`,
  }
}
