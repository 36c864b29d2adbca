import type { Request } from 'express'
import type { z } from 'zod'
import { AppError, type FieldError, toPointer } from '#shared/errors'

/** Most bad fields that a problem names; the rest is only counted. */
const ERRORS_MAX = 20

/**
 * The request's JSON body in the shape of the schema. Fields the schema does not know are left out.
 *
 * @throws AppError `invalid-request` with an RFC 6901 pointer for every bad field
 */
export function parseBody<Output>(schema: z.ZodType<Output>, request: Request): Output {
  if (request.body === undefined) {
    const message = 'expected a JSON body, found none'
    throw new AppError('invalid-request', { detail: message, errors: [{ pointer: '', message }] })
  }
  return parseInput(schema, request.body)
}

/**
 * As `parseBody`, for anything else that came from outside, or for one part of a body, to which `pointer` leads.
 */
export function parseInput<Output>(schema: z.ZodType<Output>, input: unknown, pointer = ''): Output {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const { issues } = result.error
  const errors = issues
    .slice(0, ERRORS_MAX)
    .map(({ path, message }) => ({ pointer: pointer + toPointer(path), message }))
  throw new AppError('invalid-request', { detail: summarise(errors, issues.length), errors })
}

function summarise([first]: readonly FieldError[], count: number): string {
  if (first === undefined) return 'the body is not valid'
  const place = first.pointer === '' ? 'the body' : first.pointer
  return `${place}: ${first.message}${count > 1 ? ` (and ${count - 1} more)` : ''}`
}
