import { SERVICE_KEYS, SERVICES, type ServiceKey } from '#shared/config'
import type { FeedbackBody } from '#shared/contracts'
import { PROBLEM_MEDIA_TYPE, type Problem } from '#shared/errors'
import { callHttp, type HttpReply } from '../client/http-call'
import { waitForBackground } from '../client/wait-for-background'
import { servicesOf, waitForTrace } from '../client/wait-for-trace'
import { type Check, expect, Skip } from './check'
import { aTraceContext, QUESTION, type SmokeSession } from './session'

/** Everything `npm run smoke` checks, in the order in which it does. */
export const CHECKS: readonly Check[] = [
  ...SERVICE_KEYS.map((key) => ({
    title: `${SERVICES[key].serviceName} is healthy`,
    run: (session: SmokeSession) => checkHealth(session, key),
  })),
  { title: 'the gateway sees every other service healthy', run: checkDownstreamHealth },
  { title: 'a question becomes a valid query', run: checkGeneration },
  { title: 'the answer names its trace in x-trace-id', run: checkTraceHeader },
  { title: 'the background work is stored', run: checkBackground },
  { title: 'a question is answered later, in its own trace', run: checkChat },
  { title: 'a trace that a caller began is continued', run: checkContinuedTrace },
  {
    title: 'a thumb is stored as feedback',
    run: (session) => checkFeedback(session, { feedback_type: 'thumbs_up' }, 5),
  },
  { title: 'a rating is stored as feedback', run: (session) => checkFeedback(session, { rating: 4 }, 4) },
  { title: 'the counters count', run: checkCounters },
  { title: 'a bad request is a problem that points at the field', run: checkBadRequest },
  { title: 'an unknown request is a problem with status 404', run: checkUnknownRequest },
  { title: 'the trace has one root and every service', run: checkTrace },
]

async function checkHealth({ address }: SmokeSession, key: ServiceKey) {
  const url = address.serviceUrls[key]
  const { status, body } = await callHttp(`${url}/health`)
  const health = (body as { status?: string }).status
  expect(status === 200 && health !== undefined, `${url}/health answered ${status} ${health ?? ''}`)
  return health === 'healthy' ? undefined : health
}

async function checkDownstreamHealth({ mesh }: SmokeSession) {
  const { status, body } = await mesh.call('/api/health')
  const downstream =
    (body as { downstream_services?: Record<string, { status: string }> }).downstream_services ?? {}
  const unwell = SERVICE_KEYS.filter((key) => key !== 'gateway')
    .map((key) => SERVICES[key].serviceName)
    .filter((name) => downstream[name]?.status !== 'healthy')
  expect(status === 200, `answered ${status}`)
  expect(
    unwell.length === 0,
    `${unwell.map((name) => `${name} ${downstream[name]?.status ?? 'missing'}`).join(', ')}`,
  )
  return undefined
}

async function checkGeneration({ answered }: SmokeSession) {
  const { answer } = await answered()
  expect(
    answer.outcome === 'query' && answer.query !== null,
    `outcome ${answer.outcome}: ${answer.explanation}`,
  )
  expect(answer.validation?.is_valid === true, `not valid: ${answer.validation?.errors.join('; ')}`)
  expect(answer.success, 'success is false')
  expect(answer.message_id !== null, `not enqueued: ${answer.warnings.join('; ')}`)
  return answer.query
}

async function checkTraceHeader({ answered }: SmokeSession) {
  const { reply, answer } = await answered()
  const header = reply.headers.get('x-trace-id')
  expect(header !== null && header === answer.trace_id, `header ${header}, body ${answer.trace_id}`)
  return header
}

async function checkBackground({ mesh, answered, timeoutMs }: SmokeSession) {
  const { answer } = await answered()
  const request = await waitForBackground(mesh, answer, timeoutMs)
  expect(request?.status === 'processed', `${request?.status ?? 'not enqueued'} after ${timeoutMs} ms`)
  expect(request.query === answer.query, `stored another query: ${request.query}`)
  expect(request.trace_id === answer.trace_id, `stored with another trace: ${request.trace_id}`)
  expect(request.insights?.complexity != null, 'stored without insights')
  return undefined
}

async function checkChat({ mesh, answered, timeoutMs }: SmokeSession) {
  const accepted = await mesh.chat({ user_input: QUESTION })
  const { status, answer, trace_id } = await mesh.poll(accepted.request_id, timeoutMs)
  expect(answer !== null, `${status} after ${timeoutMs} ms`)
  const atOnce = (await answered()).answer.query
  expect(answer.query === atOnce, `answered another query than at once: ${answer.query}`)
  expect(trace_id === accepted.trace_id, `accepted in ${accepted.trace_id}, answered in ${trace_id}`)
  return undefined
}

async function checkContinuedTrace({ mesh }: SmokeSession) {
  const { traceId, traceparent } = aTraceContext()
  const { status, body } = await mesh.call('/api/generate-query', {
    body: { user_input: QUESTION },
    headers: { traceparent },
  })
  const found = (body as { trace_id?: string }).trace_id
  expect(status === 200 && found === traceId, `sent ${traceId}, answered ${status} with ${found}`)
  return undefined
}

async function checkFeedback(
  { mesh, answered }: SmokeSession,
  opinion: Partial<FeedbackBody>,
  rating: number,
) {
  const { answer } = await answered()
  const feedback = await mesh.giveFeedback({
    user_input: QUESTION,
    generated_query: answer.query ?? '',
    request_id: answer.request_id,
    ...opinion,
  })
  expect(feedback.success && feedback.feedback_id !== '', 'not stored')
  expect(feedback.rating === rating, `rating ${feedback.rating} instead of ${rating}`)
  return undefined
}

async function checkCounters(session: SmokeSession) {
  const { mesh } = session
  const before = (await mesh.stats()).counters
  await mesh.ask({ user_input: QUESTION })
  await checkFeedback(session, { rating: 5 }, 5)
  const after = (await mesh.stats()).counters
  for (const counter of ['questions', 'feedback']) {
    const [from, to] = [before[counter] ?? 0, after[counter] ?? 0]
    expect(to > from, `${counter} went from ${from} to ${to}`)
  }
  return undefined
}

async function checkBadRequest({ mesh }: SmokeSession) {
  const problem = toProblem(await mesh.call('/api/generate-query', { body: { user_input: ' ' } }), 400)
  const pointers = (problem.errors ?? []).map(({ pointer }) => pointer)
  expect(pointers.includes('/user_input'), `pointers ${pointers.join(', ') || 'missing'}`)
  return problem.code
}

async function checkUnknownRequest({ mesh }: SmokeSession) {
  const problem = toProblem(await mesh.call('/api/requests/no-such-request'), 404)
  expect(problem.code === 'request-not-found', `code ${problem.code}`)
  return undefined
}

function toProblem(reply: HttpReply, status: number): Problem {
  const type = reply.headers.get('content-type') ?? ''
  expect(reply.status === status, `answered ${reply.status} instead of ${status}`)
  expect(type.startsWith(PROBLEM_MEDIA_TYPE), `media type ${type}`)
  return reply.body as Problem
}

async function checkTrace({ inspector, answered, timeoutMs }: SmokeSession) {
  if (inspector === null || !(await inspector.isThere())) throw new Skip('no inspector to ask')
  const { answer } = await answered()
  const trace = await waitForTrace(inspector, answer, timeoutMs)
  expect(trace !== null, `the inspector at ${inspector.url} has nothing of ${answer.trace_id}`)
  const roots = trace.spans.filter((span) => span.parent_span_id === null)
  expect(roots.length === 1, `${roots.length} roots: ${roots.map(({ name }) => name).join(', ')}`)
  const missing = servicesOf(answer).filter((name) => !trace.services.includes(name))
  expect(missing.length === 0, `nothing from ${missing.join(', ')}`)
  expect(trace.complete, 'spans are missing between root and leaves')
  return `${trace.spans.length} spans, ${trace.services.length} services`
}
