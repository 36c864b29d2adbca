import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { after, before, describe, type TestContext, test } from 'node:test'
import {
  EVENTS_EXCHANGE,
  type PathwayGraph,
  type PathwayGraphNode,
  PROCESSING_QUEUE,
  pathwayGraphSchema,
} from '#shared/contracts'
import { AppError, toProblem } from '#shared/errors'
import { createHttpClient } from '#shared/http'
import { PathwayRegistry, pathwayHash, reportPathways } from '#shared/pathways'
import { encodePathway, PATHWAY_HEADER } from '#shared/telemetry'
import { ask, getJson, postJson, processed } from '../support/ask'
import { eventually } from '../support/eventually'
import { type Mesh, startMesh } from '../support/mesh'
import { closeServer } from '../support/otlp-receiver'
import { EVENT_CONSUMERS } from '../system-map'

async function readGraph(mesh: Mesh): Promise<PathwayGraph> {
  const { status, body } = await getJson(`${mesh.url}/api/pathways`)
  assert.equal(status, 200)
  return pathwayGraphSchema.parse(body)
}

/** The graph once it shows what it is waited for. */
function graphWith(
  mesh: Mesh,
  what: string,
  isThere: (graph: PathwayGraph) => boolean,
): Promise<PathwayGraph> {
  return eventually(what, async () => {
    const graph = await readGraph(mesh)
    return isThere(graph) && graph
  })
}

const waysOf = (graph: PathwayGraph) => graph.paths.map(({ steps }) => steps.join(', ')).sort()

function nodeOf(graph: PathwayGraph, place: Partial<PathwayGraphNode>): PathwayGraphNode | undefined {
  const [found, ...others] = graph.nodes.filter((node) =>
    Object.entries(place).every(([key, value]) => node[key as keyof PathwayGraphNode] === value),
  )
  assert.deepEqual(others, [])
  return found
}

const ASKED = `api_gateway → ${PROCESSING_QUEUE}`
const QUEUED = `queue_service → ${PROCESSING_QUEUE}`
const RECEIVED = `${PROCESSING_QUEUE} → queue_service`
const PUBLISHED = `queue_service → ${EVENTS_EXCHANGE}`

/** What hears of an event, each on a way of its own. */
const EVENT_ENDS = EVENT_CONSUMERS.map(({ queue }) => `${queue} → storage_service`)

/** Where what one question causes ends: the gateway's events, and the one of the processing service. */
const WAYS = EVENT_ENDS.flatMap((end) => [
  [ASKED, PUBLISHED, end],
  [ASKED, QUEUED, RECEIVED, `processing_service → ${EVENTS_EXCHANGE}`, PUBLISHED, end],
])
  .map((steps) => steps.join(', '))
  .sort()

const QUESTIONS = 3

describe('the pathways of a mesh', () => {
  let mesh: Mesh
  let graph: PathwayGraph

  before(async () => {
    mesh = await startMesh()
    for (let count = 0; count < QUESTIONS; count++) {
      const { body } = await ask(mesh.url)
      await processed(mesh.url, body.request_id)
    }
    graph = await graphWith(
      mesh,
      'all of it has been counted',
      ({ paths }) => paths.length === WAYS.length && paths.every(({ messages }) => messages >= QUESTIONS),
    )
  })

  after(() => mesh?.stop())

  test('are one connected graph from the gateway to where everything ends', () => {
    assert.deepEqual(waysOf(graph), WAYS)
    const roots = graph.nodes.filter(({ parent }) => parent === null)
    assert.deepEqual(
      roots.map(({ service }) => service),
      ['api_gateway'],
    )
    assert.equal(graph.edges.length, graph.nodes.length - roots.length)
    assert.equal(graph.instances.length, 6)
    assert.deepEqual(graph.unanswered, [])
  })

  test('have the hashes that the names of services and queues give', () => {
    const place = { queue: PROCESSING_QUEUE } as const
    const asked = pathwayHash({ ...place, service: 'api_gateway', direction: 'out' })
    const queued = pathwayHash({ ...place, service: 'queue_service', direction: 'out' }, asked)

    assert.equal(nodeOf(graph, { service: 'api_gateway', ...place })?.hash, asked)
    assert.equal(
      nodeOf(graph, { direction: 'in', ...place })?.hash,
      pathwayHash({ ...place, service: 'queue_service', direction: 'in' }, queued),
    )
  })

  test('have counts, sizes, rates and latencies that grow along the way', () => {
    for (const { messages, bytes, messages_per_s } of graph.nodes.filter(
      ({ queue }) => queue === PROCESSING_QUEUE,
    )) {
      assert.equal(messages, QUESTIONS)
      assert.ok(bytes > QUESTIONS * 100)
      assert.ok(messages_per_s > 0)
    }
    for (const { hashes, latency } of graph.paths) {
      const edges = hashes.slice(1).map((hash) => nodeOf(graph, { hash })?.edge_latency)
      assert.ok(edges.every((edge) => edge?.count === latency?.count))
      const longest = Math.max(...edges.map((edge) => edge?.max_ms ?? Number.NaN))
      assert.ok((latency?.max_ms ?? 0) >= longest, `${latency?.max_ms} ms, with an edge of ${longest} ms`)
    }
  })

  test('come with what waits in the queues', async () => {
    const jobsOf = ({ queues }: PathwayGraph) => queues?.find(({ name }) => name === PROCESSING_QUEUE)
    // A job is stored, and its event told, a moment before its message is settled.
    const settled = await graphWith(mesh, 'the jobs are settled', (now) => jobsOf(now)?.in_flight === 0)

    assert.deepEqual(jobsOf(settled), {
      name: PROCESSING_QUEUE,
      depth: 0,
      oldest_age_ms: null,
      in_flight: 0,
      dead_letters: 0,
    })
  })

  test('begin at the gateway, whatever a client sends', async () => {
    const forged = encodePathway({ hash: 'f'.repeat(16), originMs: 1, edgeStartMs: 1 })
    const { body } = await ask(mesh.url, undefined, { [PATHWAY_HEADER]: forged })
    await processed(mesh.url, body.request_id)

    const later = await graphWith(mesh, 'it was counted', ({ nodes }) =>
      nodes.every(({ queue, messages }) => queue !== PROCESSING_QUEUE || messages === QUESTIONS + 1),
    )
    assert.deepEqual(waysOf(later), WAYS)
  })

  test('hear of a worker without a port by what it reports', async (t) => {
    const registry = new PathwayRegistry({ nodesMax: 10 })
    registry.checkpoint({ service: 'worker', direction: 'in', queue: 'elsewhere' }, undefined, 0).record(7)
    const client = createHttpClient({
      service: 'queue_service',
      baseUrl: mesh.urlOf('queue'),
      timeoutMs: 10_000,
      socketsMax: 1,
    })
    t.after(() => client.close())
    const errors: unknown[] = []
    const onError = (error: unknown) => errors.push(error)

    await reportPathways(client, { intervalMs: 60_000, registry, onError }).stop()

    assert.deepEqual(errors, [])
    const told = await readGraph(mesh)
    assert.equal(nodeOf(told, { service: 'worker', queue: 'elsewhere' })?.bytes, 7)
    assert.equal(told.instances.length, 7)
  })

  test('take no report that is not one', async () => {
    const { status, body } = await postJson(`${mesh.urlOf('queue')}/pathways`, {
      service: 'worker',
      nodes: [{}],
    })

    assert.equal(status, 400)
    assert.equal(body.code, 'invalid-request')
  })

  test('name a service that does not answer', async () => {
    await mesh.kill('validation', 'SIGTERM')

    const { unanswered } = await readGraph(mesh)

    assert.deepEqual(
      unanswered.map(({ service }) => service),
      ['validation_service'],
    )
    assert.match(unanswered[0]?.detail ?? '', /ECONNREFUSED|ECONNRESET/)
    await mesh.start('validation')
  })

  test('keep their hashes over a restart, with what was waiting and what comes later', async () => {
    await mesh.kill('processing', 'SIGKILL')
    const waiting = (await ask(mesh.url)).body
    await mesh.kill('queue', 'SIGKILL')
    await Promise.all([mesh.start('queue'), mesh.start('processing')])
    await processed(mesh.url, waiting.request_id, 60_000)
    const later = (await ask(mesh.url)).body
    await processed(mesh.url, later.request_id, 60_000)

    const restarted = await graphWith(
      mesh,
      'the way is whole again',
      (one) => waysOf(one).length === WAYS.length,
    )

    const hashesOf = ({ nodes }: PathwayGraph) => nodes.map(({ hash }) => hash).sort()
    assert.deepEqual(hashesOf(restarted), hashesOf(graph))
  })
})

describe('a mesh whose traces do not hang together', () => {
  const FRONT = ['gateway', 'query', 'validation', 'queue'] as const

  /** Without the services behind the queue. */
  async function waysAfterQuestion(
    t: TestContext,
    options: Parameters<typeof startMesh>[0],
  ): Promise<string[]> {
    const mesh = await startMesh({ services: FRONT, ...options })
    t.after(() => mesh.stop())
    await ask(mesh.url)
    const isReceived = ({ nodes }: PathwayGraph) => nodes.some(({ direction }) => direction === 'in')
    return waysOf(await graphWith(mesh, 'the job was received', isReceived))
  }

  for (const OTEL_PROPAGATORS of ['none', 'b3']) {
    test(`has connected pathways with OTEL_PROPAGATORS=${OTEL_PROPAGATORS}`, async (t) => {
      const ways = await waysAfterQuestion(t, { env: { OTEL_PROPAGATORS } })

      assert.deepEqual(ways, [`${ASKED}, ${PUBLISHED}`, `${ASKED}, ${QUEUED}, ${RECEIVED}`])
    })
  }

  test('has pathways that begin at the queue when there is no telemetry to carry them there', async (t) => {
    const ways = await waysAfterQuestion(t, { traced: false })

    assert.deepEqual(ways, [ASKED, PUBLISHED, `${QUEUED}, ${RECEIVED}`])
  })
})

describe('a job that fails at first', () => {
  test('has as many hops as any other, and is counted once', async (t) => {
    let calls = 0
    // Stands where the processing service would: it fails twice, each time with an error that may go away.
    const stub = createServer(async (request, response) => {
      if (request.method !== 'POST') return void response.writeHead(404).end()
      const { request_id } = (await json(request)) as { request_id: string }
      calls += 1
      const isFailing = calls <= 2
      const answer = isFailing ? toProblem(new AppError('internal-error')) : { request_id, stored: true }
      response.statusCode = isFailing ? 500 : 200
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
    })
    await new Promise<void>((resolve) => {
      stub.listen(0, '127.0.0.1', resolve)
    })
    t.after(() => closeServer(stub))
    const env = {
      PROCESSING_SERVICE_URL: `http://127.0.0.1:${(stub.address() as AddressInfo).port}`,
      RETRY_DELAYS_MS: '50,50',
    }
    const mesh = await startMesh({ services: ['gateway', 'query', 'validation', 'queue'], env })
    t.after(() => mesh.stop())

    const { body } = await ask(mesh.url)
    await eventually('the job is done', async () => {
      const status = await getJson<{ status: string; attempts: number }>(
        `${mesh.urlOf('queue')}/status/${body.request_id}`,
      )
      return status.body.status === 'processed' && status.body.attempts === 3
    })

    const { nodes } = await readGraph(mesh)
    assert.deepEqual(
      nodes
        .filter(({ queue }) => queue === PROCESSING_QUEUE)
        .map(({ service, direction, messages }) => [service, direction, messages])
        .sort(),
      [
        ['api_gateway', 'out', 1],
        ['queue_service', 'in', 1],
        ['queue_service', 'out', 1],
      ],
    )
  })
})
