import { type ClientRequest, IncomingMessage } from 'node:http'
import type { Span } from '@opentelemetry/api'
import { ATTR, ROOT_SPANS } from './names'

/**
 * Requests that make no spans and no line in the log: health, metrics, pathways, looks at queues, the polling of a
 * result, and workers that take messages. They come every few seconds, or never end, and would bury the traces of
 * questions. What a worker does with a message has spans of its own.
 */
const UNTRACED_PATHS: Readonly<Record<string, RegExp>> = {
  GET: toPattern(
    'health(/.*)?',
    'metrics',
    'pathways',
    'openapi.json',
    'docs(/.*)?',
    'status/:id',
    'queues(/:id(/dead-letters)?)?',
    'driver/.*',
    'requests/:id',
    'progress/:id',
    'api/health',
    'api/pathways',
    'api/requests/:id(/events)?',
    'api/chat/poll/:id',
  ),
  POST: toPattern(
    'pathways',
    'queues/settle',
    'queues/:id/claim(/end)?',
    'queues/:id/messages',
    'exchanges/:id/messages',
    'driver/.*',
  ),
}

function toPattern(...paths: string[]): RegExp {
  const alternatives = paths.map((path) => path.replaceAll('.json', '\\.json').replaceAll(':id', '[^/]+'))
  return new RegExp(`^/(?:${alternatives.join('|')})$`)
}

export function isUntracedRequest(request: IncomingMessage): boolean {
  const { method } = request
  return UNTRACED_PATHS[method === 'HEAD' ? 'GET' : (method ?? '')]?.test(pathOf(request)) ?? false
}

/**
 * Gives the gateway's HTTP server spans the names of the mesh's root spans. It goes by the path and not by
 * the matched route, because a body that does not parse never reaches a route and its span is a root too.
 */
export function nameRootSpan(
  serviceName: string,
  span: Span,
  request: ClientRequest | IncomingMessage,
): void {
  if (serviceName !== 'api_gateway' || !(request instanceof IncomingMessage)) return
  const route = pathOf(request)
  const name = ROOT_SPANS[`${request.method} ${route}` as keyof typeof ROOT_SPANS]
  if (name === undefined) return
  span.updateName(name)
  span.setAttribute(ATTR.HTTP_ROUTE, route)
}

/**
 * The path as routes are written. Express rewrites `url` inside routers and keeps the original beside it; it
 * takes upper case and a trailing slash for the same route.
 */
function pathOf(request: IncomingMessage & { originalUrl?: string }): string {
  const url = request.originalUrl ?? request.url ?? '/'
  const query = url.indexOf('?')
  const path = (query < 0 ? url : url.slice(0, query)).toLowerCase()
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
