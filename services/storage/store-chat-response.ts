import { trace } from '@opentelemetry/api'
import type { ChatResponse } from '#shared/contracts'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, activeTraceId } from '#shared/telemetry'
import type { ChangeSignal } from './change-signal'
import type { ChatStore } from './chat-store'

export type StoreChatResponse = (response: ChatResponse) => Promise<void>

/**
 * Keeps how a chat request ended, once: the first answer stays whatever comes after it. Called inside the span of
 * the message.
 */
export function createStoreChatResponse({
  chats,
  changes,
  stats,
}: {
  readonly chats: ChatStore
  readonly changes: ChangeSignal
  readonly stats: ServiceStats
}): StoreChatResponse {
  return async (response) => {
    const isKept = await chats.settle(response, activeTraceId() ?? null)
    trace.getActiveSpan()?.setAttributes({
      [ATTR.REQUEST_ID]: response.request_id,
      [ATTR.CHAT_STATUS]: response.status,
      [ATTR.STORED]: isKept,
    })
    stats.increment(isKept ? `chats_${response.status}` : 'chats_duplicate')
    changes.changed(response.request_id)
  }
}
