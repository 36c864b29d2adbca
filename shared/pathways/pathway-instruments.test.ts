import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordMetrics } from '../telemetry/testing/record-metrics'
import { pathwayHash } from './pathway-hash'
import { PathwayRegistry } from './pathway-registry'

const read = recordMetrics()

const NOW = Date.parse('2026-03-12T10:20:00Z')
const SENT = { service: 'sender', direction: 'out', queue: 'jobs' } as const
const RECEIVED = { service: 'receiver', direction: 'in', queue: 'jobs' } as const

const sentAttributes = {
  'mesh.pathway.hash': pathwayHash(SENT),
  'mesh.pathway.service': 'sender',
  'mesh.pathway.direction': 'out',
  'messaging.destination.name': 'jobs',
}
const receivedAttributes = {
  'mesh.pathway.hash': pathwayHash(RECEIVED, pathwayHash(SENT)),
  'mesh.pathway.service': 'receiver',
  'mesh.pathway.direction': 'in',
  'messaging.destination.name': 'jobs',
}

/** Count and sum of each histogram by its attributes. */
async function readHistograms(name: string) {
  const points = await read(name)
  return points.map(({ attributes, value }) => {
    const { count, sum } = value as { count: number; sum: number }
    return { attributes, count, sum }
  })
}

test('each checkpoint is counted and measured under its hash and its place, in base units', async () => {
  const registry = new PathwayRegistry({ nodesMax: 2 })
  const origin = { hash: pathwayHash(SENT), originMs: NOW, edgeStartMs: NOW }
  registry.checkpoint(SENT, undefined, NOW).record(100)
  const onward = registry.checkpoint(RECEIVED, origin, NOW + 1_500)
  onward.record(100)
  registry.checkpoint(RECEIVED, origin, NOW - 1).record(300)
  registry.checkpoint({ ...SENT, queue: 'other' }, onward.pathway, NOW + 2_000).record(7)

  assert.deepEqual(await read('mesh.edge.messages'), [
    { attributes: sentAttributes, value: 1 },
    { attributes: receivedAttributes, value: 2 },
    { attributes: { 'mesh.pathway.hash': 'overflow' }, value: 1 },
  ])
  assert.deepEqual(await readHistograms('mesh.edge.payload_size'), [
    { attributes: sentAttributes, count: 1, sum: 100 },
    { attributes: receivedAttributes, count: 2, sum: 400 },
    { attributes: { 'mesh.pathway.hash': 'overflow' }, count: 1, sum: 7 },
  ])
  for (const name of ['mesh.edge.latency', 'mesh.pathway.latency']) {
    assert.deepEqual(await readHistograms(name), [{ attributes: receivedAttributes, count: 2, sum: 1.5 }])
  }
  const skews = await read('mesh.edge.clock_skews')
  assert.equal(skews.find(({ attributes }) => attributes['mesh.pathway.direction'] === 'in')?.value, 1)
})
