import type { FailedStep, WireMessageJson } from '#shared/contracts'
import { AppError, isErrorCode, toAppError } from '#shared/errors'
import type { WireMessage } from './message'

/** A message as JSON can carry it, to the last byte. */
export function toWireJson(message: WireMessage): WireMessageJson {
  const { id, body, headers, contentType, enqueuedAt, priority, ttlMs } = message
  return {
    id,
    body_base64: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64'),
    headers: { ...headers },
    content_type: contentType,
    enqueued_at: enqueuedAt,
    ...(priority !== undefined && { priority }),
    ...(ttlMs !== undefined && { ttl_ms: ttlMs }),
  }
}

export function fromWireJson(json: WireMessageJson): WireMessage {
  const { id, body_base64, headers, content_type, enqueued_at, priority, ttl_ms } = json
  return {
    id,
    body: Buffer.from(body_base64, 'base64'),
    headers,
    contentType: content_type,
    enqueuedAt: enqueued_at,
    ...(priority !== undefined && { priority }),
    ...(ttl_ms !== undefined && { ttlMs: ttl_ms }),
  }
}

/** One failed step of several, for whoever asked for it. */
export function toFailedStep(error: unknown): FailedStep {
  const { code, detail, retryAfterSeconds } = toAppError(error)
  return {
    outcome: 'error',
    code,
    detail: detail ?? null,
    ...(retryAfterSeconds !== undefined && { retry_after_s: retryAfterSeconds }),
  }
}

/** The error that it was. */
export function fromFailedStep({ code, detail, retry_after_s }: FailedStep, service: string): AppError {
  return new AppError(isErrorCode(code) ? code : 'bad-gateway', {
    service,
    ...(detail !== null && { detail }),
    ...(retry_after_s !== undefined && { retryAfterSeconds: retry_after_s }),
  })
}
