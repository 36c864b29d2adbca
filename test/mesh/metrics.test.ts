import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { PROCESSING_QUEUE } from '#shared/contracts'
import { pathwayHash } from '#shared/pathways'
import { METRICS } from '#shared/telemetry'
import { eventually } from '../support/eventually'
import { type Mesh, startMesh } from '../support/mesh'
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver'

const job = {
  request_id: 'metrics-test-request',
  conversation_id: null,
  user_input: 'tell me a joke',
  outcome: 'refused',
  query: null,
  intent: 'unknown',
  intent_confidence: 0,
  engine: 'embedded',
  model: null,
  validation: null,
  created_at: '2026-03-12T10:20:00Z',
  attempt: 1,
}

const SENT = pathwayHash({ service: 'queue_service', direction: 'out', queue: PROCESSING_QUEUE })
const RECEIVED = pathwayHash({ service: 'queue_service', direction: 'in', queue: PROCESSING_QUEUE }, SENT)

const HISTOGRAMS = Object.values(METRICS).flatMap((metric) => ('buckets' in metric ? [metric] : []))

async function enqueue(mesh: Mesh): Promise<void> {
  const response = await fetch(`${mesh.urlOf('queue')}/enqueue`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ payload: job }),
  })
  assert.equal(response.status, 202)
}

async function readPrometheus(mesh: Mesh): Promise<string> {
  return (await fetch(`${mesh.urlOf('queue')}/metrics`)).text()
}

describe('metrics that are pulled and pushed', () => {
  let receiver: OtlpReceiver
  let mesh: Mesh

  before(async () => {
    receiver = await startOtlpReceiver()
    const env = { OTEL_METRICS_EXPORTER: 'prometheus, otlp', OTEL_METRIC_EXPORT_INTERVAL: '200' }
    // Its worker finds nobody to call, which takes nothing from what is measured before.
    mesh = await startMesh({ services: ['queue'], otlpUrl: receiver.url, env })
    await enqueue(mesh)
  })

  after(async () => {
    await mesh?.stop()
    await receiver?.close()
  })

  const latest = (name: string) => receiver.metrics.findLast((metric) => metric.name === name)

  test('leave the process over OTLP with exponential histograms', async () => {
    await eventually('all histograms are pushed', () => HISTOGRAMS.every(({ name }) => latest(name)))

    for (const { name, unit } of HISTOGRAMS) {
      const metric = latest(name)
      assert.equal(metric?.kind, 'exponentialHistogram', name)
      assert.equal(metric?.unit, unit)
      assert.equal(metric?.service, 'queue_service')
      assert.equal(typeof metric?.points[0]?.scale, 'number')
    }
    const edge = latest(METRICS.EDGE_LATENCY.name)?.points.find(
      ({ attributes }) => attributes['mesh.pathway.hash'] === RECEIVED,
    )
    assert.equal(edge?.count, 1)
    assert.deepEqual(edge?.attributes, {
      'mesh.pathway.hash': RECEIVED,
      'mesh.pathway.service': 'queue_service',
      'mesh.pathway.direction': 'in',
      'messaging.destination.name': PROCESSING_QUEUE,
    })
  })

  test('leave it with counters and with gauges of the queues', async () => {
    await eventually('a gauge is pushed', () => latest(METRICS.QUEUE_DEPTH.name))

    assert.equal(latest(METRICS.EDGE_MESSAGES.name)?.kind, 'sum')
    assert.equal(latest(METRICS.MESSAGING_CLIENT_SENT_MESSAGES.name)?.points[0]?.value, 1)
    for (const { name } of [METRICS.QUEUE_OLDEST_AGE, METRICS.QUEUE_IN_FLIGHT, METRICS.QUEUE_DEAD_LETTERS]) {
      const queues = latest(name)?.points.map(({ attributes }) => attributes['messaging.destination.name'])
      assert.ok(queues?.includes(PROCESSING_QUEUE), name)
    }
  })

  test('have no id among their attributes', async () => {
    await eventually('metrics are pushed', () => receiver.metrics.length > 0)

    const text = JSON.stringify(receiver.metrics) + (await readPrometheus(mesh))

    assert.ok(!text.includes(job.request_id))
  })

  test('are at /metrics too, where every histogram has its explicit buckets', async () => {
    const text = await readPrometheus(mesh)

    for (const { name, ...entry } of HISTOGRAMS) {
      const bounds = [
        ...text.matchAll(new RegExp(`^${name.replaceAll('.', '_')}_bucket\\{.*le="([^"]+)"`, 'gm')),
      ]
      const expected = [...entry.buckets.map(String), '+Inf']
      assert.deepEqual([...new Set(bounds.map(([, bound]) => bound))], expected, name)
    }
    assert.match(
      text,
      new RegExp(`^mesh_edge_messages_total\\{mesh_pathway_hash="${RECEIVED}",.*\\} 1$`, 'm'),
    )
    assert.match(
      text,
      /^mesh_queue_depth\{messaging_destination_name="processing\.jobs",mesh_queue_state="\w+",.*\} \d+$/m,
    )
  })

  test('are pushed a last time when the process ends', async () => {
    const before = receiver.metrics.length
    await mesh.kill('queue', 'SIGTERM')

    assert.ok(receiver.metrics.length > before)
    await mesh.start('queue')
  })
})

describe('metrics that nobody asked for', () => {
  test('are neither pulled nor pushed', async (t) => {
    const receiver = await startOtlpReceiver()
    t.after(() => receiver.close())
    const env = { OTEL_METRICS_EXPORTER: 'none', OTEL_METRIC_EXPORT_INTERVAL: '100' }
    const mesh = await startMesh({ services: ['queue'], otlpUrl: receiver.url, env })
    t.after(() => mesh.stop())
    await enqueue(mesh)

    assert.match(await readPrometheus(mesh), /^# OTEL_METRICS_EXPORTER does not name prometheus/)
    await mesh.kill('queue', 'SIGTERM')
    assert.ok(receiver.spans.length > 0)
    assert.deepEqual(receiver.metrics, [])
    await mesh.start('queue')
  })
})

describe('a name of an exporter that does not exist', () => {
  test('is a problem of the configuration', async () => {
    const env = { OTEL_METRICS_EXPORTER: 'graphite' }

    await assert.rejects(
      startMesh({ services: ['queue'], env }),
      /OTEL_METRICS_EXPORTER: expected prometheus/,
    )
  })
})
