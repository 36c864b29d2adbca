import path from 'node:path'
import { readDatabase } from '#shared/sqlite'
import { brokerSpace, whyNoBroker } from '../../../test/support/broker'
import { eventually } from '../../../test/support/eventually'
import { type Mesh, type MeshOptions, startMesh } from '../../../test/support/mesh'
import { startServerChild } from '../child'
import { measureCommitLatency } from '../commit-latency'
import { measureEnqueue } from '../mesh-sections'
import { percentile, runOpenLoop } from '../open-loop'
import { type Measurement, milliseconds } from '../report'

const EVENTS_PER_SECOND = 500
const WARM_UP_MS = 3_000
const STORED_WITHIN_MS = 60_000

type SectionOptions = { readonly durationMs: number }

/** Where a mesh keeps its messages. */
interface Place {
  readonly name: string
  readonly env: Readonly<Record<string, string>>
  clear(): Promise<void>
}

/** One message at a time by HTTP, and an event on its way to the row it becomes; on every driver there is. */
export async function measureQueueServices({ durationMs }: SectionOptions): Promise<Measurement[]> {
  const sink = await startServerChild('otlp-sink')
  const stub = await startServerChild('processing-stub')
  const commit = await measureCommitLatency()
  const measurements: Measurement[] = []
  try {
    for (const place of places()) {
      const mesh = { otlpUrl: sink.url, env: { ...place.env, PROCESSING_SERVICE_URL: stub.url } }
      try {
        const enqueue = await withMesh({ ...mesh, services: ['queue'] }, (running) =>
          measureEnqueue(running, durationMs, commit),
        )
        const stored = await withMesh({ ...mesh, services: ['queue', 'storage'] }, (running) =>
          measureEventToStored(running, durationMs),
        )
        for (const measurement of [enqueue, stored]) {
          measurements.push({ ...measurement, what: `${measurement.what}, ${place.name}` })
        }
      } finally {
        await place.clear()
      }
    }
    return measurements
  } finally {
    sink.stop()
    stub.stop()
  }
}

function places(): Place[] {
  const file: Place = { name: 'sqlite', env: {}, clear: async () => {} }
  return whyNoBroker() === false ? [file, { name: 'rabbitmq', ...brokerSpace() }] : [file]
}

async function withMesh<Result>(
  options: MeshOptions,
  work: (mesh: Mesh) => Promise<Result>,
): Promise<Result> {
  const mesh = await startMesh({ ...options, env: { ...options.env, OTEL_BSP_SCHEDULE_DELAY: '1000' } })
  try {
    return await work(mesh)
  } finally {
    await mesh.stop()
  }
}

async function measureEventToStored(mesh: Mesh, durationMs: number): Promise<Measurement> {
  let sequence = 0
  const send = async () => {
    const event = {
      event_id: `bench-${sequence++}`,
      event_type: 'review.scored',
      service: 'bench',
      occurred_at: new Date().toISOString(),
      data: { score: sequence % 100 },
    }
    const response = await fetch(`${mesh.urlOf('queue')}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
    })
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`status ${response.status}`)
  }
  await runOpenLoop({ ratePerSecond: EVENTS_PER_SECOND, durationMs: WARM_UP_MS, send })
  const warmedUp = sequence
  const { sent, failed } = await runOpenLoop({ ratePerSecond: EVENTS_PER_SECOND, durationMs, send })
  let latenciesMs: number[] = []
  await eventually(
    'every event is stored',
    () => {
      latenciesMs = storedLatencies(mesh, warmedUp)
      return latenciesMs.length === sent - failed
    },
    STORED_WITHIN_MS,
  ).catch((error: Error) => {
    throw new Error(`only ${latenciesMs.length} of ${sent - failed} events were stored`, { cause: error })
  })
  const [p50, p99] = [percentile(latenciesMs, 0.5), percentile(latenciesMs, 0.99)]
  return {
    what: `an event from its sender to its row at ${EVENTS_PER_SECOND}/s`,
    measured: `p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}, ${latenciesMs.length} stored, ${failed} failed`,
    figure: 'p99 < 200 ms',
    ceiling: '',
  }
}

/** From the moment an event occurred, just before it was sent, to the one in which storage wrote it down. */
function storedLatencies(mesh: Mesh, fromSequence: number): number[] {
  const database = readDatabase({ path: path.join(mesh.dataDir, 'storage.db') })
  try {
    const rows = database
      .prepare<[number], { occurred_at: string; recorded_at: string }>(
        'SELECT occurred_at, recorded_at FROM event_history WHERE CAST(substr(event_id, 7) AS INTEGER) >= ?',
      )
      .all(fromSequence)
    return rows
      .map(({ occurred_at, recorded_at }) => Date.parse(recorded_at) - Date.parse(occurred_at))
      .sort((one, other) => one - other)
  } finally {
    database.close()
  }
}
