import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SpanStore, type SpanStoreLimits } from './span-store'
import { aSpan, type SpanSketch } from './testing/trace-sample'

function aStore(limits: Partial<SpanStoreLimits> = {}): SpanStore {
  return new SpanStore({ tracesMax: 10, spansMax: 100, spansPerTraceMax: 50, sizeMaxBytes: 1e6, ...limits })
}

function spanOf(trace: string, sketch: SpanSketch) {
  return aSpan(sketch, trace.padStart(32, '0'))
}

function keptTraces(store: SpanStore): string[] {
  return store.traces().map(({ traceId }) => traceId.replace(/^0+/, ''))
}

describe('the span store', () => {
  test('keeps the spans of a trace together, late ones too', () => {
    const store = aStore()
    store.add(spanOf('a', { id: '1' }))
    store.add(spanOf('b', { id: '1' }))
    store.add(spanOf('a', { id: '2', parent: '1' }))

    const trace = store.trace('a'.padStart(32, '0'))

    assert.equal(trace?.spans.length, 2)
    assert.deepEqual(keptTraces(store), ['b', 'a'])
  })

  test('a span that is sent again replaces the first one', () => {
    const store = aStore()
    store.add(spanOf('a', { id: '1', name: 'first' }))
    store.add(spanOf('a', { id: '1', name: 'second' }))

    assert.deepEqual(
      store.traces()[0]?.spans.map(({ name }) => name),
      ['second'],
    )
    assert.equal(store.stats().spans, 1)
  })

  test('the trace seen first goes when there are too many', () => {
    const store = aStore({ tracesMax: 2 })
    for (const trace of ['a', 'b', 'c']) store.add(spanOf(trace, { id: '1' }))

    assert.deepEqual(keptTraces(store), ['c', 'b'])
    assert.equal(store.stats().evicted_traces, 1)
  })

  test('the trace seen first goes when there are too many spans, but never the one being written', () => {
    const store = aStore({ spansMax: 3 })
    store.add(spanOf('a', { id: '1' }))
    store.add(spanOf('b', { id: '1' }))
    store.add(spanOf('a', { id: '2' }))
    store.add(spanOf('a', { id: '3' }))

    assert.deepEqual(keptTraces(store), ['a'])
    assert.equal(store.stats().spans, 3)
  })

  test('spans beyond the limit of a trace are refused and counted', () => {
    const store = aStore({ spansPerTraceMax: 2 })
    const refusals = ['1', '2', '3'].map((id) => store.add(spanOf('a', { id })))

    assert.deepEqual(refusals.slice(0, 2), [undefined, undefined])
    assert.match(refusals[2] ?? '', /holds 2 spans already/)
    assert.equal(store.traces()[0]?.refusedSpanCount, 1)
    assert.equal(store.add(spanOf('a', { id: '2', name: 'again' })), undefined)
  })

  test('large attributes push older traces out', () => {
    const store = aStore({ sizeMaxBytes: 50_000 })
    const attributes = { text: 'x'.repeat(20_000) }
    for (const trace of ['a', 'b', 'c']) store.add(spanOf(trace, { id: '1', attributes }))

    assert.deepEqual(keptTraces(store), ['c', 'b'])
    assert.ok(store.stats().size_bytes <= 50_000)
  })

  test('a span larger than the whole store is refused and leaves nothing behind', () => {
    const store = aStore({ sizeMaxBytes: 5_000 })
    store.add(spanOf('a', { id: '1' }))
    const refusal = store.add(spanOf('b', { id: '1', attributes: { list: ['x'.repeat(9_000)] } }))

    assert.match(refusal ?? '', /more than 5000 bytes/)
    assert.deepEqual(keptTraces(store), ['a'])
  })

  test('sizes come back to nothing when everything was evicted', () => {
    const store = aStore({ tracesMax: 1 })
    store.add(spanOf('a', { id: '1', attributes: { text: 'x'.repeat(5_000) } }))
    store.add(spanOf('a', { id: '1' }))
    const alone = aStore()
    alone.add(spanOf('b', { id: '1' }))

    store.add(spanOf('b', { id: '1' }))

    assert.equal(store.stats().size_bytes, alone.stats().size_bytes)
  })

  test('forgets everything when cleared', () => {
    const store = aStore()
    store.add(spanOf('a', { id: '1' }))

    assert.equal(store.clear(), 1)
    assert.deepEqual(store.stats(), { traces: 0, spans: 0, size_bytes: 0, evicted_traces: 0 })
  })
})
