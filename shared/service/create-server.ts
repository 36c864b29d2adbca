import { createServer, type Server } from 'node:http'
import express, { type Router } from 'express'
import { answerWithProblem, jsonBody, logRequests, refuseUnknownRoutes, sendTraceId } from '#shared/http'
import { countRequests, type ServiceStats } from '#shared/monitoring'
import type { Logger } from '#shared/telemetry'

export interface ServerOptions {
  readonly routes: Router
  readonly monitoring: Router
  readonly stats: ServiceStats
  readonly logger: Logger
  readonly bodySizeMaxBytes: number
}

/** Longer than any client of ours keeps an idle connection, so that the client is the one to close it. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 60_000

/** An HTTP server with what all services share around its routes; it does not listen yet. */
export function createHttpServer(options: ServerOptions): Server {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use(sendTraceId)
  app.use(options.monitoring)
  app.use(countRequests(options.stats), logRequests(options.logger))
  app.use(...jsonBody({ sizeMaxBytes: options.bodySizeMaxBytes }))
  app.use(options.routes)
  app.use(refuseUnknownRoutes([options.routes, options.monitoring]))
  app.use(answerWithProblem(options.logger))

  const server = createServer(app)
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS
  server.headersTimeout = HEADERS_TIMEOUT_MS
  server.requestTimeout = REQUEST_TIMEOUT_MS
  return server
}
