import {
  ACTIONS,
  CHIT_CHAT,
  EDITS,
  INJECTION_OBJECTS,
  INJECTION_VERBS,
  PERSONA,
  POLITE,
  QUESTION_NOUNS,
} from './lexicon/actions'
import { RECORD_NOUNS } from './lexicon/words'
import type { CatalogueIndex } from './link/catalogue-index'
import { toStems } from './link/field-phrases'
import { valueStems } from './link/value-words'
import { lowerWord as lower } from './lower-word'
import type { Question } from './question'
import { splitWords } from './split-words'
import type { Token } from './tokenise'

/** How far behind its verb the thing an injection is after may stand. */
const INJECTION_REACH = 7

export interface Refusal {
  readonly reason: string
}

/** Why a text is no question for this engine, null when it may be one. Quoted text is data and never decides. */
export function refuse(question: Question, index: CatalogueIndex, hasPrevious: boolean): Refusal | null {
  const { tokens } = question
  if (triesToChangeRules(tokens)) {
    return {
      reason:
        'It tries to change the rules or to read the configuration of this service; only questions about logs and spans are answered.',
    }
  }
  for (let at = 0; at < tokens.length; at += 1) {
    const chat = CHIT_CHAT.match(tokens, at)
    if (chat !== null && !isKnownValue(index, tokens, at)) return { reason: chat.value }
  }
  const action = actionOf(tokens, index, hasPrevious)
  if (action !== null) {
    return { reason: `“${action}” asks for something to be done; this service only reads logs and spans.` }
  }
  return null
}

function triesToChangeRules(tokens: readonly Token[]): boolean {
  return tokens.some((_token, at) => {
    if (PERSONA.match(tokens, at) !== null) return true
    if (!INJECTION_VERBS.has(lower(tokens, at))) return false
    for (let next = at + 1; next <= at + INJECTION_REACH; next += 1) {
      if (INJECTION_OBJECTS.match(tokens, next) !== null) return true
    }
    return false
  })
}

function isKnownValue(index: CatalogueIndex, tokens: readonly Token[], at: number): boolean {
  const word = lower(tokens, at)
  return (
    index.logs.values.exact.has(word) ||
    index.spans.values.exact.has(word) ||
    index.logs.names.has(word) ||
    index.spans.names.has(word)
  )
}

/** The order a text opens with, as written, null when it opens with none. */
function actionOf(tokens: readonly Token[], index: CatalogueIndex, hasPrevious: boolean): string | null {
  let at = 0
  while (POLITE.has(lower(tokens, at)) && !(ACTIONS.has(lower(tokens, at)) && at === tokens.length - 1))
    at += 1
  const verb = lower(tokens, at)
  if (!ACTIONS.has(verb) || (hasPrevious && EDITS.has(verb) && !isAboutStore(tokens, at))) return null
  if (tokens[at]?.text === tokens[at]?.text.toUpperCase() && verb.length > 2) return null
  return isNounUse(tokens, at, index)
    ? null
    : tokens
        .slice(at, at + 4)
        .map(({ text }) => text)
        .join(' ')
}

/** "drop the carts index" is no edit of a query, whatever came before. */
function isAboutStore(tokens: readonly Token[], at: number): boolean {
  const isDeletion = /^(delete|erase|clear)$/.test(lower(tokens, at))
  if (
    isDeletion &&
    tokens
      .slice(at + 1, at + 5)
      .some(({ lower: word }) =>
        /^(logs?|records?|data|entries|lines|rows|events|spans|users?|everything)$/.test(word),
      )
  )
    return true
  return tokens
    .slice(at + 1, at + 6)
    .some(({ lower: word }) =>
      /^(index|indexes|indices|table|tables|database|databases|schema|cluster|replicas?|instances?|node|nodes|server|servers)$/.test(
        word,
      ),
    )
}

/**
 * The word is not an order when it is part of a value ("page views"), when a noun of records follows it right
 * away ("patch requests", "cancel events"), when it makes a chart or report, or sets things side by side.
 */
function isNounUse(tokens: readonly Token[], at: number, index: CatalogueIndex): boolean {
  const next = tokens[at + 1]
  if (next === undefined) return false
  const pair = [...(tokens[at] as Token).words, ...next.words]
  if (isPhraseOfValue(index, pair) || isFieldName(index, pair)) return true
  const isRecord =
    RECORD_NOUNS.has(next.lower) &&
    next.lower.endsWith('s') &&
    !/^(logs|records|rows|entries|data|messages|lines)$/.test(next.lower)
  if (isRecord) return true
  if (
    /^(rates?|counts?|latency|latencies|failures|errors|durations?|times?|volume|activity|status|statuses|types?|codes?|attempts?|shares?|percentages?|ratios?|fractions?|amounts?|totals?)$/.test(
      next.lower,
    )
  )
    return true
  if (['per', 'by', 'in', 'over', 'vs'].includes(next.lower)) return true
  const verb = lower(tokens, at)
  const words = tokens.slice(at + 1, at + 6).map((token) => token.lower)
  const makes =
    /^(create|write|build|run|draft|make|execute|compose|open|pull|put|bring|take|help|explain|add)$/.test(
      verb,
    )
  if (makes && words.some((word) => QUESTION_NOUNS.has(word))) return !tellsStory(words)
  return (
    (verb === 'set' || verb === 'put') &&
    tokens.some(({ lower: word }) => /^(beside|against|alongside|next)$/.test(word))
  )
}

function tellsStory(words: readonly string[]): boolean {
  return words.some((word) => /^(poem|story|song|essay|email|letter|code|script|function)$/.test(word))
}

/** "order ids", "call duration". */
function isFieldName(index: CatalogueIndex, pair: readonly string[]): boolean {
  const stems = toStems(pair)
  return index.logs.names.has(stems) || index.spans.names.has(stems)
}

/** The two words open a value of the catalogue in this order: page_view, reset_password. */
function isPhraseOfValue(index: CatalogueIndex, pair: readonly string[]): boolean {
  const stems = valueStems(pair)
  return [index.logs, index.spans].some(({ fields }) =>
    fields.some(({ samples }) =>
      samples.some((sample) => {
        const words = valueStems(splitWords(sample))
        return words.length > 1 && words[0] === stems[0] && words[1] === stems[1]
      }),
    ),
  )
}

const KNOWLEDGE =
  /^(who|what|what's|whats|why|how|when|where|which|explain|define|describe|is|are|can|could|do|does|should|will|would|tell|teach|hello|hi|hey|thanks|thank|bye|yes|no|lol)$/

/** The text reads like a question to a person or an encyclopaedia. Asked only when nothing in it could be linked. */
export function asksForKnowledge(question: Question): boolean {
  return KNOWLEDGE.test(lower(question.tokens, 0))
}
