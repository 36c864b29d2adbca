import type { Progress } from '#shared/contracts'
import type { ChangeSignal } from './change-signal'
import type { ChatStore } from './chat-store'
import type { RequestStore } from './request-store'

export interface ProgressQuery {
  /** The version that the caller knows; what it asks for is a later one. Any version unless given. */
  readonly after?: number | undefined
  /** How long to wait for it. */
  readonly waitMs: number
}

/** Undefined when nothing is known of the request. `signal` aborts when nobody waits any longer. */
export type ReadProgress = (
  requestId: string,
  query: ProgressQuery,
  signal: AbortSignal,
) => Promise<Progress | undefined>

/** What is known of a request, as soon as it is later than what the caller knows, or when its time is up. */
export function createReadProgress(deps: {
  readonly chats: ChatStore
  readonly requests: RequestStore
  readonly changes: ChangeSignal
}): ReadProgress {
  return async (requestId, { after = 0, waitMs }, signal) => {
    const endsAt = performance.now() + waitMs
    for (;;) {
      const progress = progressOf(deps, requestId)
      if (progress !== undefined && progress.version > after) return progress
      const outcome = await deps.changes.next(requestId, endsAt - performance.now(), signal)
      if (outcome !== 'changed') return progressOf(deps, requestId)
    }
  }
}

function progressOf(
  { chats, requests }: { readonly chats: ChatStore; readonly requests: RequestStore },
  requestId: string,
): Progress | undefined {
  const record = chats.find(requestId)
  const processed = requests.find(requestId) ?? null
  if (record === undefined && processed === null) return undefined
  return {
    request_id: requestId,
    // A result is stored once and for all.
    version: (record?.version ?? 0) + (processed === null ? 0 : 1),
    chat: record?.chat ?? null,
    processed,
  }
}
