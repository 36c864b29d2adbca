import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMeshEvent, type DomainEvent, domainEventSchema, isMeshEvent } from './events'

function aValidatedEvent(): DomainEvent {
  return createMeshEvent('query.validated', {
    service: 'api_gateway',
    subjectId: 'r-1',
    occurredAt: '2025-03-12T10:20:00.000Z',
    requestId: 'r-1',
    conversationId: null,
    data: {
      query: 'source logs',
      intent: 'search',
      engine: 'embedded',
      is_valid: true,
      error_count: 0,
      warning_count: 0,
      syntax_score: 1,
      complexity_score: 0.1,
      repaired: false,
      duration_ms: 1.5,
    },
  })
}

function pointersOf(event: unknown): string[] {
  const { error } = domainEventSchema.safeParse(event)
  return (error?.issues ?? []).map(({ path }) => path.join('/'))
}

test('an event of the mesh is told by its type and named after what it is about', () => {
  const event = domainEventSchema.parse(aValidatedEvent())

  assert.ok(isMeshEvent(event) && event.event_type === 'query.validated')
  assert.equal(event.event_id, 'r-1.query.validated')
  assert.equal(event.data.is_valid, true)
})

test('data of one of its types that does not fit is named field by field', () => {
  const event = aValidatedEvent()

  assert.deepEqual(
    pointersOf({ ...event, data: { ...event.data, is_valid: 'yes', engine: 'oracle', duration_ms: -1 } }),
    ['data/engine', 'data/is_valid', 'data/duration_ms'],
  )
})

test('data may have more than its type names, and keeps it', () => {
  const event = aValidatedEvent()
  const extended = { ...event, data: { ...event.data, tenant: 'acme' } }

  assert.deepEqual(domainEventSchema.parse(extended), extended)
})

test('an event of another producer may have any data', () => {
  const event = {
    event_id: 'e-1',
    event_type: 'app.user-signed_in',
    service: 'crm',
    occurred_at: '2025-03-12T10:20:00+01:00',
    data: { any: [1, { thing: null }] },
  }

  assert.deepEqual(domainEventSchema.parse(event), event)
  assert.equal(isMeshEvent(domainEventSchema.parse(event)), false)
})

for (const [what, field, value] of [
  ['of one word', 'event_type', 'generated'],
  ['in upper case', 'event_type', 'Query.generated'],
  ['with an empty word', 'event_type', 'query..generated'],
  ['that is longer than 128', 'event_type', `query.${'x'.repeat(123)}`],
  ['with a blank', 'event_id', 'a b'],
  ['that is empty', 'service', ''],
  ['without an offset', 'occurred_at', '2025-03-12T10:20:00'],
  ['of no day', 'occurred_at', '2025-13-12T10:20:00Z'],
  ['after the last year of UTC', 'occurred_at', '9999-12-31T23:59:59-12:00'],
  ['before its first', 'occurred_at', '0000-01-01T00:00:00+12:00'],
  ['that is a list', 'data', []],
  ['that is nothing', 'data', null],
] as const) {
  test(`${field} ${what} is refused`, () => {
    assert.deepEqual(pointersOf({ ...aValidatedEvent(), [field]: value }), [field])
  })
}
