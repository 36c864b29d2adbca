/** Targets of a cast that are documented. */
export const CAST_TYPES = ['string', 'number', 'num', 'boolean', 'bool', 'timestamp', 'interval'] as const

/** Targets of a cast that occur in one vendor file or name a type that has no documented cast: accepted with a warning. */
export const DOUBTFUL_CAST_TYPES = ['array', 'object', 'regexp', 'enum'] as const

export interface ValueTypeDescription {
  readonly name: string
  /** How a value is written; empty where it is not. */
  readonly literal: string
  readonly summary: string
}

/** All types that a value can have, for people. */
export const TYPES: readonly ValueTypeDescription[] = [
  { name: 'string', literal: "'text'", summary: 'Text; `{…}` within backticks puts values into it.' },
  { name: 'number', literal: '2.5', summary: 'With double precision: whole numbers are exact up to 2^53.' },
  { name: 'boolean', literal: 'true', summary: 'What a condition gives.' },
  {
    name: 'timestamp',
    literal: "@'2025-03-01T08:15'",
    summary: 'A point in time, in UTC, to the nanosecond.',
  },
  { name: 'interval', literal: '1h30m', summary: 'A length of time; its units go from large to small.' },
  {
    name: 'severity',
    literal: 'ERROR',
    summary: 'How severe a record is; written without quotes, and in an order.',
  },
  { name: 'regexp', literal: '/a+/', summary: 'A regular expression.' },
  { name: 'array<T>', literal: '[1, 2]', summary: 'Values of one type, counted from 0.' },
  { name: 'object', literal: '', summary: 'Keys with values: a part of a record.' },
  {
    name: 'null',
    literal: 'null',
    summary: 'No value: a field that is not there, and what a failed conversion gives. It fits every type.',
  },
]
