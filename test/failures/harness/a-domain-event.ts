import { type DomainEvent, ENGINES, INTENTS } from '#shared/contracts'

const SERVICES = ['api_gateway', 'storage_service', 'ci'] as const
const FIRST_HOUR = Date.parse('2025-03-12T10:20:00.000Z')
const HOUR_MS = 3_600_000

/** Over so many hours the events are spread, across a midnight. */
const HOURS = 18

type Data = (id: string, index: number) => Record<string, unknown>

const TYPES: readonly (readonly [string, Data])[] = [
  [
    'query.generated',
    (_id, index) => ({
      user_input: 'errors by service',
      outcome: 'query',
      query: 'source logs',
      ...aboutOf(index),
      intent_confidence: 0.9,
      model: null,
      usage: index % 2 === 0 ? null : { input_tokens: index, output_tokens: 7, total_tokens: index + 7 },
      attempts: 1,
      duration_ms: index % 1_000,
    }),
  ],
  [
    'query.validated',
    (_id, index) => ({
      query: 'source logs',
      ...aboutOf(index),
      is_valid: index % 3 > 0,
      error_count: index % 3 > 0 ? 0 : 1,
      warning_count: 0,
      syntax_score: 1,
      complexity_score: 0,
      repaired: false,
      duration_ms: index % 700,
    }),
  ],
  [
    'feedback.submitted',
    (id, index) => ({
      feedback_id: id,
      rating: 1 + (index % 5),
      feedback_type: null,
      category: null,
      has_comment: false,
      has_corrected_query: false,
      ...aboutOf(index),
    }),
  ],
  ['app.deploy.finished', (id) => ({ version: id })],
]

/** One of several types, producers, intents, engines and hours, by its number: whatever the aggregates tell apart. */
export function aDomainEvent(id: string, index: number): DomainEvent {
  const [type, toData] = pick(TYPES, index)
  const round = Math.floor(index / TYPES.length)
  return {
    event_id: id,
    event_type: type,
    service: pick(SERVICES, round),
    occurred_at: new Date(FIRST_HOUR + (round % HOURS) * HOUR_MS).toISOString(),
    data: toData(id, round),
  }
}

function aboutOf(index: number): { readonly intent: string; readonly engine: string } {
  return { intent: pick(INTENTS, index), engine: pick(ENGINES, index) }
}

function pick<Item>(items: readonly Item[], index: number): Item {
  return items[index % items.length] as Item
}
