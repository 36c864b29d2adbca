import { randomUUID } from 'node:crypto'
import type { Answer, ChatResponse, ChatTurn, ProcessingData } from '#shared/contracts'
import { AppError, toProblem } from '#shared/errors'
import { createServiceStats } from '#shared/monitoring'
import { GroupCommit, openDatabase } from '#shared/sqlite'
import { createChangeSignal } from '../change-signal'
import { createChatStore } from '../chat-store'
import { migrations } from '../migrations'
import { createRequestStore } from '../request-store'
import { createStoreChatResponse } from '../store-chat-response'

interface Test {
  after(clean: () => unknown): void
}

/** The stores that chat requests need, in a database that ends with the test. */
export function aChatStore(
  t: Test,
  {
    waitsMax = 10,
    retentionMs = 0,
    now = Date.now,
  }: { readonly waitsMax?: number; readonly retentionMs?: number; readonly now?: () => number } = {},
) {
  const database = openDatabase({ path: ':memory:', migrations })
  const group = new GroupCommit(database)
  t.after(async () => {
    await group.close()
    database.close()
  })
  const requests = createRequestStore(database, group, { retentionMs, now })
  return {
    chats: createChatStore(database, group, { retentionMs, now }),
    requests,
    /** Stores the result of background work. */
    storeResult: (data: ProcessingData, traceId: string | null = null) =>
      requests.insert(data, traceId, () => undefined),
    changes: createChangeSignal({ waitsMax }),
  }
}

/** What storage does with responses, each of which is a message of its own. */
export function storeResponseOf({
  chats,
  changes,
}: Pick<ReturnType<typeof aChatStore>, 'chats' | 'changes'>) {
  const inbox = { admit: () => true }
  const store = createStoreChatResponse({ chats, changes, inbox, stats: createServiceStats() })
  return (response: ChatResponse) => store(response, { messageId: randomUUID() })
}

const ACCEPTED_AT = Date.parse('2025-03-12T10:20:00.000Z')

/** Turns of one conversation, a second apart, with a deadline that is far away unless told otherwise. */
export function aTurn(number: number, parts: Partial<ChatTurn> = {}): ChatTurn {
  return {
    request_id: `r-${number}`,
    conversation_id: 'c-1',
    user_input: `question ${number}`,
    accepted_at: new Date(ACCEPTED_AT + number * 1_000).toISOString(),
    deadline_at: '2999-01-01T00:00:00.000Z',
    ...parts,
  }
}

export function anAnswer(number: number, parts: Partial<Answer> = {}): Answer {
  return {
    outcome: 'query',
    query: `source logs | limit ${number}`,
    intent: 'search',
    intent_confidence: 0.9,
    keywords_found: [],
    explanation: 'As asked.',
    assumptions: [],
    engine: 'embedded',
    attempts: 1,
    warnings: [],
    success: true,
    request_id: `r-${number}`,
    trace_id: 'a'.repeat(32),
    conversation_id: 'c-1',
    validation: null,
    message_id: `r-${number}`,
    services_called: ['query_service'],
    processing_time_ms: 3.5,
    ...parts,
  }
}

export function answered(number: number, parts: Partial<Answer> = {}, turn = aTurn(number)): ChatResponse {
  return {
    status: 'answered',
    request_id: turn.request_id,
    turn,
    attempts: 1,
    answered_at: new Date(Date.parse(turn.accepted_at) + 40).toISOString(),
    answer: anAnswer(number, parts),
  }
}

export function failed(number: number, turn: ChatTurn | null = aTurn(number)): ChatResponse {
  return {
    status: 'failed',
    request_id: `r-${number}`,
    turn,
    attempts: 4,
    answered_at: '2025-03-12T10:26:00.000Z',
    problem: toProblem(new AppError('bad-gateway', { detail: 'odd', service: 'query_service' })),
  }
}

/** The result of a request's background work. */
export function aResult(number: number, parts: Partial<ProcessingData> = {}): ProcessingData {
  const { user_input, accepted_at } = aTurn(number)
  return {
    request_id: `r-${number}`,
    conversation_id: 'c-1',
    user_input,
    outcome: 'query',
    query: `source logs | limit ${number}`,
    intent: 'search',
    intent_confidence: 0.9,
    engine: 'embedded',
    model: null,
    validation: null,
    created_at: accepted_at,
    attempt: 1,
    insights: { complexity: null, insights: [], profile: null },
    processed_at: new Date(Date.parse(accepted_at) + 90).toISOString(),
    ...parts,
  }
}
