import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { runCommand } from './cli/command'
import { recordingTerminal } from './cli/testing/recording-terminal'
import { smokeCommand } from './smoke'
import { freePort } from './supervisor/testing/free-port'
import { type Override, startFakeMesh } from './testing/fake-mesh'
import { anAnswer, aRequest, aTrace, TRACE_ID } from './testing/recorded-answers'

async function smoke(
  t: TestContext,
  args: readonly string[] = [],
  options: Parameters<typeof startFakeMesh>[1] = {},
) {
  const mesh = await startFakeMesh(t, options)
  const { terminal, output, warnings } = recordingTerminal()
  const code = await runCommand(smokeCommand, args, { terminal, environment: mesh.environment })
  const lines = output().split('\n')
  return {
    code,
    lines,
    warnings: warnings(),
    failures: lines.filter((line) => line.startsWith('fail')),
    mesh,
  }
}

/** One answer replaced: the check that looks at it must fail, and no check that does not. */
function failing(t: TestContext, override: Override) {
  return smoke(t, ['--timeout-ms', '100'], { override })
}

test('a sound mesh passes every check', async (t) => {
  const { code, lines } = await smoke(t)

  assert.equal(code, 0)
  assert.equal(lines.filter((line) => line.startsWith('pass')).length, 18)
  assert.equal(lines.at(-1), '18 passed, 0 failed, 0 skipped')
})

test('without an inspector the trace is skipped, not failed', async (t) => {
  const { code, lines } = await smoke(t, [], { hasInspector: false })

  assert.equal(code, 0)
  assert.match(
    lines.find((line) => line.startsWith('skip')) ?? '',
    /the trace has one root.*no inspector to ask/,
  )
})

test('--json prints all results', async (t) => {
  const { terminal, output } = recordingTerminal()
  const { environment, gateway } = await startFakeMesh(t)

  const code = await runCommand(smokeCommand, ['--json'], { terminal, environment })

  const { gateway_url, passed, failed, checks } = JSON.parse(output())
  assert.deepEqual([code, gateway_url, passed, failed, checks.length], [0, gateway.url, 18, 0, 18])
  assert.deepEqual(Object.keys(checks[0]), ['title', 'result', 'detail', 'took_ms'])
})

test('a mesh that does not run is one line', async () => {
  const { terminal, output, warnings } = recordingTerminal()
  const url = `http://127.0.0.1:${await freePort()}`

  const code = await runCommand(smokeCommand, ['--url', url], { terminal, environment: {} })

  assert.deepEqual([code, output()], [1, ''])
  assert.match(warnings(), /nothing answers at .*start\.sh/)
})

const ok = (body: unknown) => ({ status: 200, body })

const FAULTS: readonly { fault: string; override: Override; failures: readonly RegExp[] }[] = [
  {
    fault: 'an unhealthy service',
    override: ({ path }) =>
      path === '/api/health'
        ? ok({ downstream_services: { query_service: { status: 'healthy' } } })
        : undefined,
    failures: [/the gateway sees every other.*validation_service missing/],
  },
  {
    fault: 'background work that is never done',
    override: ({ path }) =>
      path.startsWith('/api/requests/7') ? ok(aRequest({ status: 'processing' })) : undefined,
    failures: [/the background work is stored.*processing after 100 ms/],
  },
  {
    fault: 'a chat request that stays unanswered',
    override: ({ path }) =>
      path.startsWith('/api/chat/poll/')
        ? ok({ ...aRequest({ status: 'processing' }), answer: null })
        : undefined,
    failures: [/a question is answered later.*processing after 100 ms/],
  },
  {
    fault: 'a trace that is not continued',
    override: ({ path, headers }) =>
      path === '/api/generate-query' && headers.traceparent !== undefined ? ok(anAnswer()) : undefined,
    failures: [/a trace that a caller began is continued.*sent [0-9a-f]{32}, answered 200 with 4bf9/],
  },
  {
    fault: 'feedback with another rating',
    override: ({ path, body }) =>
      path === '/api/feedback' && (body as { rating?: number }).rating === 4
        ? ok({ success: true, feedback_id: 'f', rating: 3 })
        : undefined,
    failures: [/a rating is stored.*rating 3 instead of 4/],
  },
  {
    fault: 'counters that stand still',
    override: ({ path }) =>
      path === '/api/stats' ? ok({ counters: { questions: 9, feedback: 9 }, services: {} }) : undefined,
    failures: [/the counters count.*questions went from 9 to 9/],
  },
  {
    fault: 'an error that is no problem',
    override: ({ path }) =>
      path === '/api/requests/no-such-request' ? { status: 404, body: { error: 'no' } } : undefined,
    failures: [/an unknown request is a problem.*media type application\/json/],
  },
  {
    fault: 'a problem without a pointer',
    override: ({ path, body }) =>
      path === '/api/generate-query' && (body as { user_input: string }).user_input === ' '
        ? {
            status: 400,
            headers: { 'content-type': 'application/problem+json' },
            body: { code: 'invalid-request' },
          }
        : undefined,
    failures: [/a bad request is a problem.*pointers missing/],
  },
  {
    fault: 'a second root',
    override: ({ path }) => {
      if (path !== `/api/traces/${TRACE_ID}`) return undefined
      const trace = aTrace(TRACE_ID)
      return ok({ ...trace, spans: trace.spans.map((span) => ({ ...span, parent_span_id: null })) })
    },
    failures: [/the trace has one root.*6 roots/],
  },
  {
    fault: 'a service that is missing from the trace',
    override: ({ path }) =>
      path === `/api/traces/${TRACE_ID}` ? ok(aTrace(TRACE_ID, ['api_gateway', 'query_service'])) : undefined,
    failures: [/the trace has one root.*nothing from validation_service/],
  },
]

for (const { fault, override, failures } of FAULTS) {
  test(`${fault} fails its check and no other`, async (t) => {
    const run = await failing(t, override)

    assert.equal(run.code, 1)
    assert.equal(run.failures.length, failures.length, run.failures.join('\n'))
    for (const [index, pattern] of failures.entries()) assert.match(run.failures[index] ?? '', pattern)
  })
}

test('an answer of the wrong shape fails with the place of the fault', async (t) => {
  const { code, failures } = await failing(t, ({ path }) =>
    path === '/api/generate-query' ? ok({ ...anAnswer(), attempts: 'one' }) : undefined,
  )

  assert.equal(code, 1)
  assert.match(failures[0] ?? '', /a question becomes a valid query.*unexpected shape: \/attempts/)
})
