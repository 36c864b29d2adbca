import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { AppError, toProblem } from '#shared/errors'
import { askCommand } from './ask'
import { runCommand } from './cli/command'
import { recordingTerminal } from './cli/testing/recording-terminal'
import { freePort } from './supervisor/testing/free-port'
import {
  anAnswer,
  aRefusal,
  aRequest,
  aTrace,
  aValidation,
  REQUEST_ID,
  TRACE_ID,
} from './testing/recorded-answers'
import { type ServedReply, type ServedRequest, serve } from './testing/serve'

interface Answers {
  /** What becomes of a question that is answered later, as server-sent events. */
  readonly events?: string
  readonly answer?: ServedReply
  /** How the request stands, each time it is asked after. */
  readonly statuses?: readonly ServedReply[]
  /** What the inspector has of the trace, each time it is asked; null when there is no inspector. */
  readonly traces?: readonly unknown[] | null
}

const STREAM = { 'content-type': 'text/event-stream' }
const CHAT_ACCEPTED = {
  request_id: REQUEST_ID,
  conversation_id: 'c-1',
  status: 'accepted',
  trace_id: TRACE_ID,
}

const event = (name: string, data: unknown) => `id: 1\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`
const ok = (body: unknown): ServedReply => ({ status: 200, body })
const notFound = ok(null)

/** Runs the command against a gateway and an inspector that answer as recorded. */
async function ask(t: TestContext, args: readonly string[], answers: Answers = {}) {
  const statuses = [...(answers.statuses ?? [ok(aRequest())])]
  const traces = [...(answers.traces ?? [aTrace(TRACE_ID)])]
  const next = <Item>(items: Item[]) => (items.length > 1 ? items.shift() : items[0]) as Item
  const gateway = await serve(t, ({ path }) => {
    if (path === '/api/chat') return answers.answer ?? { status: 202, body: CHAT_ACCEPTED }
    if (path.endsWith('/events')) return { ...ok(answers.events), headers: STREAM }
    return path === '/api/generate-query' ? (answers.answer ?? ok(anAnswer())) : next(statuses)
  })
  const inspector = await serve(t, ({ path }) => {
    if (path.startsWith('/api/traces?')) return ok({ traces: [] })
    if (path.startsWith('/api/traces/'))
      return next(traces) === null ? { ...notFound, status: 404 } : ok(next(traces))
    return ok('the waterfall\n')
  })
  const inspectorPort = answers.traces === null ? await freePort() : inspector.port
  const { terminal, output, warnings } = recordingTerminal()
  const environment = { GATEWAY_PORT: String(gateway.port), INSPECTOR_PORT: String(inspectorPort) }
  const code = await runCommand(askCommand, args, { terminal, environment })
  return { code, output: output(), warnings: warnings(), gateway, inspector }
}

const bodies = (requests: readonly ServedRequest[]) =>
  requests.filter(({ path }) => path === '/api/generate-query').map(({ body }) => body)

test('shows the query a stage a line, what was understood, the background and the trace', async (t) => {
  const { code, output } = await ask(t, ['errors by subsystem'])

  assert.equal(code, 0)
  assert.match(output, /^source logs\n\| filter \$m\.severity == ERROR\n\| countby \$l\.subsystemname\n/)
  assert.match(output, /^understood +Counts errors by subsystem\.$/m)
  assert.match(output, /^intent +error_analysis \(92 %\)$/m)
  assert.match(output, /^assumed +"errors" means severity ERROR$/m)
  assert.match(output, /^validation +valid, syntax 100 %, complexity 25 %\n +suggestion: A limit/m)
  assert.match(output, /^engine +embedded$/m)
  assert.match(output, /^background +processed and stored$/m)
  assert.match(output, /^insights +advice: The query reads all of the retention\.$/m)
  assert.match(output, /\nthe waterfall$/)
})

test('words without quotes are one question, and the options go with it', async (t) => {
  const { gateway } = await ask(t, [
    ...['show', 'me', 'errors'],
    ...['--now', '2025-03-12T10:20:00Z', '--timezone', 'Europe/Zurich'],
    ...['--conversation', 'c-1', '--previous', 'source spans'],
  ])

  assert.deepEqual(bodies(gateway.requests), [
    {
      user_input: 'show me errors',
      conversation_id: 'c-1',
      previous_query: 'source spans',
      now: '2025-03-12T10:20:00Z',
      timezone: 'Europe/Zurich',
    },
  ])
})

test('waits until the background work is stored', async (t) => {
  const { output, gateway } = await ask(t, ['errors'], {
    statuses: [
      ok(aRequest({ status: 'accepted', insights: null })),
      ok(aRequest({ status: 'processing', insights: null })),
      ok(aRequest({ attempts: 2 })),
    ],
  })

  assert.match(output, /^background +processed and stored at attempt 2$/m)
  assert.equal(gateway.requests.filter(({ path }) => path === `/api/requests/${REQUEST_ID}`).length, 3)
})

test('waits until the trace has come from every service', async (t) => {
  const { output, inspector } = await ask(t, ['errors'], {
    traces: [null, null, aTrace(TRACE_ID, ['api_gateway', 'query_service']), aTrace(TRACE_ID)],
  })

  assert.match(output, /the waterfall$/)
  assert.ok(inspector.requests.some(({ path }) => path === `/traces/${TRACE_ID}?width=100&color=never`))
})

test('a trace that stays incomplete is shown, and said to be', async (t) => {
  const { output } = await ask(t, ['errors', '--wait-ms', '200'], {
    traces: [aTrace(TRACE_ID, ['api_gateway', 'query_service', 'validation_service', 'queue_service'])],
  })

  assert.match(
    output,
    /the waterfall\nNot all of it has arrived: nothing yet from processing_service, storage_service/,
  )
})

test('without an inspector it says where to look', async (t) => {
  const { code, output } = await ask(t, ['errors', '--wait-ms', '50'], { traces: null })

  assert.equal(code, 0)
  assert.match(output, /^traces are in +http:\/\/127\.0\.0\.1:\d+\/traces\n +\(no inspector answers at/m)
})

test('--wait-ms 0 asks once and waits for nothing', async (t) => {
  const { gateway, inspector, output } = await ask(t, ['errors', '--wait-ms', '0'])

  assert.equal(gateway.requests.length, 1)
  assert.equal(inspector.requests.length, 0)
  assert.doesNotMatch(output, /background/)
})

test('a refusal and a question back are answers', async (t) => {
  const refused = await ask(t, ['bake a cake'], { answer: ok(aRefusal()) })
  const clarify = await ask(t, ['slow things'], {
    answer: ok(aRefusal({ outcome: 'clarify', explanation: 'Slow requests, or slow queries?' })),
  })

  assert.deepEqual([refused.code, clarify.code], [0, 0])
  assert.match(refused.output, /^No query: This is not a question about logs or spans\.$/m)
  assert.doesNotMatch(refused.output, /^validation/m)
  assert.match(clarify.output, /^One question first: Slow requests, or slow queries\?$/m)
})

test('an invalid query is shown with its errors', async (t) => {
  const validation = aValidation({
    is_valid: false,
    errors: ['1:15 DP0012 unknown command "filtr"'],
    formatted: null,
  })

  const { output } = await ask(t, ['errors'], { answer: ok(anAnswer({ success: false, validation })) })

  assert.match(output, /^source logs \| filter/)
  assert.match(output, /^validation +not valid.*\n +error: 1:15 DP0012 unknown command "filtr"/m)
})

test('work that the queue could not take is not waited for', async (t) => {
  const answer = anAnswer({
    message_id: null,
    warnings: ['not enqueued'],
    services_called: ['query_service'],
  })

  const { code, output, gateway } = await ask(t, ['errors', '--wait-ms', '50'], { answer: ok(answer) })

  assert.equal(code, 0)
  assert.match(output, /^warning +not enqueued$/m)
  assert.match(output, /^background +none: the queue could not take it$/m)
  assert.equal(gateway.requests.length, 1)
})

test('background work that failed is exit code 1, with the reason', async (t) => {
  const { code, output } = await ask(t, ['errors'], {
    statuses: [ok(aRequest({ status: 'failed', reason: 'storage refused it', insights: null }))],
  })

  assert.equal(code, 1)
  assert.match(output, /^background +failed: storage refused it$/m)
})

test('--json prints answer, request and trace, and nothing else', async (t) => {
  const { code, output } = await ask(t, ['errors', '--json'])

  assert.equal(code, 0)
  const { answer, request, trace } = JSON.parse(output)
  assert.deepEqual([answer, request], [anAnswer(), aRequest()])
  assert.equal(trace.spans.length, 6)
})

test('--async follows the question until it is answered, then shows the same', async (t) => {
  const answered = { ...aRequest({ status: 'answered' }), answer: anAnswer() }
  const events = [
    event('accepted', { attempts: 0 }),
    event('processing', { attempts: 2 }),
    event('answered', answered),
  ].join('')

  const { code, output, warnings, gateway } = await ask(t, ['errors', '--async'], { events })

  assert.equal(code, 0)
  const [first, second, third] = warnings.split('\n')
  assert.match(first ?? '', new RegExp(`^ *\\d+ ms  accepted as ${REQUEST_ID}, conversation c-1$`))
  assert.match(second ?? '', /^ *\d+ ms {2}processing, attempt 2$/)
  assert.match(third ?? '', /^ *\d+ ms {2}answered$/)
  assert.match(output, /^source logs\n/)
  assert.match(output, /^background +processed and stored$/m)
  assert.deepEqual(gateway.requests.map(({ path }) => path).slice(0, 2), [
    '/api/chat',
    `/api/requests/${REQUEST_ID}/events`,
  ])
})

test('--async that brings no answer is exit code 1, and says why', async (t) => {
  const failed = aRequest({ status: 'failed', reason: 'bad-gateway: odd' })
  const timedOut = aRequest({ status: 'timed_out' })

  const one = await ask(t, ['errors', '--async'], { events: event('failed', failed) })
  const other = await ask(t, ['errors', '--async', '--json'], { events: event('timed_out', timedOut) })

  assert.deepEqual([one.code, other.code], [1, 1])
  assert.match(one.warnings, /failed: bad-gateway: odd$/)
  assert.match(other.warnings, /timed out; the work goes on/)
  assert.deepEqual(JSON.parse(other.output), { answer: null, request: timedOut, trace: null })
})

test('a problem is told with its code and pointers', async (t) => {
  const error = new AppError('invalid-request', {
    errors: [{ pointer: '/now', message: 'expected a timestamp' }],
  })

  const { code, warnings } = await ask(t, ['errors', '--now', 'noon'], {
    answer: { status: 400, body: toProblem(error, { traceId: TRACE_ID }) },
  })

  assert.equal(code, 1)
  assert.equal(
    warnings,
    `400 invalid-request: The request is not valid\n  /now: expected a timestamp\n  trace ${TRACE_ID}`,
  )
})

test('an answer in another shape is said to be one', async (t) => {
  const { code, warnings } = await ask(t, ['errors'], { answer: ok({ ...anAnswer(), attempts: 'one' }) })

  assert.equal(code, 1)
  assert.match(warnings, /unexpected shape: \/attempts/)
})

test('a mesh that does not run is one line with the start command', async () => {
  const { terminal, warnings } = recordingTerminal()
  const environment = { GATEWAY_PORT: String(await freePort()) }

  const code = await runCommand(askCommand, ['errors'], { terminal, environment })

  assert.equal(code, 1)
  assert.match(
    warnings(),
    /^nothing answers at http.* \(ECONNREFUSED\); \.\/scripts\/start\.sh starts the mesh$/,
  )
})

test('no question and a wrong number are exit code 2', async () => {
  const { terminal, warnings } = recordingTerminal()
  const run = (...args: string[]) => runCommand(askCommand, args, { terminal, environment: {} })

  assert.deepEqual([await run(), await run('errors', '--wait-ms', 'long')], [2, 2])
  assert.match(warnings(), /a question is needed/)
  assert.match(warnings(), /--wait-ms takes a whole number/)
})
