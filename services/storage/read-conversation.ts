import type {
  Conversation,
  ConversationTurn,
  RequestState,
  StoredChat,
  StoredRequest,
} from '#shared/contracts'
import type { ChatStore } from './chat-store'
import type { RequestStore } from './request-store'

export interface ConversationPage {
  readonly limit: number
  /** `created_at` of the last turn that the caller has. */
  readonly after?: string | undefined
}

export type ReadConversation = (conversationId: string, page: ConversationPage) => Conversation

/** The turns of a conversation, those answered at once and those by chat, in the order of their acceptance. */
export function createReadConversation(deps: {
  readonly chats: ChatStore
  readonly requests: RequestStore
}): ReadConversation {
  return (conversationId, { limit, after }) => {
    const chats = deps.chats.listConversation(conversationId, limit, after)
    const processed = deps.requests.listConversation(conversationId, limit, after)
    const byId = new Map(processed.map((request) => [request.request_id, request]))
    const resultOf = (id: string) => byId.get(id) ?? deps.requests.find(id)
    const chatIds = new Set(chats.map(({ request_id }) => request_id))
    const turns = [
      ...chats.map((chat) => toChatTurn(chat, resultOf(chat.request_id))),
      ...processed.filter(({ request_id }) => !chatIds.has(request_id)).map(toImmediateTurn),
    ]
    return {
      conversation_id: conversationId,
      // The sort is stable: chat requests of one millisecond stay in their order.
      turns: turns.sort((one, other) => compare(one.created_at, other.created_at)).slice(0, limit),
    }
  }
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

function toImmediateTurn(request: StoredRequest): ConversationTurn {
  return {
    request_id: request.request_id,
    trace_id: request.trace_id,
    status: 'processed',
    user_input: request.user_input,
    query: request.query,
    outcome: request.outcome,
    intent: request.intent,
    validation: request.validation,
    answer: null,
    problem: null,
    created_at: request.created_at,
    answered_at: null,
    processed_at: request.processed_at,
    late: false,
  }
}

function toChatTurn(chat: StoredChat, processed: StoredRequest | undefined): ConversationTurn {
  const { answer } = chat
  return {
    request_id: chat.request_id,
    trace_id: chat.trace_id,
    status: statusOf(chat, processed),
    user_input: chat.user_input,
    query: answer?.query ?? null,
    outcome: answer?.outcome ?? null,
    intent: answer?.intent ?? null,
    validation: answer?.validation ?? null,
    answer,
    problem: chat.problem,
    created_at: chat.accepted_at,
    answered_at: chat.answered_at,
    processed_at: processed?.processed_at ?? null,
    late: chat.late,
  }
}

function statusOf({ status, deadline_at }: StoredChat, processed: StoredRequest | undefined): RequestState {
  if (status === 'answered') return processed === undefined ? 'answered' : 'processed'
  if (status === 'failed') return 'failed'
  return Date.parse(deadline_at) < Date.now() ? 'timed_out' : status
}
