import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { loadConfig } from '#shared/config'
import { domainEventSchema, type Generation, type Validation } from '#shared/contracts'
import type { HttpClient } from '#shared/http'
import { createServiceStats } from '#shared/monitoring'
import type { Logger } from '#shared/telemetry'
import { configSchema } from './config'
import type { Downstream } from './downstream'
import { createGenerateQuery } from './generate-query'

const generation: Generation = {
  outcome: 'query',
  query: 'source logs | filtr $m.severity == ERROR',
  intent: 'error_analysis',
  intent_confidence: 0.9,
  keywords_found: ['errors'],
  explanation: 'Errors.',
  assumptions: [],
  engine: 'embedded',
  attempts: 1,
  warnings: [],
}

const validation: Validation = {
  is_valid: true,
  errors: [],
  warnings: ['slow'],
  suggestions: [],
  syntax_score: 1,
  complexity_score: 0.2,
  diagnostics: [],
  formatted: null,
  explanation: null,
  fixed: null,
}

const repairable: Validation = {
  ...validation,
  is_valid: false,
  errors: ['unknown command "filtr"'],
  fixed: { query: 'source logs | filter $m.severity == ERROR', valid: true, edits: [] },
}

interface Sent {
  readonly payload: { readonly events?: readonly unknown[] }
  readonly events?: readonly unknown[]
}

/** Asks one question of a gateway whose services answer this. */
async function ask(options: {
  readonly env?: Record<string, string>
  readonly generation?: Generation
  readonly validations?: readonly Validation[]
  readonly outcomes?: readonly unknown[]
}) {
  const sent: Sent[] = []
  const validations = [...(options.validations ?? [validation])]
  const answers: Record<string, (body: unknown) => unknown> = {
    '/generate': () => options.generation ?? generation,
    '/validate': () => validations.shift() ?? validation,
    '/enqueue': (body) => {
      sent.push(body as Sent)
      return {
        message_id: 'm-1',
        queue: 'processing.jobs',
        duplicate: false,
        queue_size: 1,
        events: options.outcomes ?? [],
      }
    },
  }
  const client = {
    post: async (path: string, body: unknown) => answers[path]?.(body),
  } as unknown as HttpClient
  const stats = createServiceStats()
  const generateQuery = createGenerateQuery({
    config: loadConfig(configSchema, options.env ?? {}),
    downstream: { query: client, validation: client, queue: client } as unknown as Downstream,
    stats,
    logger: { warn() {} } as unknown as Logger,
  })
  const answer = await generateQuery(
    { user_input: 'errors', conversation_id: 'c-1' },
    new AbortController().signal,
    { id: 'r-1', startedAt: '2025-03-12T10:20:00.000Z' },
  )
  const [{ payload, events }] = sent as [Sent]
  const told = (events ?? payload.events ?? []).map((event) => domainEventSchema.parse(event))
  return { answer, payload, events, told, counters: stats.snapshot().counters }
}

describe('what the gateway tells of a question', () => {
  test('is what was generated and how it was judged, sent with the job', async () => {
    const { answer, payload, told } = await ask({})

    assert.deepEqual(
      told.map((event) => [
        event.event_id,
        event.event_type,
        event.service,
        event.request_id,
        event.conversation_id,
      ]),
      ['query.generated', 'query.validated'].map((type) => [
        `${answer.request_id}.${type}`,
        type,
        'api_gateway',
        answer.request_id,
        'c-1',
      ]),
    )
    const [generated, validated] = told.map(({ data }) => data)
    assert.equal(generated?.user_input, 'errors')
    assert.equal(generated?.query, generation.query)
    assert.ok(Number(generated?.duration_ms) >= 0)
    assert.deepEqual(
      [validated?.is_valid, validated?.warning_count, validated?.repaired, validated?.intent],
      [true, 1, false, 'error_analysis'],
    )
    assert.equal(payload.events, undefined)
  })

  test('has the query as it was generated and as it was repaired', async () => {
    const { told } = await ask({ validations: [repairable, validation] })

    const [generated, validated] = told.map(({ data }) => data)
    assert.equal(generated?.query, generation.query)
    assert.deepEqual([validated?.query, validated?.repaired], [repairable.fixed?.query, true])
  })

  test('is only the refusal of a question that got no query', async () => {
    const refused: Generation = { ...generation, outcome: 'refused', query: null }

    const { told } = await ask({ generation: refused })

    assert.deepEqual(
      told.map(({ event_type, data }) => [event_type, data.outcome]),
      [['query.generated', 'refused']],
    )
  })

  test('travels inside the job when events are off', async () => {
    const { payload, events, told } = await ask({ env: { EVENTS: 'off' } })

    assert.equal(events, undefined)
    assert.equal(payload.events?.length, 2)
    assert.equal(told.length, 2)
  })

  test('is a warning and a count when it was not taken, and the answer stands', async () => {
    const error = { code: 'queue-full', detail: 'events.storage is full', retryable: true, errors: [] }
    const { answer, counters } = await ask({
      outcomes: [
        { index: 0, event_id: 'r.query.generated', status: 'accepted' },
        { index: 1, event_id: 'r.query.validated', status: 'rejected', error },
      ],
    })

    assert.equal(answer.success, true)
    assert.equal(answer.message_id, 'm-1')
    assert.deepEqual(answer.warnings, [
      'the answer is complete, but the event r.query.validated was not published: events.storage is full',
    ])
    assert.equal(counters.events_not_published, 1)
  })

  test('is no matter when it was told before, by work that is begun anew', async () => {
    const error = { code: 'request-conflict', detail: 'known otherwise', retryable: false, errors: [] }
    const { answer } = await ask({
      outcomes: [{ index: 0, event_id: 'r.query.generated', status: 'rejected', error }],
    })

    assert.deepEqual(answer.warnings, [])
  })
})
