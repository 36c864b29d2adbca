import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, PROCESSING_QUEUE, type QueueReport, type RequestStatus } from '#shared/contracts'
import { QUESTION } from '../support/ask'
import { type Mesh, startMesh } from '../support/mesh'
import { type InspectorProcess, runProgram, startInspectorProcess } from '../support/run-program'
import { CHAT_ROOT, PIPELINE, ROOT } from '../system-map'

interface SmokeReport {
  readonly gateway_url: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly checks: readonly { title: string; result: string; detail: string | null }[]
}

interface Trace {
  readonly trace_id: string
  readonly complete: boolean
  readonly services: readonly string[]
  readonly spans: readonly { name: string; parent_span_id: string | null }[]
}

describe('the commands against a running mesh', () => {
  let inspector: InspectorProcess
  let mesh: Mesh

  before(async () => {
    inspector = await startInspectorProcess()
    mesh = await startMesh({ otlpUrl: inspector.url })
  })

  after(async () => {
    await mesh?.stop()
    await inspector?.stop()
  })

  /** As `npm run` does it: the ports come from the environment, the traces are with the local inspector. */
  function run(command: 'ask' | 'demo' | 'queues' | 'smoke', ...args: string[]) {
    const { OTEL_EXPORTER_OTLP_ENDPOINT: _inspector, ...environment } = mesh.env
    return runProgram(`./dist/scripts/${command}.js`, args, {
      ...environment,
      INSPECTOR_PORT: inspector.port,
    })
  }

  const asJson = ['--json', '--url'] as const
  /** For background work and traces, which take longer on a busy machine than people would wait. */
  const PATIENCE_MS = '60000'

  test('smoke passes every check and skips none', async () => {
    const { code, stdout, stderr } = await run('smoke', ...asJson, mesh.url, '--timeout-ms', PATIENCE_MS)
    const report: SmokeReport = JSON.parse(stdout)

    const bad = report.checks.filter(({ result }) => result !== 'pass')
    assert.deepEqual(bad, [], stderr)
    assert.equal(code, 0)
    assert.equal(report.gateway_url, mesh.url)
    assert.ok(report.passed >= 15, `only ${report.passed} checks were run`)
    assert.deepEqual([report.passed, report.failed, report.skipped], [report.checks.length, 0, 0])
  })

  test('smoke fails with exit code 1 on a mesh that lacks a service', async () => {
    const partial = await startMesh({ services: ['gateway', 'query'] })
    try {
      const { code, stdout } = await runProgram(
        './dist/scripts/smoke.js',
        [...asJson, partial.url, '--timeout-ms', '500'],
        partial.env,
      )
      const report: SmokeReport = JSON.parse(stdout)

      assert.equal(code, 1)
      assert.ok(report.failed > 0)
      const failed = report.checks.filter(({ result }) => result === 'fail').map(({ title }) => title)
      assert.ok(failed.includes('validation_service is healthy'), failed.join(', '))
      assert.ok(!failed.includes('query_service is healthy'), failed.join(', '))
    } finally {
      await partial.stop()
    }
  })

  test('ask prints the answer, its background result and its whole trace', async () => {
    const { code, stdout, stderr } = await run('ask', QUESTION, ...asJson, mesh.url, '--wait-ms', PATIENCE_MS)
    const { answer, request, trace }: { answer: Answer; request: RequestStatus; trace: Trace } =
      JSON.parse(stdout)

    assert.equal(code, 0, stderr)
    assert.equal(answer.success, true)
    assert.equal(request.status, 'processed')
    assert.equal(request.query, answer.query)
    assert.equal(trace.trace_id, answer.trace_id)
    assert.equal(trace.complete, true)
    assert.equal(trace.services.length, 6)
    for (const { name } of PIPELINE)
      assert.ok(
        trace.spans.some((span) => span.name === name),
        name,
      )
  })

  test('ask --async tells what happens to the question, and prints the same', async () => {
    const { code, stdout, stderr } = await run(
      'ask',
      QUESTION,
      '--async',
      ...asJson,
      mesh.url,
      '--wait-ms',
      PATIENCE_MS,
    )
    const { answer, request, trace }: { answer: Answer; request: RequestStatus; trace: Trace } =
      JSON.parse(stdout)

    assert.equal(code, 0, stderr)
    const told = stderr.trim().split('\n')
    assert.match(told[0] ?? '', new RegExp(`^ *\\d+ ms  accepted as ${answer.request_id}, conversation `))
    assert.match(told.at(-1) ?? '', /^ *\d+ ms {2}answered$/)
    assert.equal(answer.success, true)
    assert.equal(request.status, 'processed')
    assert.equal(trace.trace_id, answer.trace_id)
    assert.ok(trace.spans.some(({ name }) => name === CHAT_ROOT))
  })

  test('ask draws the trace for people, steps in the order in which they ran', async () => {
    const { code, stdout } = await run('ask', QUESTION, '--url', mesh.url, '--wait-ms', PATIENCE_MS)

    assert.equal(code, 0)
    const lineOf = (name: string) => {
      const line = stdout.split('\n').findIndex((text) => text.includes(name))
      assert.ok(line >= 0, `${name} is not in the picture`)
      return line
    }
    const steps = [
      ROOT,
      'query_service.classify_intent',
      'query_service.embedded_generation',
      'validation_service.syntax_analysis',
      'validation_service.enhancement_suggestions',
      'queue_service.add_to_queue',
      'processing_service.analyze_complexity',
      'processing_service.store_insights',
    ]
    const lines = steps.map(lineOf)
    assert.deepEqual(
      lines,
      lines.toSorted((one, other) => one - other),
    )
  })

  test('demo tells the whole story', async () => {
    const { code, stdout, stderr } = await run('demo', ...asJson, mesh.url, '--wait-ms', PATIENCE_MS)
    assert.equal(code, 0, stderr)
    const story = JSON.parse(stdout) as {
      health: { status: string }
      question: Answer
      background: RequestStatus
      trace: Trace
      feedback: { success: boolean }
      stats: { counters: Record<string, number> }
      refusal: Answer
      follow_up: Answer
      later: Answer
    }

    assert.equal(story.health.status, 'healthy')
    assert.equal(story.question.success, true)
    assert.equal(story.background.status, 'processed')
    assert.equal(story.trace.complete, true)
    assert.equal(story.trace.trace_id, story.question.trace_id)
    assert.equal(story.feedback.success, true)
    assert.ok((story.stats.counters.questions ?? 0) >= 1)
    assert.deepEqual([story.refusal.success, story.refusal.query], [false, null])
    assert.equal(story.follow_up.success, true)
    assert.notEqual(story.follow_up.query, story.question.query)
    assert.match(story.later.query ?? '', /^source logs last 3d\b/)
  })

  test('queues finds the queue service and tells what it did', async () => {
    await run('ask', QUESTION, ...asJson, mesh.url)

    const { code, stdout, stderr } = await run('queues', 'show', PROCESSING_QUEUE, '--json')

    assert.equal(code, 0, stderr)
    const { name, rates }: QueueReport = JSON.parse(stdout)
    assert.equal(name, PROCESSING_QUEUE)
    assert.ok((rates.acked?.total ?? 0) >= 1)
  })

  for (const command of ['ask', 'demo', 'queues', 'smoke'] as const) {
    test(`${command} says in a line that nobody answers, with exit code 1`, async () => {
      const words = { ask: ['errors'], queues: ['list'], demo: [], smoke: [] }[command]

      const { code, stdout, stderr } = await run(command, ...words, '--url', 'http://127.0.0.1:1')

      assert.equal(code, 1)
      assert.match(stdout + stderr, /nothing answers at http:\/\/127\.0\.0\.1:1/)
      assert.doesNotMatch(stdout + stderr, /^\s+at /m)
    })
  }
})
