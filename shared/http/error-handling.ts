import { trace } from '@opentelemetry/api'
import type { ErrorRequestHandler, Request, RequestHandler, Response, Router } from 'express'
import { AppError, PROBLEM_MEDIA_TYPE, toAppError, toProblem } from '#shared/errors'
import { ATTR, activeTraceId, type Logger, recordFailure } from '#shared/telemetry'

export const TRACE_ID_HEADER = 'x-trace-id'

/** Sends the trace id with every response, also with those that end in an error. */
export const sendTraceId: RequestHandler = (_request, response, next) => {
  const traceId = activeTraceId()
  if (traceId !== undefined) response.setHeader(TRACE_ID_HEADER, traceId)
  next()
}

/** Answers what no route took: 405 with `Allow` when the path exists for other methods, else 404. */
export function refuseUnknownRoutes(routers: readonly Router[]): RequestHandler {
  return (request, response, next) => {
    const allowed = routers.flatMap((router) => methodsOfPath(router, request.path))
    if (allowed.length === 0) {
      throw new AppError('route-not-found', { detail: `there is no ${request.method} ${request.path}` })
    }
    if (allowed.includes(request.method)) return next()
    response.setHeader('Allow', allowed.join(', '))
    throw new AppError('method-not-allowed', {
      detail: `${request.path} takes ${allowed.join(', ')}, not ${request.method}`,
    })
  }
}

interface RouteLayer {
  match(path: string): boolean
  route?: { methods: Record<string, boolean> }
}

function methodsOfPath(routes: Router, path: string): string[] {
  const layers = routes.stack as unknown as RouteLayer[]
  const methods = layers
    .filter((layer) => layer.route !== undefined && layer.match(path))
    .flatMap((layer) => Object.keys(layer.route?.methods ?? {}))
  return [...new Set(methods.map((method) => method.toUpperCase()))]
}

/**
 * Writes every error as a problem, in this one place. 4xx are the caller's and only noted. 5xx are recorded on
 * the request's span and logged: a defect with its stack, an expected failure in a line.
 */
export function answerWithProblem(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, next) => {
    const appError = toAppError(translateHttpError(error))
    const span = trace.getActiveSpan()
    span?.setAttribute(ATTR.PROBLEM_CODE, appError.code)
    if (appError.status >= 500 && span !== undefined) recordFailure(span, appError)
    logFailure(logger, appError, request)
    if (response.headersSent) return next(error)
    if (appError.retryAfterSeconds !== undefined)
      response.setHeader('Retry-After', appError.retryAfterSeconds)
    const traceId = activeTraceId()
    const problem = toProblem(appError, { instance: request.path, ...(traceId !== undefined && { traceId }) })
    response.status(appError.status).type(PROBLEM_MEDIA_TYPE).send(JSON.stringify(problem))
  }
}

/** Express refuses what it cannot decode, such as a broken percent-encoding, with an error of its own. */
function translateHttpError(error: unknown): unknown {
  if (error instanceof AppError || (error as { status?: unknown } | null)?.status !== 400) return error
  const message = 'the address of the request cannot be decoded'
  return new AppError('invalid-request', {
    detail: message,
    errors: [{ pointer: '', message }],
    cause: error,
  })
}

function logFailure(logger: Logger, error: AppError, request: Request): void {
  const { code, detail } = error
  const route = `${request.method} ${request.path}`
  if (code === 'internal-error') logger.error({ err: error.cause ?? error, code, route }, 'request failed')
  else if (error.status >= 500) logger.warn({ code, detail, route }, 'request failed')
  else logger.debug({ code, detail, route }, 'request refused')
}
