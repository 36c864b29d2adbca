import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT } from '@opentelemetry/api'
import { encodePathway } from './pathway-codec'
import { pathwayOf, withPathway } from './pathway-context'
import { PathwayPropagator } from './pathway-propagator'

const PATHWAY = { hash: '0123456789abcdef', originMs: Date.now() - 1_500, edgeStartMs: Date.now() - 20 }

function inject(context = withPathway(ROOT_CONTEXT, PATHWAY)): Record<string, string> {
  const carrier: Record<string, string> = {}
  new PathwayPropagator({ trustsCallers: true }).inject(context, carrier, defaultTextMapSetter)
  return carrier
}

function extract(carrier: Record<string, string | string[]>, trustsCallers = true) {
  const propagator = new PathwayPropagator({ trustsCallers })
  return pathwayOf(propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter))
}

test('a pathway travels in its one field', () => {
  const carrier = inject()

  assert.deepEqual(Object.keys(carrier), new PathwayPropagator({ trustsCallers: true }).fields())
  assert.deepEqual(extract(carrier), PATHWAY)
})

test('without a pathway there is no field', () => {
  assert.deepEqual(inject(ROOT_CONTEXT), {})
  assert.deepEqual(inject(withPathway(withPathway(ROOT_CONTEXT, PATHWAY), undefined)), {})
})

test('a field that came twice, or is nonsense, is none', () => {
  const text = encodePathway(PATHWAY)

  assert.equal(extract({ 'x-mesh-pathway': [text, text] }), undefined)
  assert.equal(extract({ 'x-mesh-pathway': 'nonsense' }), undefined)
})

test('where callers are not trusted their pathway is not taken, but an own one is sent', () => {
  const propagator = new PathwayPropagator({ trustsCallers: false })
  const carrier: Record<string, string> = {}
  propagator.inject(withPathway(ROOT_CONTEXT, PATHWAY), carrier, defaultTextMapSetter)

  assert.equal(extract(carrier, false), undefined)
  assert.deepEqual(extract(carrier), PATHWAY)
})
