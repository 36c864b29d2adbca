import { type ErrorCode, toAppError } from '#shared/errors'
import type { DeadLetterCause, DeadLetterReason } from './message'

/** What becomes of a message whose delivery failed. */
export type Verdict =
  /** Nobody has tried it: back to its queue, the attempt not counted. */
  | { readonly action: 'release' }
  | { readonly action: 'retry'; readonly delayMs: number }
  | { readonly action: 'dead-letter'; readonly cause: DeadLetterCause }

const DETAIL_LENGTH_MAX = 500

/**
 * Failures that say nothing of the message, because nobody looked at it: its callee could not be reached, is about
 * to end, or takes nothing from anybody. All of a queue's messages would fail alike, and with each attempt counted,
 * an hour of that would make dead letters of them all.
 */
const NOT_TRIED: ReadonlySet<ErrorCode> = new Set([
  'service-unavailable',
  'shutting-down',
  'rate-limited',
  'queue-full',
  'storage-full',
  'broker-refused',
  'topology-mismatch',
])

/** The callee went away with the message in its hands. The message may be what ended it, so it is an attempt. */
const BROKE_OFF: ErrorCode = 'connection-lost'

/** Why a consumer should leave its callee alone for a while. */
export interface Outage {
  /** How long the callee itself says. */
  readonly retryAfterMs: number | undefined
  /** True when it went away with the message in its hands, which may be what ended it. */
  readonly brokeOff: boolean
}

/** Undefined when the callee is there: it has looked at the message, and that is what failed. */
export function outageOf(error: unknown): Outage | undefined {
  const { code, retryAfterSeconds } = toAppError(error)
  if (!NOT_TRIED.has(code) && code !== BROKE_OFF) return undefined
  return {
    retryAfterMs: retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1_000,
    brokeOff: code === BROKE_OFF,
  }
}

/**
 * Gives back what nobody has tried; retries what may succeed later, as often as there are delays; gives up the rest.
 * Errors that nobody expected count as retryable: they are more often a bad moment than a bad message, and the attempts
 * are limited.
 *
 * @param attempt the attempt that failed, 1 for the first
 */
export function judgeFailure(error: unknown, attempt: number, retryDelaysMs: readonly number[]): Verdict {
  const { code, retryable } = toAppError(error)
  if (NOT_TRIED.has(code)) return { action: 'release' }
  if (!retryable) return giveUp('not-retryable', error)
  const delayMs = retryDelaysMs[attempt - 1]
  return delayMs === undefined ? giveUp('attempts-exhausted', error) : { action: 'retry', delayMs }
}

export function giveUp(reason: DeadLetterReason, error: unknown): Verdict {
  const detail = error instanceof Error ? error.message : String(error)
  const { code } = toAppError(error)
  return { action: 'dead-letter', cause: { reason, code, detail: detail.slice(0, DETAIL_LENGTH_MAX) } }
}
