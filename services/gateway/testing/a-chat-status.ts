import type {
  Answer,
  ChatStatus,
  MessageStatus,
  Progress,
  StoredChat,
  StoredRequest,
} from '#shared/contracts'

const TRACE_ID = 'a'.repeat(32)

export function anAnswer(parts: Partial<Answer> = {}): Answer {
  return {
    outcome: 'query',
    query: 'source logs',
    intent: 'search',
    intent_confidence: 0.9,
    keywords_found: [],
    explanation: 'As asked.',
    assumptions: [],
    engine: 'embedded',
    attempts: 1,
    warnings: [],
    success: true,
    request_id: 'r-1',
    trace_id: TRACE_ID,
    conversation_id: 'c-1',
    validation: null,
    message_id: 'r-1',
    services_called: ['query_service'],
    processing_time_ms: 3.5,
    ...parts,
  }
}

/** A chat request with a deadline that is far away unless told otherwise. */
export function aStoredChat(parts: Partial<StoredChat> = {}): StoredChat {
  const isAnswered = parts.status === 'answered'
  return {
    request_id: 'r-1',
    conversation_id: 'c-1',
    user_input: 'errors',
    accepted_at: '2025-03-12T10:20:00.000Z',
    deadline_at: '2999-01-01T00:00:00.000Z',
    trace_id: TRACE_ID,
    status: 'accepted',
    attempts: isAnswered ? 1 : 0,
    answered_at: isAnswered ? '2025-03-12T10:20:01.000Z' : null,
    late: false,
    answer: isAnswered ? anAnswer() : null,
    problem: null,
    ...parts,
  }
}

export function aStoredRequest(parts: Partial<StoredRequest> = {}): StoredRequest {
  return {
    request_id: 'r-1',
    trace_id: TRACE_ID,
    conversation_id: null,
    user_input: 'errors',
    outcome: 'query',
    query: 'source logs',
    intent: 'search',
    intent_confidence: 0.9,
    engine: 'embedded',
    model: null,
    validation: null,
    created_at: '2025-03-12T10:20:00.000Z',
    attempts: 1,
    insights: { complexity: null, insights: [], profile: null },
    processed_at: '2025-03-12T10:20:02.000Z',
    ...parts,
  }
}

export function aMessage(parts: Partial<MessageStatus> = {}): MessageStatus {
  return {
    message_id: 'r-1',
    queue: 'processing.jobs',
    status: 'accepted',
    attempts: 0,
    enqueued_at: '2025-03-12T10:20:00.500Z',
    trace_id: TRACE_ID,
    reason: null,
    payload: null,
    ...parts,
  }
}

export function aProgress(version: number, parts: Partial<Progress> = {}): Progress {
  return { request_id: 'r-1', version, chat: null, processed: null, ...parts }
}

export function aChatStatus(parts: Partial<ChatStatus> = {}): ChatStatus {
  return {
    request_id: 'r-1',
    trace_id: TRACE_ID,
    conversation_id: 'c-1',
    status: 'accepted',
    attempts: 0,
    user_input: 'errors',
    query: null,
    validation: null,
    insights: null,
    created_at: '2025-03-12T10:20:00.000Z',
    answered_at: null,
    deadline_at: '2999-01-01T00:00:00.000Z',
    late: false,
    processed_at: null,
    reason: null,
    problem: null,
    answer: null,
    ...parts,
  }
}
