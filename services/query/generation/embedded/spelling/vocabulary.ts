import { CONCEPTS } from '../lexicon/concepts'
import { RECORD_NOUNS } from '../lexicon/words'
import type { CatalogueIndex } from '../link/catalogue-index'
import { splitWords } from '../split-words'

/**
 * Words of questions that are worth finding behind a slip of the finger, whatever the catalogue. None of them may turn
 * the meaning of a question round: "exploding" is no "excluding".
 */
const COMMON = (
  'errors warnings warning critical criticals debug verbose failed failing failures successful exceptions timeouts ' +
  'yesterday today hour hours hourly minute minutes second seconds week weeks month months weekly daily monthly ' +
  'monday tuesday wednesday thursday friday saturday sunday weekend morning afternoon evening midnight ' +
  'average median maximum minimum percentile percentage number grouped sorted ordered ranked ' +
  'highest lowest largest smallest slowest fastest longest shortest newest oldest latest earliest busiest ' +
  'latency duration version'
).split(' ')

/** Shorter words are too near to too many others. */
const LETTERS_MIN = 4

/** Made when the first question has a word that nobody understands, and kept as long as its catalogue is. */
const MADE = new WeakMap<CatalogueIndex, ReadonlySet<string>>()

/** Every word that a question over this catalogue may have meant; lower case, letters only. */
export function vocabularyOf(index: CatalogueIndex): ReadonlySet<string> {
  const known = MADE.get(index)
  if (known !== undefined) return known
  const made = makeVocabulary(index)
  MADE.set(index, made)
  return made
}

function makeVocabulary({ logs, spans }: CatalogueIndex): ReadonlySet<string> {
  const fields = [...logs.fields, ...spans.fields]
  const named = fields.flatMap(({ nameWords }) => nameWords)
  const values = fields.flatMap(({ isFreeText, samples }) => (isFreeText ? [] : samples.flatMap(splitWords)))
  const concepts = CONCEPTS.flatMap(({ words }) => words.flatMap((phrase) => phrase.split(' ')))
  const nouns = [...named, ...concepts].flatMap((word) => [word, `${word}s`])
  // Of words that are equally near the first is taken: the catalogue's own.
  const words = [...nouns, ...values, ...COMMON, ...RECORD_NOUNS]
  return new Set(words.filter((word) => word.length >= LETTERS_MIN && /^[a-z]+$/.test(word)))
}
