/**
 * The form of what follows a command word, as data. The syntax line of a command is written from it, and
 * completion reads it to tell what may stand at a place. Words are not reserved: a word is one of a clause
 * only where its clause may begin.
 */

/** What fills a place of a clause; `SLOT_NOTATION` says how a syntax line writes it. */
export type Slot =
  /** A value computed from one row. */
  | 'expression'
  /** An expression that is true or false. */
  | 'condition'
  /** An expression over the rows of a group. */
  | 'aggregate'
  /** An expression or an aggregate expression. */
  | 'result'
  /** A field that is there. */
  | 'keypath'
  /** A field that is given a value, and a name that an extraction gives. */
  | 'target'
  /** A time and an interval that do not depend on any row. */
  | 'time'
  | 'interval'
  | 'row-count'
  /** A string in quotes that stands for itself. */
  | 'phrase'
  | 'pattern'
  | 'dataset'
  /** An enrichment table. */
  | 'table'
  | 'source-parameters'
  | 'type'
  | 'extractor'
  | 'subquery'
  | 'join-conditions'

export interface WordPart {
  readonly kind: 'word'
  readonly word: string
  readonly summary: string
  /** Other words for the same; two words are separated by one blank. */
  readonly synonyms: readonly string[]
  /** What it introduces may also stand without it. */
  readonly mayBeLeftOut: boolean
}

export type ClausePart =
  | WordPart
  | { readonly kind: 'slot'; readonly slot: Slot }
  | { readonly kind: 'sign'; readonly sign: ':' }
  | { readonly kind: 'optional'; readonly parts: readonly ClausePart[] }
  | { readonly kind: 'choice'; readonly choices: readonly (readonly ClausePart[])[] }
  /** Repeated, with commas between. */
  | { readonly kind: 'list'; readonly parts: readonly ClausePart[] }
  /** Each at most once, in any order. */
  | { readonly kind: 'any-order'; readonly options: readonly (readonly ClausePart[])[] }
  | { readonly kind: 'parentheses'; readonly parts: readonly ClausePart[] }
  /** Accepted, but left out of the syntax line because hardly any documentation shows it. */
  | { readonly kind: 'unlisted'; readonly part: ClausePart }

// ---------------------------------------------------------------------------------------------------------
// Building

export function word(
  text: string,
  summary = '',
  options: { readonly synonyms?: readonly string[]; readonly mayBeLeftOut?: boolean } = {},
): WordPart {
  return {
    kind: 'word',
    word: text,
    summary,
    synonyms: options.synonyms ?? [],
    mayBeLeftOut: options.mayBeLeftOut ?? false,
  }
}

export function slot(name: Slot): ClausePart {
  return { kind: 'slot', slot: name }
}

export function optional(...parts: readonly ClausePart[]): ClausePart {
  return { kind: 'optional', parts }
}

export function either(...choices: readonly (readonly ClausePart[])[]): ClausePart {
  return { kind: 'choice', choices }
}

/** One of some words that differ in what they say of themselves only. */
export function eitherWord(summaries: Readonly<Record<string, string>>): ClausePart {
  return either(...Object.entries(summaries).map(([text, summary]) => [word(text, summary)]))
}

export function list(...parts: readonly ClausePart[]): ClausePart {
  return { kind: 'list', parts }
}

export function anyOrder(...options: readonly (readonly ClausePart[])[]): ClausePart {
  return { kind: 'any-order', options }
}

export function parentheses(...parts: readonly ClausePart[]): ClausePart {
  return { kind: 'parentheses', parts }
}

export function unlisted(part: ClausePart): ClausePart {
  return { kind: 'unlisted', part }
}

/** One part out of several that stand one after the other. */
const ALIAS = optional(word('as', 'Names the result.'), slot('target'))

/** An expression that may be given a name. */
export function aliased(name: Slot): readonly ClausePart[] {
  return [slot(name), ALIAS]
}

export const DIRECTION = eitherWord({ asc: 'The smallest first.', desc: 'The largest first.' })
export const ORDER_KEYS = list(slot('expression'), optional(DIRECTION))
export const TYPED_KEYPATHS = list(slot('target'), { kind: 'sign', sign: ':' }, slot('type'))
export const INTO: readonly ClausePart[] = [
  word('into', 'Names the field that gets the result.'),
  slot('target'),
]

/** The aggregations of a grouping; the word before them may be left out. */
export const AGGREGATES = optional(
  word('aggregate', 'Begins the aggregations of each group.', {
    synonyms: ['agg', 'calculate', 'calc'],
    mayBeLeftOut: true,
  }),
  list(...aliased('aggregate')),
)

export const ON_DATATYPE_CHANGED: readonly ClausePart[] = [
  word('on datatype changed', 'What to do when the field has a value of another type.', {
    synonyms: ['on datatype change'],
  }),
  eitherWord({
    skip: 'Leaves the field as it is.',
    fail: 'Ends the query with an error.',
    overwrite: 'Replaces the value, as without the clause.',
  }),
]

export const ON_KEYPATH_EXISTS: readonly ClausePart[] = [
  word('on keypath exists', 'What to do when the field is there already.'),
  eitherWord({
    fail: 'Ends the query with an error.',
    skip: 'Leaves the field as it is.',
    overwrite: 'Replaces the value, as without the clause.',
  }),
]

export const ON_KEYPATH_MISSING: readonly ClausePart[] = [
  word('on keypath missing', 'What to do when the field is not there.'),
  eitherWord({
    fail: 'Ends the query with an error.',
    create: 'Makes the field, as without the clause.',
    skip: 'Makes no field.',
  }),
]

// ---------------------------------------------------------------------------------------------------------
// Writing

/** KP is a keypath, E an expression, A an aggregate expression, Q a query, N a whole number, I an interval, S a string. */
const SLOT_NOTATION: Readonly<Record<Slot, string>> = {
  expression: 'E',
  condition: 'E',
  aggregate: 'A',
  result: 'E',
  keypath: 'KP',
  target: 'KP',
  time: 'T',
  interval: 'I',
  'row-count': 'N',
  phrase: 'S',
  pattern: 'REGEX',
  dataset: 'DATASET',
  table: 'TABLE',
  'source-parameters': '(name=value, …)',
  type: 'type',
  extractor: 'EXTRACTOR',
  subquery: '(Q)',
  'join-conditions': 'KP == KP && …',
}

/** The syntax line of a command: `limit N`. */
export function writeSyntax(command: string, clauses: readonly ClausePart[]): string {
  return writeParts([word(command), ...clauses])
}

function writeParts(parts: readonly ClausePart[]): string {
  return parts
    .map(writePart)
    .filter((text) => text !== '')
    .join(' ')
    .replaceAll(' : ', ':')
}

function writePart(part: ClausePart): string {
  switch (part.kind) {
    case 'word':
      return part.word
    case 'slot':
      return SLOT_NOTATION[part.slot]
    case 'sign':
      return part.sign
    case 'optional':
      return `[${part.parts.length === 1 ? writeAlone(part.parts[0] as ClausePart) : writeParts(part.parts)}]`
    case 'choice': {
      const listed = part.choices.filter((choice) => writeParts(choice) !== '')
      return listed.length > 1 ? `(${writeAlone(part)})` : writeAlone(part)
    }
    case 'list':
      return `${writeParts(part.parts)}, …`
    case 'any-order':
      return part.options.map((option) => writePart(optional(...option))).join(' ')
    case 'parentheses':
      return `(${writeParts(part.parts)})`
    case 'unlisted':
      return ''
  }
}

/** A choice that stands in brackets already needs none of its own. */
function writeAlone(part: ClausePart): string {
  if (part.kind !== 'choice') return writePart(part)
  const choices = part.choices.map(writeParts).filter((text) => text !== '')
  return choices.join(choices.some((choice) => choice.includes(' ')) ? ' | ' : '|')
}
