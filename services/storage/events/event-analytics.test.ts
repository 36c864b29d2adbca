import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '#shared/sqlite'
import { migrations } from '../migrations'
import { createEventAggregates } from './event-aggregates'
import { createReadEventAnalytics } from './event-analytics'
import { aMeshEvent } from './testing/mesh-events'

test('aggregates are told by type, and of each by service, intent, engine and time', (t) => {
  const database = openDatabase({ path: ':memory:', migrations })
  t.after(() => database.close())
  const aggregates = createEventAggregates(database, { retentionMs: 0 })
  const read = createReadEventAnalytics(database)
  for (const [occurredAt, durationMs, isValid] of [
    ['2025-03-12T10:20:00Z', 10, true],
    ['2025-03-12T10:59:59.999Z', 20, true],
    ['2025-03-12T23:00:00Z', 60, false],
    ['2025-03-13T00:00:00+01:00', 30, true],
    ['2025-03-13T05:00:00Z', 5.5, true],
  ] as const) {
    aggregates.apply(aMeshEvent('query.processed', { occurredAt, durationMs, isValid }), null)
  }
  aggregates.apply(aMeshEvent('feedback.submitted', { rating: 4 }), null)
  aggregates.apply(aMeshEvent('feedback.submitted', { rating: 1 }), null)

  const byDay = read({ bucket: 'day', limit: 10 })

  const { by_time, by_service, by_intent, by_engine, ...total } = byDay['query.processed'] ?? {}
  assert.deepEqual(total, {
    events: 5,
    valid: 4,
    invalid: 1,
    duration_ms: { count: 5, mean: 25.1, max: 60 },
    rating: null,
    tokens: 0,
  })
  assert.deepEqual(by_service, { processing_service: total })
  assert.deepEqual(by_intent, { error_analysis: total })
  assert.deepEqual(by_engine, { embedded: total })
  assert.deepEqual(
    by_time?.map(({ start, events, invalid }) => [start, events, invalid]),
    [
      ['2025-03-13T00:00:00.000Z', 1, 0],
      ['2025-03-12T00:00:00.000Z', 4, 1],
    ],
  )
  assert.deepEqual(byDay['feedback.submitted']?.rating, { count: 2, mean: 2.5 })
  assert.equal(byDay['feedback.submitted']?.duration_ms, null)
  assert.deepEqual(Object.keys(byDay), ['query.processed', 'feedback.submitted'])

  const byHour = read({ bucket: 'hour', limit: 10, from: '2025-03-12T10:30:00Z', to: '2025-03-13T00:00:00Z' })
  assert.deepEqual(
    byHour['query.processed']?.by_time.map(({ start, events }) => [start, events]),
    [
      ['2025-03-12T23:00:00.000Z', 2],
      ['2025-03-12T10:00:00.000Z', 2],
    ],
  )
  assert.deepEqual(Object.keys(read({ bucket: 'day', limit: 1 })), ['query.processed'])
  assert.deepEqual(read({ bucket: 'day', limit: 10, from: '2026-01-01T00:00:00Z' }), {})
})
