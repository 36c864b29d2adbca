import { randomUUID } from 'node:crypto'
import { trace } from '@opentelemetry/api'
import type { Request, Response } from 'express'
import type { Reply } from '#shared/contracts'
import { AppError, toAppError } from '#shared/errors'
import { ATTR, type Logger } from '#shared/telemetry'
import { fingerprintOf, REPLAYED_HEADER, readIdempotencyKey } from './idempotency-key'
import type { IdempotencyStore } from './idempotency-store'

/** What a request does its work under. With an `Idempotency-Key` it is the same whenever the work begins anew. */
export interface Claim {
  readonly id: string
  /** ISO timestamp of the first beginning. */
  readonly startedAt: string
}

export interface OnceReply {
  /** 200 unless told otherwise. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
  /** False when the same request may do more another time: like an error, such an answer is not kept. */
  readonly isFinal?: boolean
}

/**
 * Answers a request, with an `Idempotency-Key` once: `work` is done for the first of them alone, and the others
 * get its answer with `Idempotent-Replayed: true`. Without a key `work` is simply done. The body is to be checked
 * before, so that a bad one takes no key.
 *
 * Errors are not kept: the key is free again, and `work` may be done anew under the same claim.
 *
 * @throws AppError `invalid-request`: no key at all · `idempotency-key-reused`: with another body before ·
 * `idempotency-key-in-use`: the first is not answered yet · what the store or `work` fails with
 */
export type AnswerOnce = (
  scope: string,
  request: Request,
  response: Response,
  work: (claim: Claim) => Promise<OnceReply>,
) => Promise<void>

/** Long enough for most requests that are in flight to be answered. */
const IN_USE_RETRY_AFTER_SECONDS = 1

export function createAnswerOnce({
  store,
  logger,
}: {
  readonly store: IdempotencyStore
  readonly logger: Logger
}): AnswerOnce {
  return async (scope, request, response, work) => {
    const key = readIdempotencyKey(request.headers)
    if (key === undefined) {
      send(response, await work({ id: randomUUID(), startedAt: new Date().toISOString() }))
      return
    }
    const held = { scope, key, holder: randomUUID() }
    const beginning = await store.begin({ ...held, fingerprint: fingerprintOf(request.body) })
    if (beginning.outcome === 'reused') {
      throw new AppError('idempotency-key-reused', {
        detail: 'the Idempotency-Key was used before with another body; a new request needs a new key',
      })
    }
    if (beginning.outcome === 'in-flight') {
      throw new AppError('idempotency-key-in-use', {
        detail: 'the first request with this Idempotency-Key is not answered yet',
        retryAfterSeconds: IN_USE_RETRY_AFTER_SECONDS,
      })
    }
    trace.getActiveSpan()?.setAttribute(ATTR.IDEMPOTENCY_REPLAYED, beginning.outcome === 'replay')
    if (beginning.outcome === 'replay') {
      response.setHeader(REPLAYED_HEADER, 'true')
      send(response, beginning.reply)
      return
    }

    // The answer is given even if it cannot be kept: the work is done.
    const end = (reply: Reply | null) =>
      store.end({ ...held, reply }).catch((error) => {
        const { code, detail } = toAppError(error)
        logger.warn({ code, detail, scope }, 'an idempotency key could not be ended')
      })
    let reply: OnceReply
    try {
      reply = await work({ id: beginning.claim_id, startedAt: beginning.started_at })
    } catch (error) {
      await end(null)
      throw error
    }
    await end(reply.isFinal === false ? null : toKeptReply(reply))
    send(response, reply)
  }
}

function toKeptReply({ status = 200, headers = {}, body }: OnceReply): Reply {
  // What is kept is what JSON makes of it: undefined fields are not there.
  return { status, headers: { ...headers }, body: JSON.parse(JSON.stringify(body)) }
}

function send(response: Response, { status = 200, headers = {}, body }: OnceReply): void {
  response.status(status).set(headers).json(body)
}
