import type { PlacedMeasure } from '../draft'
import type { Condition, GroupKey, Measure } from '../intermediate'
import { RECORD_NOUNS } from '../lexicon/words'
import { fieldTitle, keypathNames } from '../link/field'
import type { Interval } from '../time/timeframe'
import { findUnit } from '../units'
import { wordSet } from '../word-set'

/** Names for the results: short, made of the question's own words where they say it best. */
export function nameMeasures(
  measures: readonly PlacedMeasure[],
  keys: readonly GroupKey[],
  filters: readonly Condition[],
  words: ReadonlySet<string>,
): string[] {
  const taken = new Set(keys.map(keyName))
  const numbers = new Map<string, number>()
  const isSeveral = measures.length > 1
  return measures.map((placed) => {
    const alias = toIdentifier(aliasOf(placed, measures, filters, words, isSeveral))
    const unique = uniqueAmong(alias, placed.measure, taken, numbers)
    taken.add(unique)
    return unique
  })
}

function aliasOf(
  placed: PlacedMeasure,
  all: readonly PlacedMeasure[],
  filters: readonly Condition[],
  words: ReadonlySet<string>,
  isSeveral: boolean,
): string {
  const { measure, said } = placed
  switch (measure.kind) {
    case 'count':
      return countAlias(said, filters, words, isSeveral)
    case 'countIf':
      return said
    case 'distinct':
      return plural(fieldTitle(measure.field))
    case 'percentile': {
      const rank = String(Number.parseFloat((measure.rank * 100).toPrecision(8))).replace('.', '')
      return measure.shownIn === undefined ? `p${rank}` : `p${rank}_${measure.shownIn.name}`
    }
    case 'statistic':
      return measure.shownIn === undefined
        ? statisticAlias(measure, said, all)
        : `${measure.name === 'sum' ? 'total' : measure.name}_${measure.shownIn.name}`
    case 'share':
      return shareAlias(shareNoun(measure.conditions, said), measure.scale === 100 ? 'pct' : shareWord(said))
    case 'quotient':
      return said === '' ? 'ratio' : said
  }
}

/** Nouns that say what a count counts better than `n`. */
const COUNTED_WORDS = ['hits', 'views', 'visits', 'attempts', 'retries']

function countAlias(
  said: string,
  filters: readonly Condition[],
  words: ReadonlySet<string>,
  isSeveral: boolean,
): string {
  if (isSeveral) return 'total'
  const counted = COUNTED_WORDS.find((word) => said === word || words.has(word))
  if (counted !== undefined) return counted
  if (
    filters.some(
      (filter) => filter.kind === 'severity' && !filter.isNegated && filter.severities.join() === 'ERROR',
    )
  )
    return 'errors'
  return filters.some(isFailure) ? 'failures' : 'n'
}

/** A condition that only failed records meet. */
function isFailure(condition: Condition): boolean {
  if (condition.kind !== 'compare') return false
  const name = fieldTitle(condition.field)
  if (condition.field.concepts.has('exit code')) return condition.operator === '!=' && condition.value === 0
  return (
    typeof condition.value === 'boolean' &&
    (/^(error|failed|failure)$/.test(name)
      ? condition.value
      : /^(success|ok)$/.test(name) && !condition.value)
  )
}

const PLAIN_EXTREMES = new Set([
  'max',
  'maximum',
  'maximal',
  'peak',
  'peaks',
  'min',
  'minimum',
  'minimal',
  '',
])

function statisticAlias(
  measure: Extract<Measure, { kind: 'statistic' }>,
  said: string,
  all: readonly PlacedMeasure[],
): string {
  const base = fieldTitle(measure.field)
  if (measure.name === 'avg') return `avg_${unitName(measure) ?? base}`
  if (measure.name === 'sum') return measure.field.unit === null ? plural(base) : base
  if (measure.name === 'stddev' || measure.name === 'variance') return `${measure.name}_${base}`
  const rivals = all.filter(
    ({ measure: other }) => other.kind === 'statistic' && other.field === measure.field,
  )
  const hasBoth = rivals.some(
    ({ measure: other }) =>
      other.kind === 'statistic' && other.name === (measure.name === 'max' ? 'min' : 'max'),
  )
  if (hasBoth && rivals.length === all.length) return measure.name === 'max' ? 'hi' : 'lo'
  if (rivals.length > 1) return `${measure.name}_${base}`
  if (!PLAIN_EXTREMES.has(said) && /^[a-z]+$/.test(said) && said !== 'most') return said
  return measure.name === 'max' ? base : `min_${base}`
}

/** `query_ms` is averaged as `avg_ms`: the unit in the name says what matters. */
function unitName(measure: Extract<Measure, { kind: 'statistic' }>): string | null {
  const last = measure.field.nameWords.at(-1) ?? ''
  return measure.field.nameWords.length > 1 && findUnit(last)?.dimension === 'time' ? last : null
}

/** A name cannot begin with a digit: the share of 5xx is `pct_5xx`. */
function shareAlias(noun: string, word: string): string {
  return /^\d/.test(noun) ? `${word}_${noun}` : `${noun}_${word}`
}

function shareWord(said: string): string {
  return /(fraction|proportion|ratio|rate)$/.exec(said)?.[0] ?? 'ratio'
}

/** What the share is of: the severity, or the last word it was said with. */
function shareNoun(conditions: readonly Condition[], said: string): string {
  const [first] = conditions
  if (first?.kind === 'severity') return (first.severities[0] as string).toLowerCase()
  if (first?.kind === 'compare' && first.field.unit !== null) return fieldTitle(first.field)
  const words = said
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(
      (word) => word !== '' && !SHARE_STOPS.has(word) && !(RECORD_NOUNS.has(word) && word.endsWith('s')),
    )
  const last = words.at(-1)
  if (last === undefined) return first === undefined ? 'share' : (fieldName(first) ?? 'share')
  return last.length > 3 && /[^s]s$/.test(last) ? last.slice(0, -1) : last
}

const SHARE_STOPS = wordSet('fraction proportion ratio rate pct percentage percent share level of')

function fieldName(condition: Condition): string | null {
  return 'field' in condition && condition.field !== null ? fieldTitle(condition.field) : null
}

function plural(text: string): string {
  if (/[^aeiou]y$/.test(text)) return `${text.slice(0, -1)}ies`
  if (/(s|x|ch|sh)$/.test(text)) return text.endsWith('s') && !text.endsWith('ss') ? text : `${text}es`
  return `${text}s`
}

function toIdentifier(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return /^[a-z]/.test(name) ? name : `n_${name}`.replace(/_$/, '')
}

/** `numbers` remembers where the counting of an alias has got to: a thousand equal measures are named in one go. */
function uniqueAmong(
  alias: string,
  measure: Measure,
  taken: ReadonlySet<string>,
  numbers: Map<string, number>,
): string {
  if (!taken.has(alias)) return alias
  const prefixed = 'name' in measure ? `${measure.name}_${alias}` : `${alias}_count`
  if (!taken.has(prefixed)) return prefixed
  let number = numbers.get(alias) ?? 2
  while (taken.has(`${alias}_${number}`)) number += 1
  numbers.set(alias, number + 1)
  return `${alias}_${number}`
}

/** The name under which a grouping key is found afterwards. */
export function keyName(key: GroupKey): string {
  if (key.kind === 'severity') return 'severity'
  return key.kind === 'bucket' ? bucketName(key.interval) : (keypathNames(key.field.keypath).at(-1) as string)
}

const BUCKET_NAMES: Readonly<Record<string, string>> = {
  '1d': 'day',
  '1h': 'hour',
  '1m': 'minute',
  '7d': 'week',
}

/** A bucket of one calendar unit has its name; any other is `t`. */
export function bucketName(interval: Interval): string {
  return BUCKET_NAMES[`${interval.amount}${interval.unit}`] ?? 't'
}
