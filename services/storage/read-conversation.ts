import {
  type Conversation,
  type ConversationTurn,
  type PageCursor,
  type RequestState,
  type StoredChat,
  type StoredRequest,
  toNextPageMark,
} from '#shared/contracts'
import type { ChatStore } from './chat-store'
import type { RequestStore } from './request-store'

export interface ConversationPage {
  readonly limit: number
  /** The last turn that the caller has. */
  readonly after?: PageCursor | undefined
}

export type ReadConversation = (conversationId: string, page: ConversationPage) => Conversation

/**
 * The turns of a conversation, those answered at once and those by chat, in the order of their acceptance. Of turns
 * that were accepted in one millisecond those answered at once come first.
 */
export function createReadConversation(deps: {
  readonly chats: ChatStore
  readonly requests: RequestStore
}): ReadConversation {
  return (conversationId, { limit, after }) => {
    const chats = deps.chats.listConversation(conversationId, limit, after)
    const atOnce = deps.requests.listAnsweredAtOnce(conversationId, limit, after)
    const results = deps.requests.findAll(chats.map(({ request_id }) => request_id))
    const turns = [
      ...atOnce.map(toImmediateTurn),
      ...chats.map((chat) => toChatTurn(chat, results.get(chat.request_id))),
    ]
      // The sort is stable: turns of one millisecond stay in the order in which both lists are.
      .sort((one, other) => compare(one.created_at, other.created_at))
      .slice(0, limit)
    return {
      conversation_id: conversationId,
      turns,
      next_after: toNextPageMark(turns, limit, (last) => ({ time: last.created_at, id: last.request_id })),
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
