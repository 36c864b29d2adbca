import { toAppError } from '#shared/errors'
import type { DeadLetterCause, DeadLetterReason } from './message'

/** What becomes of a message whose delivery failed. */
export type Verdict =
  | { readonly action: 'retry'; readonly delayMs: number }
  | { readonly action: 'dead-letter'; readonly cause: DeadLetterCause }

const DETAIL_LENGTH_MAX = 500

/**
 * Retries what may succeed later, as often as there are delays; gives up the rest. Errors that nobody expected
 * count as retryable: they are more often a bad moment than a bad message, and the attempts are limited.
 *
 * @param attempt the attempt that failed, 1 for the first
 */
export function judgeFailure(error: unknown, attempt: number, retryDelaysMs: readonly number[]): Verdict {
  if (!toAppError(error).retryable) return giveUp('not-retryable', error)
  const delayMs = retryDelaysMs[attempt - 1]
  return delayMs === undefined ? giveUp('attempts-exhausted', error) : { action: 'retry', delayMs }
}

export function giveUp(reason: DeadLetterReason, error: unknown): Verdict {
  const detail = error instanceof Error ? error.message : String(error)
  const { code } = toAppError(error)
  return { action: 'dead-letter', cause: { reason, code, detail: detail.slice(0, DETAIL_LENGTH_MAX) } }
}
