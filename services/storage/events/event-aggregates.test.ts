import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { openDatabase } from '#shared/sqlite'
import { migrations } from '../migrations'
import { createEventAggregates } from './event-aggregates'
import { createReadEventAnalytics } from './event-analytics'
import { aMeshEvent } from './testing/mesh-events'

const HOUR_MS = 3_600_000

function theAggregates(t: TestContext, retentionMs: number) {
  const database = openDatabase({ path: ':memory:', migrations })
  t.after(() => database.close())
  const clock = { now: Date.parse('2025-03-12T10:20:00.000Z') }
  const aggregates = createEventAggregates(database, { retentionMs, now: () => clock.now })
  const rows = database.prepare<[], { hour: string; events: number }>(
    'SELECT hour, sum(events) AS events FROM event_aggregates GROUP BY hour ORDER BY hour',
  )
  return {
    clock,
    count: (occurredAt: string, durationMs?: number) =>
      aggregates.apply(
        aMeshEvent('query.processed', { occurredAt, ...(durationMs !== undefined && { durationMs }) }),
        null,
      ),
    apply: aggregates.apply,
    read: createReadEventAnalytics(database),
    hours: () => rows.all().map(({ hour, events }) => [hour, events]),
  }
}

test('hours are forgotten some time after they were begun, a few with those that come after', (t) => {
  const { clock, count, hours } = theAggregates(t, 10 * HOUR_MS)
  const hoursFrom = (start: string, many: number) => {
    for (let number = 0; number < many; number++)
      count(new Date(Date.parse(start) + number * HOUR_MS).toISOString())
  }
  hoursFrom('2025-03-01T00:00:00Z', 100)

  clock.now += 10 * HOUR_MS
  hoursFrom('2024-01-01T00:00:00Z', 100)
  assert.equal(hours().length, 200, 'what happened long ago and is told today is counted')
  clock.now += 1
  hoursFrom('2024-01-01T00:00:00Z', 128)

  assert.equal(hours().length, 128)
  assert.deepEqual(hours()[0], ['2024-01-01T00:00:00.000Z', 2])
})

test('an event far ahead of the clock is counted now, so that no sender makes hours which stand before all others', (t) => {
  const { count, hours } = theAggregates(t, 0)

  for (const occurredAt of [
    '2025-03-13T10:20:00.000Z',
    '2025-03-13T10:20:00.001Z',
    '2999-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ])
    count(occurredAt)

  assert.deepEqual(hours(), [
    ['2025-03-12T10:00:00.000Z', 3],
    ['2025-03-13T10:00:00.000Z', 1],
  ])
})

test('no duration and no number of tokens is too large to be counted, nor keeps those after it from being so', (t) => {
  const { count, apply, read } = theAggregates(t, 0)
  const manyHours = Array.from({ length: 1_100 }, (_, number) => new Date(number * HOUR_MS).toISOString())

  for (const occurredAt of manyHours) count(occurredAt, 1e300)
  for (const durationMs of [9e12, 9e12, 1]) count('1970-01-01T00:00:00Z', durationMs)
  const generated = aMeshEvent('query.generated')
  for (const total_tokens of [1e300, 0.4, 1]) {
    const usage = { input_tokens: 0, output_tokens: 0, total_tokens }
    apply({ ...generated, data: { ...generated.data, usage } }, null)
  }

  const summaries = read({ bucket: 'day', limit: 10 })
  assert.equal(summaries['query.processed']?.events, 1_103)
  assert.equal(summaries['query.processed']?.duration_ms?.max, Number.MAX_SAFE_INTEGER / 1_000)
  assert.equal(summaries['query.generated']?.tokens, Number.MAX_SAFE_INTEGER)
})
