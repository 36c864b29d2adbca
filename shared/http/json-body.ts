import express, { type ErrorRequestHandler, type RequestHandler } from 'express'
import { AppError } from '#shared/errors'

/** Parses JSON bodies and turns everything that can go wrong in it into an `AppError`. */
export function jsonBody(options: {
  readonly sizeMaxBytes: number
}): (RequestHandler | ErrorRequestHandler)[] {
  const parse = express.json({
    limit: options.sizeMaxBytes,
    strict: false,
    type: isJson,
    verify: refuseDeepNesting,
  })
  return [refuseOtherMediaTypes, parse, translateParserErrors(options.sizeMaxBytes)]
}

/** Deeper than any body of ours; code that walks a value recursively may rely on it. */
const NESTING_MAX = 64

const CODE = {
  QUOTE: 0x22,
  BACKSLASH: 0x5c,
  OPEN_LIST: 0x5b,
  OPEN_OBJECT: 0x7b,
  CLOSE_LIST: 0x5d,
  CLOSE_OBJECT: 0x7d,
}

/** Looks at the text and not at the parsed value, so that nothing deep is ever built. */
function refuseDeepNesting(_request: unknown, _response: unknown, body: Buffer): void {
  let depth = 0
  let inString = false
  for (let index = 0; index < body.length; index++) {
    const code = body[index]
    if (inString) {
      if (code === CODE.BACKSLASH) index++
      else if (code === CODE.QUOTE) inString = false
    } else if (code === CODE.QUOTE) inString = true
    else if (code === CODE.OPEN_LIST || code === CODE.OPEN_OBJECT) depth++
    else if (code === CODE.CLOSE_LIST || code === CODE.CLOSE_OBJECT) depth--
    if (depth > NESTING_MAX) {
      const message = `expected at most ${NESTING_MAX} levels of nesting`
      throw new AppError('invalid-request', { detail: message, errors: [{ pointer: '', message }] })
    }
  }
}

function isJson(request: { headers: Record<string, string | string[] | undefined> }): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(String(request.headers['content-type'] ?? ''))
}

const refuseOtherMediaTypes: RequestHandler = (request, _response, next) => {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0
  if (hasBody && !isJson(request)) {
    const found = request.headers['content-type'] ?? 'none'
    throw new AppError('unsupported-media-type', {
      detail: `expected a body of type application/json, found ${found}`,
      errors: [{ pointer: '', message: 'expected application/json' }],
    })
  }
  next()
}

/** The error types of body-parser: https://github.com/expressjs/body-parser#errors */
function translateParserErrors(sizeMaxBytes: number): ErrorRequestHandler {
  return (error, _request, _response, next) => {
    next(toAppErrorOfParser(error, sizeMaxBytes))
  }
}

function toAppErrorOfParser(error: { type?: string; message: string }, sizeMaxBytes: number): unknown {
  if (error instanceof AppError) return error
  const at = (message: string) => [{ pointer: '', message }]
  switch (error.type) {
    case 'entity.parse.failed':
      return new AppError('malformed-json', {
        detail: error.message,
        errors: at(error.message),
        cause: error,
      })
    case 'entity.too.large':
      return new AppError('body-too-large', {
        detail: `the body is larger than ${sizeMaxBytes} bytes`,
        errors: at(`expected at most ${sizeMaxBytes} bytes`),
        cause: error,
      })
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new AppError('unsupported-media-type', {
        detail: error.message,
        errors: at(error.message),
        cause: error,
      })
    case 'request.aborted':
    case 'request.size.invalid':
      return new AppError('request-aborted', {
        detail: error.message,
        errors: at(error.message),
        cause: error,
      })
    default:
      // Malformed gzip and the like: body-parser answers 400 without a type of its own.
      return (error as { status?: number }).status === 400
        ? new AppError('malformed-json', { detail: error.message, errors: at(error.message), cause: error })
        : error
  }
}
