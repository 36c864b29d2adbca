import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { MeshEvent, ProcessingData, ProcessingJob } from '#shared/contracts'
import { AppError } from '#shared/errors'
import type { HttpClient } from '#shared/http'
import { createServiceStats } from '#shared/monitoring'
import type { Logger } from '#shared/telemetry'
import { createProcessQueryData } from './process-query-data'
import { createPublishProcessed } from './publish-processed'

const job: ProcessingJob = {
  request_id: 'r-1',
  conversation_id: null,
  user_input: 'errors by service',
  outcome: 'query',
  query: 'source logs | filter $m.severity == ERROR | groupby $l.subsystemname aggregate count() as errors',
  intent: 'error_analysis',
  intent_confidence: 0.9,
  engine: 'embedded',
  model: null,
  validation: null,
  created_at: '2025-03-12T10:20:00Z',
  attempt: 1,
}

/** A processing service whose storage keeps one row, and whose queue service answers what `publish` does. */
function setUp({
  events = true,
  publish = () => {},
}: {
  events?: boolean
  publish?: (event: MeshEvent) => void
}) {
  const stored: ProcessingData[] = []
  const published: MeshEvent[] = []
  const storage = {
    post: async (_path: string, data: ProcessingData) => {
      stored.push(data)
      const [row] = stored as [ProcessingData]
      const { request_id, processed_at, attempt } = row
      return { request_id, stored: stored.length === 1, processed_at, attempts: attempt }
    },
  } as unknown as HttpClient
  const queue = {
    post: async (_path: string, event: MeshEvent) => {
      published.push(event)
      publish(event)
      return { taken: 1, rejected: 0, events: [{ index: 0, event_id: event.event_id, status: 'accepted' }] }
    },
  } as unknown as HttpClient
  const stats = createServiceStats()
  const logger = { warn() {} } as unknown as Logger
  const publishProcessed = events ? createPublishProcessed({ queue, stats, logger }) : undefined
  return { process: createProcessQueryData({ storage, stats, publishProcessed }), stored, published }
}

describe('processing a job', () => {
  test('stores the result, then tells of it', async () => {
    const { process, stored, published } = setUp({})

    assert.deepEqual(await process(job), { request_id: 'r-1', stored: true })

    assert.deepEqual(
      published.map(({ event_id, event_type, service }) => [event_id, event_type, service]),
      [['r-1.query.processed', 'query.processed', 'processing_service']],
    )
    assert.equal(published[0]?.occurred_at, stored[0]?.processed_at)
    assert.deepEqual(stored[0]?.events, [])
  })

  test('fails with what kept it from telling, and tells the very same when it comes again', async () => {
    let isDown = true
    const { process, published } = setUp({
      publish: () => {
        if (isDown) throw new AppError('service-unavailable', { detail: 'no queue' })
      },
    })

    await assert.rejects(process(job), /no queue/)
    isDown = false
    assert.deepEqual(await process({ ...job, attempt: 2 }), { request_id: 'r-1', stored: false })

    assert.equal(published.length, 2)
    assert.deepEqual(published[1], published[0])
  })

  test('is done when another version of the event is known already', async () => {
    const { process } = setUp({
      publish: () => {
        throw new AppError('request-conflict')
      },
    })

    assert.deepEqual(await process(job), { request_id: 'r-1', stored: true })
  })

  test('stores all there is to tell with the result when events are off', async () => {
    const { process, stored, published } = setUp({ events: false })
    const generated = { event_type: 'query.generated' } as MeshEvent

    await process({ ...job, events: [generated] })

    assert.deepEqual(
      stored[0]?.events?.map(({ event_type }) => event_type),
      ['query.generated', 'query.processed'],
    )
    assert.deepEqual(published, [])
  })
})
