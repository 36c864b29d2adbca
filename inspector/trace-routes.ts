import { type Request, Router } from 'express'
import { z } from 'zod'
import { AppError } from '#shared/errors'
import { renderHelp } from './help-text'
import { methodNotAllowed } from './http-errors'
import type { SpanStore, StoredTrace } from './span-store'
import { toPrintable } from './styled-text'
import { toTraceJson } from './trace-json'
import { renderTraceList } from './trace-list'
import { summariseTrace, type TraceSummary } from './trace-summary'
import { buildTraceTree } from './trace-tree'
import { renderWaterfall, WATERFALL_WIDTH } from './waterfall'

const LIST_LENGTH_MAX = 1_000
const TRACE_ID = /^[0-9a-f]{32}$/

const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(LIST_LENGTH_MAX).default(50),
  service: z.string().optional(),
  name: z.string().optional(),
  error: z.stringbool().optional(),
})

const waterfallQuery = z.object({
  width: z.coerce
    .number()
    .int()
    .min(WATERFALL_WIDTH.min)
    .max(WATERFALL_WIDTH.max)
    .default(WATERFALL_WIDTH.default),
  color: z.enum(['always', 'never']).default('never'),
  attributes: z.enum(['key', 'all']).default('key'),
})

/** Reading what was received: JSON below `/api`, plain text for curl elsewhere. */
export function traceRoutes({ store }: { readonly store: SpanStore }): Router {
  const router = Router()

  router
    .route('/')
    .get((request, response) => {
      response.type('text/plain').send(renderHelp(originOf(request)))
    })
    .all(methodNotAllowed('GET'))

  router
    .route('/api/traces')
    .get((request, response) => {
      response.json({
        traces: listTraces(store, parseQuery(listQuery, request)),
        trace_count: store.stats().traces,
      })
    })
    .delete((_request, response) => {
      response.json({ deleted_trace_count: store.clear() })
    })
    .all(methodNotAllowed('GET', 'DELETE'))

  router
    .route('/api/traces/:trace_id')
    .get((request, response) => {
      response.json(toTraceJson(findTrace(store, request.params.trace_id)))
    })
    .all(methodNotAllowed('GET'))

  router
    .route('/traces')
    .get((request, response) => {
      const summaries = listTraces(store, parseQuery(listQuery, request))
      response.type('text/plain').send(renderListPage(summaries, store.stats().traces, originOf(request)))
    })
    .all(methodNotAllowed('GET'))

  router
    .route('/traces/:trace_id')
    .get((request, response) => {
      const trace = findTrace(store, request.params.trace_id)
      const { width, color, attributes } = parseQuery(waterfallQuery, request)
      const waterfall = renderWaterfall(buildTraceTree(trace.spans), {
        width,
        colour: color === 'always',
        attributes,
        refusedSpanCount: trace.refusedSpanCount,
      })
      const more =
        attributes === 'all'
          ? ''
          : `\nAll attributes: curl '${originOf(request)}/traces/${trace.traceId}?attributes=all'\n`
      response.type('text/plain').send(`${waterfall}${more}`)
    })
    .all(methodNotAllowed('GET'))

  return router
}

/** As the caller wrote it, so that the commands we print work from where they read them. */
function originOf(request: Request): string {
  return toPrintable(`${request.protocol}://${request.headers.host ?? 'localhost'}`)
}

function parseQuery<Schema extends z.ZodObject>(schema: Schema, request: Request): z.output<Schema> {
  const result = schema.safeParse(request.query)
  if (result.success) return result.data
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new AppError('invalid-request', { detail: `query parameters: ${problems.join('; ')}` })
}

function findTrace(store: SpanStore, given: string): StoredTrace {
  const traceId = given.toLowerCase()
  if (!TRACE_ID.test(traceId)) {
    throw new AppError('invalid-request', {
      detail: `"${given}" is not a trace id, which is 32 hex digits such as 4bf92f3577b34da6a3ce929d0e0e4736`,
    })
  }
  const trace = store.trace(traceId)
  if (trace === undefined) {
    throw new AppError('trace-not-found', {
      detail: `no span of trace ${traceId} has been received, or it was dropped for newer ones`,
    })
  }
  return trace
}

/** `name` is looked for in every span's name, whatever its case. */
function listTraces(store: SpanStore, filter: z.output<typeof listQuery>): TraceSummary[] {
  const name = filter.name?.toLowerCase()
  return store
    .traces()
    .filter(({ spans }) => name === undefined || spans.some((span) => span.name.toLowerCase().includes(name)))
    .map(summariseTrace)
    .filter(({ services }) => filter.service === undefined || services.includes(filter.service))
    .filter(({ error_count }) => filter.error === undefined || error_count > 0 === filter.error)
    .sort((one, other) => compareStarts(other, one))
    .slice(0, filter.limit)
}

function compareStarts(one: TraceSummary, other: TraceSummary): number {
  const [start, otherStart] = [BigInt(one.start_unix_ns), BigInt(other.start_unix_ns)]
  return start < otherStart ? -1 : start > otherStart ? 1 : 0
}

function renderListPage(summaries: readonly TraceSummary[], traceCount: number, origin: string): string {
  if (traceCount === 0) return `No traces yet. Point an SDK here: OTEL_EXPORTER_OTLP_ENDPOINT=${origin}\n`
  const shown = summaries.length === traceCount ? '' : ` (${summaries.length} of ${traceCount} traces)`
  return `${renderTraceList(summaries)}\nOne of them: curl ${origin}/traces/<trace>${shown}\n`
}
