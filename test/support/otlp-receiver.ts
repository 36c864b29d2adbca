import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { type AttributeMap, type OtlpAttributes, toMap } from './otlp-attributes'
import { decodeMetrics, type OtlpMetrics, type ReceivedMetric } from './otlp-metrics'

/** A span as it arrived over the wire, with its service from the resource. */
export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly traceState: string | undefined
  readonly name: string
  /** 1 INTERNAL, 2 SERVER, 3 CLIENT, 4 PRODUCER, 5 CONSUMER. */
  readonly kind: number
  readonly service: string
  readonly resource: AttributeMap
  readonly attributes: AttributeMap
  readonly events: readonly { readonly name: string; readonly attributes: AttributeMap }[]
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  /** 0 unset, 1 ok, 2 error. */
  readonly statusCode: number
  readonly statusMessage: string | undefined
  readonly startNs: bigint
  readonly endNs: bigint
}

export const KIND = { INTERNAL: 1, SERVER: 2, CLIENT: 3, PRODUCER: 4, CONSUMER: 5 } as const

export interface OtlpReceiver {
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  /** Each export of each metric, in order of arrival. */
  readonly metrics: readonly ReceivedMetric[]
  /** Exports that were begun, those that were never answered included. */
  requestCount(): number
  trace(traceId: string): ReceivedSpan[]
  close(): Promise<void>
}

export interface OtlpReceiverOptions {
  /** Takes connections and never answers, as a collector that hangs does. */
  readonly hang?: boolean
}

/** An OTLP/HTTP JSON receiver that keeps every span and every metric that left a process. */
export async function startOtlpReceiver({ hang = false }: OtlpReceiverOptions = {}): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const metrics: ReceivedMetric[] = []
  let requestCount = 0
  const server = createServer(async (request, response) => {
    requestCount++
    if (hang) return
    const body: OtlpTraces & OtlpMetrics = JSON.parse(await readBody(request))
    spans.push(...decode(body))
    metrics.push(...decodeMetrics(body))
    response.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    metrics,
    requestCount: () => requestCount,
    trace: (traceId) => spans.filter((span) => span.traceId === traceId),
    close: () => closeServer(server),
  }
}

function readBody(request: IncomingMessage): Promise<string> {
  return text(request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request)
}

export function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}

interface OtlpTraces {
  resourceSpans?: {
    resource?: { attributes?: OtlpAttributes }
    scopeSpans?: {
      spans?: {
        traceId: string
        spanId: string
        parentSpanId?: string
        traceState?: string
        name: string
        kind: number
        attributes?: OtlpAttributes
        events?: { name: string; attributes?: OtlpAttributes }[]
        links?: { traceId: string; spanId: string }[]
        status?: { code?: number; message?: string }
        startTimeUnixNano: string
        endTimeUnixNano: string
      }[]
    }[]
  }[]
}

function decode(body: OtlpTraces): ReceivedSpan[] {
  return (body.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) => {
    const resourceAttributes = toMap(resource?.attributes)
    return (scopeSpans ?? []).flatMap(({ spans }) =>
      (spans ?? []).map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId || undefined,
        traceState: span.traceState || undefined,
        name: span.name,
        kind: span.kind,
        service: String(resourceAttributes['service.name']),
        resource: resourceAttributes,
        attributes: toMap(span.attributes),
        events: (span.events ?? []).map(({ name, attributes }) => ({ name, attributes: toMap(attributes) })),
        links: span.links ?? [],
        statusCode: span.status?.code ?? 0,
        statusMessage: span.status?.message,
        startNs: BigInt(span.startTimeUnixNano),
        endNs: BigInt(span.endTimeUnixNano),
      })),
    )
  })
}
