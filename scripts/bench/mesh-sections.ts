import { readFileSync } from 'node:fs'
import autocannon from 'autocannon'
import { SERVICE_KEYS } from '#shared/config'
import { eventually } from '../../test/support/eventually'
import { type Mesh, startMesh } from '../../test/support/mesh'
import { startServerChild } from './child'
import { measureCommitLatency } from './commit-latency'
import { percentile, runOpenLoop } from './open-loop'
import { type Measurement, milliseconds, perSecond } from './report'

const QUESTION = { user_input: 'Show me errors from the last hour grouped by service' }
const DRAIN_TIMEOUT_MS = 60_000

export interface MeshSectionOptions {
  readonly durationMs: number
}

/** Latency, throughput, the whole pipeline and memory, on real processes that export to a sink. */
export async function measureMesh({ durationMs }: MeshSectionOptions): Promise<Measurement[]> {
  const sink = await startServerChild('otlp-sink')
  const bare = await startServerChild('bare-express')
  try {
    const ceiling = await measureThroughput(`${bare.url}/`, durationMs)
    const commit = await measureCommitLatency()
    const traced = await withMesh({ otlpUrl: sink.url }, async (mesh) => {
      const memory = memoryOf(mesh)
      await warmUp(mesh)
      return {
        memory,
        latency: await measureLatency(mesh, durationMs, commit),
        validate: await measureValidate(mesh, durationMs),
        pipeline: await measurePipeline(mesh, durationMs),
        throughput: await measureThroughput(`${mesh.url}/api/generate-query`, durationMs),
      }
    })
    const untraced = await withMesh({ traced: false }, async (mesh) => {
      await warmUp(mesh)
      return measureThroughput(`${mesh.url}/api/generate-query`, durationMs)
    })
    const stub = await startServerChild('processing-stub')
    const queueAlone = {
      otlpUrl: sink.url,
      services: ['queue'],
      env: { PROCESSING_SERVICE_URL: stub.url },
    } as const
    const enqueue = await withMesh(queueAlone, (mesh) => measureEnqueue(mesh, durationMs, commit))
    stub.stop()
    return [
      traced.latency,
      {
        what: 'throughput, traced ÷ untraced',
        measured: `${(traced.throughput / untraced).toFixed(2)} (${perSecond(traced.throughput)} ÷ ${perSecond(untraced)})`,
        figure: '≥ 0.6',
        ceiling: `${perSecond(ceiling)}: one bare Express endpoint`,
      },
      traced.pipeline,
      traced.validate,
      enqueue,
      { what: 'memory, six services idle', measured: `${traced.memory} MB`, figure: '≤ 900 MB', ceiling: '' },
    ]
  } finally {
    sink.stop()
    bare.stop()
  }
}

async function withMesh<Result>(
  options: Parameters<typeof startMesh>[0],
  work: (mesh: Mesh) => Promise<Result>,
): Promise<Result> {
  const mesh = await startMesh({ ...options, env: { ...options?.env, OTEL_BSP_SCHEDULE_DELAY: '1000' } })
  try {
    return await work(mesh)
  } finally {
    await mesh.stop()
  }
}

/** Enough requests for the compiler to have seen every path. */
async function warmUp(mesh: Mesh): Promise<void> {
  await runOpenLoop({
    ratePerSecond: 100,
    durationMs: 10_000,
    send: () => post(`${mesh.url}/api/generate-query`, QUESTION),
  })
  await drained(mesh)
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`status ${response.status}`)
}

async function measureLatency(mesh: Mesh, durationMs: number, ceiling: string): Promise<Measurement> {
  const { latenciesMs, failed } = await runOpenLoop({
    ratePerSecond: 50,
    durationMs,
    send: () => post(`${mesh.url}/api/generate-query`, QUESTION),
  })
  await drained(mesh)
  return {
    what: 'a request at 50 requests/s, seen by the client',
    measured: `p50 ${milliseconds(percentile(latenciesMs, 0.5))}, p99 ${milliseconds(percentile(latenciesMs, 0.99))}, ${failed} failed`,
    figure: 'p50 ≤ 8 ms, p99 ≤ 30 ms',
    ceiling,
  }
}

async function measureValidate(mesh: Mesh, durationMs: number): Promise<Measurement> {
  const query =
    'source logs last 1h | filter $m.severity == ERROR | groupby $l.subsystemname aggregate count() as errors | orderby errors desc | limit 10'
  const { latenciesMs, failed } = await runOpenLoop({
    ratePerSecond: 200,
    durationMs,
    send: () => post(`${mesh.urlOf('validation')}/validate`, { query }),
  })
  return {
    what: 'POST /validate at 200 requests/s',
    measured: `p99 ${milliseconds(percentile(latenciesMs, 0.99))}, ${failed} failed`,
    figure: 'p99 ≤ 5 ms',
    ceiling: '',
  }
}

/** The queue service alone, its worker handing every message to a stub that takes it at once. */
export async function measureEnqueue(mesh: Mesh, durationMs: number, ceiling: string): Promise<Measurement> {
  let sequence = 0
  const send = () => post(`${mesh.urlOf('queue')}/enqueue`, { payload: refusedJob(`bench-${++sequence}`) })
  await runOpenLoop({ ratePerSecond: 500, durationMs: 2_000, send })
  const { latenciesMs, failed } = await runOpenLoop({ ratePerSecond: 500, durationMs, send })
  await drained(mesh)
  return {
    what: 'POST /enqueue at 500/s, messages delivered meanwhile',
    measured: `p50 ${milliseconds(percentile(latenciesMs, 0.5))}, p99 ${milliseconds(percentile(latenciesMs, 0.99))}, ${failed} failed`,
    figure: 'p99 ≤ 10 ms',
    ceiling,
  }
}

/** The smallest real job: a question that got no query. */
function refusedJob(requestId: string) {
  return {
    request_id: requestId,
    conversation_id: null,
    user_input: 'tell me a joke',
    outcome: 'refused',
    query: null,
    intent: 'unknown',
    intent_confidence: 0,
    engine: 'embedded',
    model: null,
    validation: null,
    created_at: new Date().toISOString(),
  }
}

async function measurePipeline(mesh: Mesh, durationMs: number): Promise<Measurement> {
  const before = await storedCount(mesh)
  const depths: number[] = []
  const sampling = setInterval(() => void queueDepth(mesh).then((depth) => depths.push(depth)), 500)
  const { sent, failed, latenciesMs } = await runOpenLoop({
    ratePerSecond: 300,
    durationMs,
    send: () => post(`${mesh.url}/api/generate-query`, QUESTION),
  })
  clearInterval(sampling)
  const endedAt = performance.now()
  await drained(mesh)
  const drainMs = performance.now() - endedAt
  const stored = (await storedCount(mesh)) - before
  return {
    what: 'whole pipeline at 300 requests/s, open loop',
    measured:
      `${stored} of ${sent} stored, ${failed} failed, p99 ${milliseconds(percentile(latenciesMs, 0.99))}, ` +
      `queue depth ${depths.slice(0, 3).join(' ')} … ${depths.slice(-3).join(' ')}, drained after ${Math.round(drainMs)} ms`,
    figure: '≥ 300/s, queue not growing',
    ceiling: '',
  }
}

async function measureThroughput(url: string, durationMs: number): Promise<number> {
  const result = await autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(QUESTION),
    connections: 16,
    duration: durationMs / 1_000,
  })
  return result['2xx'] / result.duration
}

interface QueueReport {
  readonly ready: number
  readonly delayed: number
  readonly in_flight: number
}

async function queueDepth(mesh: Mesh): Promise<number> {
  const { queues } = (await (await fetch(`${mesh.urlOf('queue')}/queues`)).json()) as {
    queues: QueueReport[]
  }
  return queues.reduce((sum, queue) => sum + queue.ready + queue.delayed + queue.in_flight, 0)
}

function drained(mesh: Mesh): Promise<boolean> {
  return eventually('the queue is empty', async () => (await queueDepth(mesh)) === 0, DRAIN_TIMEOUT_MS)
}

async function storedCount(mesh: Mesh): Promise<number> {
  const { requests } = (await (await fetch(`${mesh.urlOf('storage')}/analytics`)).json()) as {
    requests: number
  }
  return requests
}

/** Resident memory of all services together, in MB, as Linux tells it. */
function memoryOf(mesh: Mesh): number {
  const kilobytes = SERVICE_KEYS.map((key) => {
    const status = readFileSync(`/proc/${mesh.pidOf(key)}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1])
  })
  return Math.round(kilobytes.reduce((sum, value) => sum + value, 0) / 1_024)
}
