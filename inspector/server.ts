import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express } from 'express'
import { isLoopback, reachableHost } from '#shared/config'
import type { InspectorConfig } from './config'
import { answerProblem, methodNotAllowed, routeNotFound } from './http-errors'
import { requireLoopbackHost } from './loopback'
import { otlpRoutes, type ReceiverStats } from './otlp-routes'
import { SpanStore } from './span-store'
import { traceRoutes } from './trace-routes'

export interface Inspector {
  readonly app: Express
  readonly store: SpanStore
}

export interface RunningInspector {
  readonly port: number
  readonly url: string
  readonly store: SpanStore
  /** Stops listening; requests in flight get half a second. */
  close(): Promise<void>
}

export interface InspectorOptions {
  readonly config: InspectorConfig
}

const CLOSE_GRACE_MS = 500

/** The inspector as an Express app; it never listens and never reads the environment. */
export function createInspector({ config }: InspectorOptions): Inspector {
  const store = new SpanStore({
    tracesMax: config.INSPECTOR_TRACES_MAX,
    spansMax: config.INSPECTOR_SPANS_MAX,
    spansPerTraceMax: config.INSPECTOR_SPANS_PER_TRACE_MAX,
    sizeMaxBytes: config.INSPECTOR_STORE_SIZE_MAX_BYTES,
  })
  const stats: ReceiverStats = { received_spans: 0, rejected_spans: 0, ignored_exports: 0 }
  const app = express().disable('x-powered-by').disable('etag')

  if (isLoopback(config.HOST)) app.use(requireLoopbackHost)
  app.use((_request, response, next) => {
    // Text holds what spans are named; no browser shall take it for a page.
    response.setHeader('X-Content-Type-Options', 'nosniff')
    next()
  })
  app.use(otlpRoutes({ store, stats, bodySizeMaxBytes: config.INSPECTOR_BODY_SIZE_MAX_BYTES }))
  app
    .route('/health')
    .get((_request, response) => {
      response.json({
        status: 'healthy',
        service: 'inspector',
        uptime_s: Math.round(process.uptime()),
        stats: { ...store.stats(), ...stats },
        timestamp: new Date().toISOString(),
      })
    })
    .all(methodNotAllowed('GET'))
  app.use(traceRoutes({ store }))
  app.use(routeNotFound)
  app.use(answerProblem)
  return { app, store }
}

/**
 * Starts the inspector; port 0 takes a free one.
 *
 * @throws Error with a message for people when the port cannot be had
 */
export async function startInspector({ config }: InspectorOptions): Promise<RunningInspector> {
  const { app, store } = createInspector({ config })
  const server = createServer(app)
  server.listen(config.INSPECTOR_PORT, config.HOST)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new Error(explainListenError(error, config), { cause: error })
  }
  const { port } = server.address() as AddressInfo
  return { port, url: `http://${reachableHost(config.HOST)}:${port}`, store, close: () => close(server) }
}

function explainListenError(error: unknown, { HOST, INSPECTOR_PORT }: InspectorConfig): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  if (code === 'EADDRINUSE') {
    return (
      `port ${INSPECTOR_PORT} is in use; if that is a collector, the traces go there and the inspector is not needed. ` +
      'Else set INSPECTOR_PORT to a free port, and OTEL_EXPORTER_OTLP_ENDPOINT to match'
    )
  }
  return `cannot listen on ${HOST} port ${INSPECTOR_PORT} (${code}); HOST and INSPECTOR_PORT change it`
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
  await closed
  clearTimeout(timer)
}
