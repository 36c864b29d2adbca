import type { z } from 'zod'
import { AppError, type FieldError, toPointer } from '#shared/errors'
import type { WireMessage } from './message'

export const JSON_MEDIA_TYPE = 'application/json'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** @throws AppError `invalid-request` for what JSON cannot say */
export function encodeBody(body: unknown): Uint8Array {
  const text = JSON.stringify(body)
  if (text === undefined) throw new AppError('invalid-request', { detail: 'the body has no JSON form' })
  return Buffer.from(text)
}

/** @throws AppError `unsupported-media-type`, `malformed-json` or `invalid-request`, none of them retryable */
export function decodeBody<Body>({ body, contentType }: WireMessage, schema: z.ZodType<Body>): Body {
  if (contentType !== JSON_MEDIA_TYPE) {
    throw new AppError('unsupported-media-type', {
      detail: `the body is ${contentType}, not ${JSON_MEDIA_TYPE}`,
    })
  }
  return checkBody(parseJson(body), schema)
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body))
  } catch (error) {
    throw new AppError('malformed-json', { detail: 'the message body is not valid JSON', cause: error })
  }
}

/** @throws AppError `invalid-request` with a pointer for each bad field */
export function checkBody<Body>(body: unknown, schema: z.ZodType<Body>): Body {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const errors = result.error.issues.map(toFieldError)
  throw new AppError('invalid-request', {
    detail: `the message body does not fit: ${errors.map(({ pointer, message }) => `${pointer} ${message}`).join('; ')}`,
    errors,
  })
}

function toFieldError({ path, message }: z.core.$ZodIssue): FieldError {
  return { pointer: toPointer(path), message }
}
