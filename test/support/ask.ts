import type { Answer, ChatAccepted, ChatStatus, RequestStatus } from '#shared/contracts'
import { SPANS } from '#shared/telemetry'
import { EVENT_CONSUMERS, ROOT, SEND_EVENT } from '../system-map'
import { eventually } from './eventually'
import type { OtlpReceiver, ReceivedSpan } from './otlp-receiver'

export const QUESTION = 'Show me errors from the last hour grouped by service'

export interface JsonResponse<Body> {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

/** Sends JSON and reads JSON; nothing is checked. */
export async function postJson<Body = Record<string, unknown>>(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<JsonResponse<Body>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body }
}

export async function getJson<Body = Record<string, unknown>>(url: string): Promise<JsonResponse<Body>> {
  const response = await fetch(url)
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body }
}

export async function ask(
  meshUrl: string,
  question: string = QUESTION,
  headers: Record<string, string> = {},
): Promise<JsonResponse<Answer>> {
  return postJson<Answer>(`${meshUrl}/api/generate-query`, { user_input: question }, headers)
}

/** Asks a question that is answered later. */
export async function chat(
  meshUrl: string,
  body: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<JsonResponse<ChatAccepted>> {
  return postJson<ChatAccepted>(`${meshUrl}/api/chat`, { user_input: QUESTION, ...body }, headers)
}

export async function poll(meshUrl: string, requestId: string, waitMs = 0): Promise<ChatStatus> {
  return (await getJson<ChatStatus>(`${meshUrl}/api/chat/poll/${requestId}?wait_ms=${waitMs}`)).body
}

/** Resolves once a chat request is answered. */
export function answered(meshUrl: string, requestId: string, timeoutMs?: number): Promise<ChatStatus> {
  return eventually(
    `request ${requestId} is answered`,
    async () => {
      const status = await poll(meshUrl, requestId, 1_000)
      return status.answer !== null && status
    },
    timeoutMs,
  )
}

/** Resolves once the background work of a request is stored. */
export function processed(meshUrl: string, requestId: string, timeoutMs?: number): Promise<RequestStatus> {
  return eventually(
    `request ${requestId} is processed`,
    async () => {
      const { body } = await getJson<RequestStatus>(`${meshUrl}/api/requests/${requestId}`)
      return body.status === 'processed' && body
    },
    timeoutMs,
  )
}

export interface TraceExpectations {
  /** False for a mesh that publishes no domain events. */
  readonly hasEvents?: boolean
}

/** The spans of a trace once the last ones of the pipeline and of its domain events and the root have arrived. */
export function wholeTrace(
  receiver: OtlpReceiver,
  traceId: string,
  { hasEvents = true }: TraceExpectations = {},
): Promise<ReceivedSpan[]> {
  return eventually(`trace ${traceId} is complete`, () => {
    const spans = receiver.trace(traceId)
    const isPresent = (name: string) => spans.some((span) => span.name === name)
    const isComplete =
      isPresent('INSERT processed_requests') &&
      isPresent(ROOT) &&
      isPresent(SPANS.PROCESS_BACKGROUND_MESSAGE) &&
      (!hasEvents || (isPresent(SPANS.PUBLISH_PROCESSED) && areConsumed(spans)))
    return isComplete && haveAllParents(spans) && spans
  })
}

/** Every event that was sent and not known before was written by each of its consumers. */
export function areConsumed(spans: readonly ReceivedSpan[]): boolean {
  const childrenOf = ({ spanId }: ReceivedSpan, name: string) =>
    spans.filter((span) => span.parentSpanId === spanId && span.name === name)
  const sent = spans.filter(
    ({ name, attributes, statusCode }) =>
      name === SEND_EVENT && attributes['mesh.message.duplicate'] === false && statusCode !== 2,
  )
  return sent.every((producer) =>
    EVENT_CONSUMERS.every(({ name, insert }) =>
      childrenOf(producer, name).some((consumer) => childrenOf(consumer, insert).length > 0),
    ),
  )
}

/** Exporters are independent: a child may arrive before its parent. */
export function haveAllParents(spans: readonly ReceivedSpan[]): boolean {
  const ids = new Set(spans.map((span) => span.spanId))
  const missing = spans.filter((span) => span.parentSpanId !== undefined && !ids.has(span.parentSpanId))
  return missing.every((span) => span.name === ROOT)
}
