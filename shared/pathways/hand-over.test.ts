import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context } from '@opentelemetry/api'
import { encodePathway, ownServiceName, type Pathway, pathwayOf, withPathway } from '#shared/telemetry'
import { recordSpans } from '../sqlite/testing/record-spans'
import { continuePathway, handOver } from './hand-over'
import { pathwayHash } from './pathway-hash'
import { processPathways } from './process-pathways'

recordSpans()

const PATHWAY: Pathway = {
  hash: '0123456789abcdef',
  originMs: Date.now() - 900,
  edgeStartMs: Date.now() - 90,
}

const active = () => pathwayOf(context.active())

function countOf(queue: string): number {
  return (
    processPathways()
      .snapshot()
      .nodes.find((node) => node.queue === queue)?.messages ?? 0
  )
}

test('what is handed over goes on with the active pathway, or begins one', async () => {
  const begun = await handOver({ queue: 'begun', payload: { text: 'é' } }, async () => active())
  const continued = await context.with(withPathway(context.active(), PATHWAY), () =>
    handOver({ queue: 'continued', payload: { text: 'é' } }, async () => active()),
  )

  const place = { service: ownServiceName(), direction: 'out' } as const
  assert.equal(begun?.hash, pathwayHash({ ...place, queue: 'begun' }))
  assert.equal(continued?.hash, pathwayHash({ ...place, queue: 'continued' }, PATHWAY.hash))
  assert.equal(continued?.originMs, PATHWAY.originMs)
  assert.equal(active(), undefined)
  assert.deepEqual([countOf('begun'), countOf('continued')], [1, 1])
  assert.equal(processPathways().snapshot().nodes[0]?.bytes, '{"text":"é"}'.length + 1)
})

test('what was not taken, or was there before, is not counted', async () => {
  const refused = handOver({ queue: 'refused', payload: {} }, () => Promise.reject(new Error('full')))
  await assert.rejects(refused, /full/)
  const isNew = ({ duplicate }: { duplicate: boolean }) => !duplicate
  for (const duplicate of [false, true, true]) {
    await handOver({ queue: 'repeated', payload: {}, isNew }, async () => ({ duplicate }))
  }

  assert.deepEqual([countOf('refused'), countOf('repeated')], [0, 1])
})

test('a route that only the mesh calls goes on with the pathway of its caller, any other with none', () => {
  assert.deepEqual(
    continuePathway(encodePathway(PATHWAY), () => active()),
    PATHWAY,
  )
  context.with(withPathway(context.active(), PATHWAY), () => {
    for (const header of [undefined, 'nonsense', ['a', 'b']]) {
      assert.equal(
        continuePathway(header, () => active()),
        undefined,
      )
    }
  })
})
