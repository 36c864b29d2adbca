import assert from 'node:assert/strict'
import { isAccepted, type SentMessage } from './sent-message'
import type { EndedMessage, TraceVerdict } from './trace-check'

/** What one failure run came to. */
export interface Counts {
  /** Messages that the sender had. */
  readonly sent: number
  /** Messages that the queue service has confirmed. */
  readonly accepted: number
  /** Answers that a message is not taken now; it was sent again. */
  readonly refused: number
  /** Sends whose connection broke before the answer; the message was sent again. */
  readonly unanswered: number
  /** Confirmations that the queue had the message before. */
  readonly duplicates: number
  /** Accepted messages with a row in storage.db. */
  readonly stored: number
  readonly deadLetters: number
  /** Accepted messages that are neither stored nor dead letters. */
  readonly lost: number
  /** Messages with more than one row in their trace, or an effect that by the spans happened more than once. */
  readonly storedTwice: number
  /** Consumer spans: how often a handler was given a message. */
  readonly deliveries: number
  /** Attempts beyond a message's first. */
  readonly redeliveries: number
  /** Traces that were judged: one for each message that came to an end, none left out. */
  readonly traces: number
  /** Those with spans missing that a killed process had not exported yet. */
  readonly cut: number
  readonly broken: number
  readonly seconds: number
}

const TITLES: Readonly<Record<keyof Counts, string>> = {
  sent: 'sent',
  accepted: 'accepted',
  refused: 'refused',
  unanswered: 'unanswered',
  duplicates: 'duplicates',
  stored: 'stored',
  deadLetters: 'dead letters',
  lost: 'lost',
  storedTwice: 'stored twice',
  deliveries: 'deliveries',
  redeliveries: 'redeliveries',
  traces: 'traces',
  cut: 'cut',
  broken: 'broken',
  seconds: 'seconds',
}

/** What a message has ended as. */
export interface Row {
  readonly id: string
  readonly trace_id: string
}

export interface RunRecord {
  /** In the order in which they were sent. */
  readonly messages: readonly EndedMessage[]
  /** One for each message. */
  readonly verdicts: readonly TraceVerdict[]
  readonly rows: readonly Row[]
  /** How many the queue says there are. */
  readonly deadLetters: number
  readonly seconds: number
}

/** Says of each message whether there is a row for it, in its own trace. */
export function withEnds(ledger: readonly SentMessage[], rows: readonly Row[]): EndedMessage[] {
  const stored = new Set(rows.map(({ id, trace_id }) => `${id} ${trace_id}`))
  return ledger.map((message) => ({
    ...message,
    end: stored.has(`${message.rowId} ${message.traceId}`) ? 'stored' : 'dead',
  }))
}

export function countMessages({ messages, verdicts, rows, deadLetters, seconds }: RunRecord): Counts {
  const accepted = messages.filter(isAccepted)
  const stored = accepted.filter(({ end }) => end === 'stored')
  const rowsOfTrace = Map.groupBy(rows, (row) => row.trace_id)
  // By the trace and by the spans, since the key of the table cannot show a second store.
  const isStoredTwice = ({ traceId }: EndedMessage, index: number) =>
    (rowsOfTrace.get(traceId)?.length ?? 0) > 1 || (verdicts[index]?.effects ?? 0) > 1
  const inState = (state: TraceVerdict['state']) =>
    verdicts.filter((verdict) => verdict.state === state).length
  return {
    sent: messages.length,
    accepted: accepted.length,
    refused: sum(messages.map(({ refusals }) => refusals)),
    unanswered: sum(messages.map(({ unanswered }) => unanswered)),
    duplicates: sum(messages.map(({ duplicates }) => duplicates)),
    stored: stored.length,
    deadLetters,
    lost: accepted.length - stored.length - deadLetters,
    storedTwice: messages.filter(isStoredTwice).length,
    deliveries: sum(verdicts.map(({ deliveredAtMs }) => deliveredAtMs.length)),
    redeliveries: sum(verdicts.map(({ redeliveries }) => redeliveries)),
    traces: verdicts.length,
    cut: inState('cut'),
    broken: inState('broken'),
    seconds: Math.round(seconds * 10) / 10,
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** The counts as one line, which `npm run failures` finds among what the tests print. */
export function toCountsLine(scenario: string, driver: string, counts: Counts): string {
  const cells = Object.entries(TITLES).map(([key, title]) => `${title} ${counts[key as keyof Counts]}`)
  return ['counts', scenario, driver, ...cells].join(' | ')
}

/** The promise: what was accepted is stored or a dead letter, nothing twice, and no trace is broken. */
export function assertNothingLost(counts: Counts, { deadLetters = 0 } = {}): void {
  const { sent, accepted, stored, lost, storedTwice, traces, broken } = counts
  assert.deepEqual(
    { accepted, stored, deadLetters: counts.deadLetters, lost, storedTwice, traces, broken },
    {
      accepted: sent,
      stored: sent - deadLetters,
      deadLetters,
      lost: 0,
      storedTwice: 0,
      traces: sent,
      broken: 0,
    },
  )
}
