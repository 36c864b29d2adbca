import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type PageCursor, pageCursorSchema, toPageMark } from '#shared/contracts'
import { openDatabase } from '#shared/sqlite'
import { migrations } from '../migrations'
import { createEventHistory, type EventFilter } from './event-history'
import { aMeshEvent, eventsOfQuestion } from './testing/mesh-events'

const cursorSchema = pageCursorSchema('next_before')

function aHistory(t: TestContext, retentionMs = 0) {
  const database = openDatabase({ path: ':memory:', migrations })
  t.after(() => database.close())
  const history = createEventHistory(database, { retentionMs })
  const idsOf = (filter: EventFilter, limit = 100, before?: PageCursor) =>
    history.list(filter, limit, before).map(({ event_id }) => event_id)
  return { database, history, idsOf }
}

describe('the history of events', () => {
  test('is newest first and has what was recorded', (t) => {
    const { history } = aHistory(t)
    const event = aMeshEvent('query.processed')
    history.apply(event, 'trace-1')
    history.apply(
      aMeshEvent('query.processed', { requestId: 'r-2', occurredAt: '2025-03-13T00:00:00Z' }),
      null,
    )

    const [newest, older] = history.list({}, 10, undefined)

    assert.equal(newest?.request_id, 'r-2')
    const { recorded_at, ...recorded } = older ?? {}
    assert.deepEqual(recorded, { ...event, trace_id: 'trace-1' })
    assert.ok(Math.abs(Date.parse(String(recorded_at)) - Date.now()) < 60_000)
  })

  test('can be asked for a request, a conversation, a type, and all of them together', (t) => {
    const { history, idsOf } = aHistory(t)
    for (const requestId of ['r-1', 'r-2']) {
      for (const event of eventsOfQuestion({ requestId })) history.apply(event, null)
    }

    assert.deepEqual(idsOf({ requestId: 'r-1' }), [
      'r-1.query.validated',
      'r-1.query.processed',
      'r-1.query.generated',
    ])
    assert.deepEqual(idsOf({ eventType: 'query.generated' }), ['r-2.query.generated', 'r-1.query.generated'])
    assert.deepEqual(idsOf({ requestId: 'r-2', eventType: 'query.generated', conversationId: 'c-1' }), [
      'r-2.query.generated',
    ])
    assert.deepEqual(idsOf({ requestId: 'r-2', conversationId: 'c-2' }), [])
  })

  test('is read page by page without a gap, also among events of the same moment', (t) => {
    const { history, idsOf } = aHistory(t)
    for (const requestId of ['r-1', 'r-2', 'r-3']) {
      for (const event of eventsOfQuestion({ requestId })) history.apply(event, null)
    }
    const all = idsOf({})

    const paged: string[] = []
    let page = history.list({}, 2, undefined)
    while (page.length > 0) {
      paged.push(...page.map(({ event_id }) => event_id))
      const last = page.at(-1)
      assert.ok(last !== undefined && paged.length <= all.length)
      page = history.list(
        {},
        2,
        cursorSchema.parse(toPageMark({ time: last.occurred_at, id: last.event_id })),
      )
    }

    assert.equal(all.length, 9)
    assert.deepEqual(paged, all)
  })

  test('before a time is what occurred before it, whatever the offset it is written with', (t) => {
    const { history, idsOf } = aHistory(t)
    history.apply(
      aMeshEvent('query.processed', { requestId: 'early', occurredAt: '2025-03-12T09:59:59Z' }),
      null,
    )
    history.apply(
      aMeshEvent('query.processed', { requestId: 'late', occurredAt: '2025-03-12T10:00:00Z' }),
      null,
    )

    const before = cursorSchema.parse('2025-03-12T12:00:00+02:00')

    assert.deepEqual(idsOf({}, 10, before), ['early.query.processed'])
  })

  test('forgets what is older than it is kept, with what is recorded after it', (t) => {
    const { database, history } = aHistory(t, 60_000)
    for (let index = 0; index < 100; index++)
      history.apply(aMeshEvent('query.processed', { requestId: `old-${index}` }), null)
    database.exec("UPDATE event_history SET recorded_at = '2020-01-01T00:00:00.000Z'")

    for (let index = 0; index < 64; index++)
      history.apply(aMeshEvent('query.processed', { requestId: `young-${index}` }), null)

    assert.equal(history.count(), 64)
  })
})
