import { type Conversation, conversationSchema, type PageCursor, toPageMark } from '#shared/contracts'
import type { Downstream } from './downstream'

export interface ConversationPage {
  readonly limit?: number | undefined
  /** The last turn that the caller has. */
  readonly after?: PageCursor | undefined
}

export type ReadConversation = (conversationId: string, page: ConversationPage) => Promise<Conversation>

/** The turns of a conversation, as storage has them. */
export function createReadConversation({ storage }: Pick<Downstream, 'storage'>): ReadConversation {
  return (conversationId, { limit, after }) => {
    const query = new URLSearchParams({
      ...(limit !== undefined && { limit: String(limit) }),
      ...(after !== undefined && { after: toPageMark(after) }),
    })
    return storage.get(`/conversations/${encodeURIComponent(conversationId)}?${query}`, {
      schema: conversationSchema,
    })
  }
}
