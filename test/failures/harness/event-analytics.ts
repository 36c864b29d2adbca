import assert from 'node:assert/strict'
import { getJson } from '../../support/ask'
import type { Mesh } from '../../support/mesh'
import { storedRows } from '../../support/stored-rows'

/** What `GET /analytics` tells of some events together, as far as it can be told from the events themselves. */
interface Sums {
  events: number
  valid: number
  invalid: number
  duration_ms: { count: number; mean: number; max: number } | null
  rating: { count: number; mean: number } | null
  tokens: number
}

type Groups = Readonly<Record<string, Sums>>

export interface TypeSums extends Sums {
  readonly by_service: Groups
  readonly by_intent: Groups
  readonly by_engine: Groups
  readonly by_time: Groups
}

interface RecordedEvent {
  readonly event_type: string
  readonly service: string
  readonly occurred_at: string
  readonly data: {
    readonly intent?: string
    readonly engine?: string
    readonly is_valid?: boolean
    readonly duration_ms?: number
    readonly rating?: number
    readonly usage?: { readonly total_tokens: number } | null
  }
}

/** By event type, as storage answers. */
export async function eventAnalytics(mesh: Mesh): Promise<Record<string, TypeSums>> {
  type Answer = Omit<TypeSums, 'by_time'> & { readonly by_time: readonly (Sums & { start: string })[] }
  const { status, body } = await getJson<{ events: Record<string, Answer> }>(
    `${mesh.urlOf('storage')}/analytics?bucket=hour`,
  )
  assert.equal(status, 200)
  return Object.fromEntries(
    Object.entries(body.events).map(([type, { by_time, ...sums }]) => [
      type,
      { ...sums, by_time: Object.fromEntries(by_time.map(({ start, ...hour }) => [start, hour])) },
    ]),
  )
}

/** The same, added up from the rows of the history one by one. */
export function expectedAnalytics(mesh: Mesh): Record<string, TypeSums> {
  const rows = storedRows<Omit<RecordedEvent, 'data'> & { readonly data: string }>(
    mesh,
    'storage.db',
    'SELECT event_type, service, occurred_at, data FROM event_history',
  )
  const history = rows.map((row): RecordedEvent => ({ ...row, data: JSON.parse(row.data) }))
  const toTypeSums = (events: readonly RecordedEvent[]): TypeSums => ({
    ...sumUp(events),
    by_service: groupBy(events, ({ service }) => service, sumUp),
    by_intent: groupBy(events, ({ data }) => data.intent, sumUp),
    by_engine: groupBy(events, ({ data }) => data.engine, sumUp),
    by_time: groupBy(events, ({ occurred_at }) => `${occurred_at.slice(0, 13)}:00:00.000Z`, sumUp),
  })
  return groupBy(history, ({ event_type }) => event_type, toTypeSums)
}

/** Events without the key are in no group. */
function groupBy<Result>(
  events: readonly RecordedEvent[],
  keyOf: (event: RecordedEvent) => string | undefined,
  toResult: (events: readonly RecordedEvent[]) => Result,
): Record<string, Result> {
  const groups = [...Map.groupBy(events, keyOf)]
  return Object.fromEntries(
    groups.flatMap(([key, members]) => (key === undefined ? [] : [[key, toResult(members)]])),
  )
}

function sumUp(events: readonly RecordedEvent[]): Sums {
  const durations = events.flatMap(({ data }) => data.duration_ms ?? [])
  const ratings = events.flatMap(({ data }) => data.rating ?? [])
  const countValid = (isValid: boolean) => events.filter(({ data }) => data.is_valid === isValid).length
  return {
    events: events.length,
    valid: countValid(true),
    invalid: countValid(false),
    duration_ms:
      durations.length === 0
        ? null
        : { count: durations.length, mean: meanOf(durations), max: Math.max(...durations) },
    rating: ratings.length === 0 ? null : { count: ratings.length, mean: meanOf(ratings) },
    tokens: sum(events.map(({ data }) => data.usage?.total_tokens ?? 0)),
  }
}

/** To three places, as the answer has it. */
function meanOf(numbers: readonly number[]): number {
  return Math.round((sum(numbers) / numbers.length) * 1_000) / 1_000
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
