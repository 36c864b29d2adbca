import type { ErrorRequestHandler, RequestHandler } from 'express'
import { AppError, PROBLEM_MEDIA_TYPE, toProblem } from '#shared/errors'

/** What Express and its body parser throw for requests they cannot accept. */
interface HttpError extends Error {
  readonly status: number
  readonly type?: string
}

export function isHttpError(error: unknown): error is HttpError {
  return (
    error instanceof Error &&
    !(error instanceof AppError) &&
    'status' in error &&
    typeof error.status === 'number'
  )
}

/** For `route.all(…)` behind the methods that exist. */
export function methodNotAllowed(...allowed: readonly string[]): RequestHandler {
  return (request, response) => {
    response.set('Allow', allowed.join(', '))
    throw new AppError('method-not-allowed', {
      detail: `${request.method} is not possible here; allowed: ${allowed.join(', ')}`,
    })
  }
}

export const routeNotFound: RequestHandler = (request) => {
  throw new AppError('route-not-found', {
    detail: `${request.method} ${request.path}; GET / lists what there is`,
  })
}

/** Every error as problem+json. What nobody expected is written to stderr, and told to nobody else. */
export const answerProblem: ErrorRequestHandler = (error: unknown, request, response, _next) => {
  const problem = toProblem(isBadRequest(error) ? toInvalidRequest(error) : error, { instance: request.path })
  reportUnexpected(problem.status, error)
  response.status(problem.status).type(PROBLEM_MEDIA_TYPE).send(JSON.stringify(problem))
}

function isBadRequest(error: unknown): error is HttpError {
  return isHttpError(error) && error.status < 500
}

function toInvalidRequest(error: HttpError): AppError {
  return new AppError('invalid-request', { detail: error.message, cause: error })
}

export function reportUnexpected(status: number, error: unknown): void {
  if (status >= 500)
    process.stderr.write(`inspector: ${error instanceof Error ? error.stack : String(error)}\n`)
}
