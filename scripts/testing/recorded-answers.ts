import type { Answer, Insights, RequestStatus, Validation } from '#shared/contracts'

/** What a mesh answers, as recorded from one; tests change what they are about. */

export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
export const REQUEST_ID = '7b1c8a52-5a0f-4a53-9f0f-0f4b6c1d2e3f'

const QUERY = 'source logs | filter $m.severity == ERROR | countby $l.subsystemname'

export const aValidation = (overrides: Partial<Validation> = {}): Validation => ({
  is_valid: true,
  errors: [],
  warnings: [],
  suggestions: [{ code: 'add-limit', message: 'A limit keeps the answer small.' }],
  syntax_score: 1,
  complexity_score: 0.25,
  diagnostics: [],
  formatted: 'source logs\n| filter $m.severity == ERROR\n| countby $l.subsystemname',
  explanation: 'Counts errors by subsystem.',
  fixed: null,
  ...overrides,
})

export const anAnswer = (overrides: Partial<Answer> = {}): Answer => ({
  success: true,
  outcome: 'query',
  request_id: REQUEST_ID,
  trace_id: TRACE_ID,
  conversation_id: null,
  query: QUERY,
  intent: 'error_analysis',
  intent_confidence: 0.92,
  keywords_found: ['errors'],
  explanation: 'Counts errors by subsystem.',
  assumptions: ['"errors" means severity ERROR'],
  engine: 'embedded',
  attempts: 1,
  warnings: [],
  validation: aValidation(),
  message_id: REQUEST_ID,
  services_called: ['query_service', 'validation_service', 'queue_service'],
  processing_time_ms: 7.4,
  ...overrides,
})

export const aRefusal = (overrides: Partial<Answer> = {}): Answer =>
  anAnswer({
    success: false,
    outcome: 'refused',
    query: null,
    validation: null,
    intent: 'unknown',
    intent_confidence: 0.1,
    explanation: 'This is not a question about logs or spans.',
    assumptions: [],
    services_called: ['query_service', 'queue_service'],
    ...overrides,
  })

export const someInsights = (): Insights => ({
  complexity: { level: 'low', score: 0.2, stage_count: 3, expression_depth: 2, operator_count: 1 },
  insights: [{ code: 'no-time-range', level: 'advice', message: 'The query reads all of the retention.' }],
  profile: null,
})

export const aRequest = (overrides: Partial<RequestStatus> = {}): RequestStatus => ({
  request_id: REQUEST_ID,
  trace_id: TRACE_ID,
  conversation_id: null,
  status: 'processed',
  attempts: 1,
  user_input: 'errors by subsystem',
  query: QUERY,
  validation: aValidation(),
  insights: someInsights(),
  created_at: '2025-03-12T10:20:00.000Z',
  answered_at: null,
  deadline_at: null,
  late: false,
  processed_at: '2025-03-12T10:20:00.040Z',
  reason: null,
  problem: null,
  ...overrides,
})

const SERVICES = [
  'api_gateway',
  'query_service',
  'validation_service',
  'queue_service',
  'processing_service',
  'storage_service',
]

/** A trace in which every service has one span, each the child of the one before. */
export function aTrace(
  traceId: string,
  services: readonly string[] = SERVICES,
  rootParent: string | null = null,
) {
  return {
    trace_id: traceId,
    services,
    complete: rootParent === null,
    spans: services.map((service, index) => ({
      span_id: `000000000000000${index + 1}`,
      parent_span_id: index === 0 ? rootParent : `000000000000000${index}`,
      service,
      name: `${service}.work`,
    })),
  }
}
