import type { ChatTurn } from '#shared/contracts'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, activeTraceId, SPANS, withSpan } from '#shared/telemetry'
import type { ChangeSignal } from './change-signal'
import type { ChatStore } from './chat-store'

export type RegisterChatTurn = (turn: ChatTurn) => Promise<void>

/** Notes that a question was accepted, so that it can be asked after and has its place in its conversation. */
export function createRegisterChatTurn({
  chats,
  changes,
  stats,
}: {
  readonly chats: ChatStore
  readonly changes: ChangeSignal
  readonly stats: ServiceStats
}): RegisterChatTurn {
  return (turn) =>
    withSpan(
      SPANS.REGISTER_CHAT_TURN,
      {
        attributes: { [ATTR.REQUEST_ID]: turn.request_id, [ATTR.CONVERSATION_ID]: turn.conversation_id },
      },
      async () => {
        await chats.register(turn, activeTraceId() ?? null)
        stats.increment('chats_registered')
        changes.changed(turn.request_id)
      },
    )
}
