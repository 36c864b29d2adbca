import type { RequestHandler } from 'express'
import { isUntracedRequest, type Logger } from '#shared/telemetry'

/**
 * One line for every request, once it is answered or given up, with the trace it belongs to. What a client or
 * a service did wrong is told by the problem handler; this line is there for all of them, though only at the level
 * `debug` for those that make no trace.
 */
export function logRequests(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now()
    response.once('close', () => {
      const fields = {
        method: request.method,
        path: request.path,
        status: response.statusCode,
        duration_ms: Math.round((performance.now() - startedAt) * 10) / 10,
      }
      const level = isUntracedRequest(request) ? 'debug' : 'info'
      if (response.writableFinished) logger[level](fields, 'request answered')
      else logger[level](fields, 'request given up by its client')
    })
    next()
  }
}
