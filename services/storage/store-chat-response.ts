import { trace } from '@opentelemetry/api'
import { CHAT_RESPONSES_QUEUE, type ChatResponse } from '#shared/contracts'
import type { MessageContext } from '#shared/messaging'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, activeTraceId } from '#shared/telemetry'
import type { ChangeSignal } from './change-signal'
import type { ChatStore } from './chat-store'
import type { Inbox } from './inbox'

export type StoreChatResponse = (
  response: ChatResponse,
  message: Pick<MessageContext, 'messageId'>,
) => Promise<void>

/**
 * Keeps how a chat request ended, once: the first answer stays whatever comes after it. Called inside the span of
 * the message.
 */
export function createStoreChatResponse({
  chats,
  changes,
  inbox,
  stats,
}: {
  readonly chats: ChatStore
  readonly changes: ChangeSignal
  readonly inbox: Inbox
  readonly stats: ServiceStats
}): StoreChatResponse {
  return async (response, { messageId }) => {
    const admit = () => inbox.admit(CHAT_RESPONSES_QUEUE, messageId)
    const isKept = await chats.settle(response, activeTraceId() ?? null, admit)
    trace.getActiveSpan()?.setAttributes({
      [ATTR.REQUEST_ID]: response.request_id,
      [ATTR.CHAT_STATUS]: response.status,
      [ATTR.STORED]: isKept,
    })
    stats.increment(isKept ? `chats_${response.status}` : 'chats_duplicate')
    changes.changed(response.request_id)
  }
}
