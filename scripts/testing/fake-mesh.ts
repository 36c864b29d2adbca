import type { TestContext } from 'node:test'
import { SERVICE_KEYS, SERVICES } from '#shared/config'
import { AppError, PROBLEM_MEDIA_TYPE, toProblem } from '#shared/errors'
import { freePort } from '../supervisor/testing/free-port'
import { anAnswer, aRefusal, aRequest, aTrace, REQUEST_ID, TRACE_ID } from './recorded-answers'
import { type ServedReply, type ServedRequest, serve, type TestServer } from './serve'

/** Replaces what the fake answers to some requests; undefined leaves it. */
export type Override = (request: ServedRequest) => ServedReply | undefined

export interface FakeMesh {
  readonly gateway: TestServer
  readonly inspector: TestServer
  /** What finds the fake mesh. */
  readonly environment: Readonly<Record<string, string>>
}

/**
 * A gateway that answers as recorded, keeps the contract's promises where a test can see them (trace ids,
 * counters, problems), and an inspector. All six services are one server: it answers for any of them.
 */
export async function startFakeMesh(
  t: TestContext,
  { override = () => undefined, hasInspector = true }: { override?: Override; hasInspector?: boolean } = {},
): Promise<FakeMesh> {
  const counters = { questions: 0, feedback: 0 }
  const gateway = await serve(t, (request) => override(request) ?? answerAsGateway(request, counters))
  const inspector = await serve(t, (request) => override(request) ?? answerAsInspector(request))
  const urls = SERVICE_KEYS.map((key) => [SERVICES[key].urlVariable, gateway.url])
  const inspectorPort = hasInspector ? inspector.port : await freePort()
  return {
    gateway,
    inspector,
    environment: { ...Object.fromEntries(urls), INSPECTOR_PORT: String(inspectorPort) },
  }
}

function answerAsGateway(
  request: ServedRequest,
  counters: { questions: number; feedback: number },
): ServedReply {
  const { method, path } = request
  if (path.startsWith('/health')) return ok({ status: 'healthy' })
  if (path.startsWith('/api/requests/')) {
    return path.endsWith(REQUEST_ID) ? ok(aRequest()) : problem(new AppError('request-not-found'))
  }
  if (path.startsWith('/api/chat/poll/')) {
    return ok({ ...aRequest({ status: 'answered', insights: null }), answer: anAnswer() })
  }
  switch (`${method} ${path}`) {
    case 'GET /api/health':
      return ok({ status: 'healthy', downstream_services: allHealthy() })
    case 'GET /api/stats':
      return ok({ counters: { ...counters }, services: {} })
    case 'POST /api/feedback':
      counters.feedback += 1
      return { status: 201, body: { success: true, feedback_id: 'f-1', rating: ratingOf(request.body) } }
    case 'POST /api/chat':
      return { status: 202, body: acceptChat(request.body) }
    case 'POST /api/generate-query':
      return answerQuestion(request, counters)
    default:
      return problem(new AppError('route-not-found'))
  }
}

function answerQuestion({ body, headers }: ServedRequest, counters: { questions: number }): ServedReply {
  const { user_input, conversation_id = null } = body as { user_input: string; conversation_id?: string }
  if (user_input.trim() === '') {
    const errors = [{ pointer: '/user_input', message: 'expected some text' }]
    return problem(new AppError('invalid-request', { errors }))
  }
  counters.questions += 1
  const trace_id = String(headers.traceparent ?? `00-${TRACE_ID}`).split('-')[1] ?? TRACE_ID
  const isQuestion = !user_input.includes('cake')
  const answer = isQuestion
    ? anAnswer({ trace_id, conversation_id })
    : aRefusal({ trace_id, conversation_id })
  return { status: 200, headers: { 'x-trace-id': trace_id }, body: answer }
}

function acceptChat(body: unknown) {
  const { conversation_id = REQUEST_ID } = body as { conversation_id?: string }
  return { request_id: REQUEST_ID, conversation_id, status: 'accepted', trace_id: TRACE_ID }
}

function answerAsInspector({ path }: ServedRequest): ServedReply {
  const traceId = /^\/api\/traces\/([0-9a-f]{32})$/.exec(path)?.[1]
  if (traceId !== undefined) return ok(aTrace(traceId))
  return path.startsWith('/api/traces') ? ok({ traces: [] }) : ok('the waterfall\n')
}

function allHealthy() {
  return Object.fromEntries(
    SERVICE_KEYS.map((key) => [SERVICES[key].serviceName, { status: 'healthy', latency_ms: 1 }]),
  )
}

function ratingOf(body: unknown): number {
  const { rating, feedback_type } = body as { rating?: number; feedback_type?: string }
  return rating ?? (feedback_type === 'thumbs_up' ? 5 : 1)
}

function ok(body: unknown): ServedReply {
  return { status: 200, body }
}

function problem(error: AppError): ServedReply {
  return {
    status: error.status,
    headers: { 'content-type': PROBLEM_MEDIA_TYPE },
    body: toProblem(error, { traceId: TRACE_ID }),
  }
}
