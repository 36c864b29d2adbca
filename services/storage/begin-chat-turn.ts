import type { BeginTurnBody, BegunTurn } from '#shared/contracts'
import { ATTR, activeTraceId, SPANS, withSpan } from '#shared/telemetry'
import type { ChangeSignal } from './change-signal'
import type { ChatStore } from './chat-store'

/** `signal` aborts when nobody waits for the answer any longer. */
export type BeginChatTurn = (turn: BeginTurnBody, signal: AbortSignal) => Promise<BegunTurn>

/**
 * Begins to answer a turn of a conversation: waits until those before it are answered, given up or past their
 * deadlines, because a follow-up means the query of the turn before it. A request that became known by its
 * message alone, because storage was away when it was accepted, is registered here.
 */
export function createBeginChatTurn(deps: {
  readonly chats: ChatStore
  readonly changes: ChangeSignal
}): BeginChatTurn {
  return (turn, signal) =>
    withSpan(
      SPANS.BEGIN_CHAT_TURN,
      {
        attributes: {
          [ATTR.REQUEST_ID]: turn.request_id,
          [ATTR.CONVERSATION_ID]: turn.conversation_id,
          [ATTR.MESSAGE_ATTEMPT]: turn.attempt,
        },
      },
      async (span) => {
        const { chat } = await deps.chats.begin(turn, activeTraceId() ?? null)
        deps.changes.changed(turn.request_id)
        if (chat.answer !== null) return { answer: chat.answer, is_ready: true, previous_query: null }
        const isReady = await waitForEarlierTurns(deps, turn, signal)
        span.setAttribute(ATTR.CHAT_TURN_READY, isReady)
        return {
          answer: null,
          is_ready: isReady,
          previous_query: deps.chats.findPreviousQuery(turn.request_id),
        }
      },
    )
}

async function waitForEarlierTurns(
  { chats, changes }: { readonly chats: ChatStore; readonly changes: ChangeSignal },
  turn: BeginTurnBody,
  signal: AbortSignal,
): Promise<boolean> {
  const endsAt = performance.now() + turn.wait_ms
  for (;;) {
    const pending = chats.findPendingBefore(turn.request_id)
    if (pending === undefined) return true
    const remainingMs = endsAt - performance.now()
    const untilDeadlineMs = Date.parse(pending.deadline_at) - Date.now()
    const waitMs = Math.min(remainingMs, Math.max(1, untilDeadlineMs))
    const outcome = await changes.next(pending.request_id, waitMs, signal)
    if (outcome === 'aborted' || outcome === 'refused' || remainingMs <= 0) return false
  }
}
