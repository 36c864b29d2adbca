import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { aSpan, meshTrace, SAMPLE_TRACE_ID, type SpanSketch, toSpanId } from './testing/trace-sample'
import { buildTraceTree, type TraceNode } from './trace-tree'

function treeOf(...sketches: SpanSketch[]) {
  return buildTraceTree(sketches.map((sketch) => aSpan(sketch)))
}

/** `a(b c(d))`: the tree in one line, by the spans' short ids. */
function outline(nodes: readonly TraceNode[]): string {
  return nodes
    .map(({ span, children }) => {
      const id = span.spanId.replace(/^0+/, '')
      return children.length === 0 ? id : `${id}(${outline(children)})`
    })
    .join(' ')
}

describe('building a trace tree', () => {
  test('spans that come in any order find their places', () => {
    const tree = treeOf(
      { id: 'c', parent: 'a', from: 5, to: 6 },
      { id: 'd', parent: 'b', from: 2, to: 3 },
      { id: 'b', parent: 'a', from: 1, to: 4 },
      { id: 'a', from: 0, to: 7 },
    )

    assert.equal(outline(tree.tops), 'a(b(d) c)')
    assert.deepEqual(
      tree.nodes.map(({ depth }) => depth),
      [0, 1, 2, 1],
    )
    assert.equal(tree.durationNs, 7e6)
    assert.equal(tree.isComplete, true)
  })

  test('the mesh’s trace is one tree of six services', () => {
    const tree = buildTraceTree(meshTrace())

    assert.equal(tree.root?.span.name, 'api_gateway.generate_query_pipeline')
    assert.equal(tree.tops.length, 1)
    assert.equal(tree.nodes.length, 30)
    assert.deepEqual(tree.services, [
      'api_gateway',
      'query_service',
      'validation_service',
      'queue_service',
      'processing_service',
      'storage_service',
    ])
  })

  test('a span whose parent is missing stands by itself', () => {
    const tree = treeOf({ id: 'b', parent: 'a', from: 1, to: 2 }, { id: 'c', parent: 'b', from: 1, to: 2 })

    assert.equal(outline(tree.tops), 'b(c)')
    assert.equal(tree.tops[0]?.placement, 'orphan')
    assert.equal(tree.root, undefined)
    assert.equal(tree.missingParentCount, 1)
    assert.equal(tree.isComplete, false)
  })

  test('a lone server span with a missing parent is the root of what is here', () => {
    const tree = treeOf({ id: 'b', parent: 'caller', kind: 'server' }, { id: 'c', parent: 'b' })

    assert.equal(tree.root?.span.spanId, toSpanId('b'))
    assert.equal(tree.isComplete, false)
  })

  test('of several roots the earliest is the root, before any orphan', () => {
    const tree = treeOf(
      { id: 'c', from: 3, to: 4 },
      { id: 'b', from: 2, to: 3 },
      { id: 'a', parent: 'e', from: 1, to: 2 },
    )

    assert.equal(outline(tree.tops), 'b c a')
    assert.equal(tree.root?.span.spanId, toSpanId('b'))
  })

  test('a circle of parents is cut above the span that started first', () => {
    const tree = treeOf(
      { id: 'root', from: 0, to: 9 },
      { id: 'c', parent: 'b', from: 3, to: 4 },
      { id: 'b', parent: 'a', from: 2, to: 5 },
      { id: 'a', parent: 'c', from: 4, to: 5 },
      { id: 'd', parent: 'a', from: 1, to: 2 },
    )

    assert.equal(outline(tree.tops), 'root b(c(a(d)))')
    assert.equal(tree.tops[1]?.placement, 'cycle')
  })

  test('a span that is its own parent is drawn once', () => {
    const tree = treeOf({ id: 'a', parent: 'a' })

    assert.equal(outline(tree.tops), 'a')
    assert.equal(tree.tops[0]?.placement, 'cycle')
  })

  test('a consumer whose parent is missing stands below the producer it links to', () => {
    const links = [{ traceId: SAMPLE_TRACE_ID, spanId: toSpanId('a'), attributes: {} }]
    const tree = treeOf(
      { id: 'a', kind: 'producer', from: 0, to: 2 },
      { id: 'b', kind: 'consumer', parent: 'lost', from: 5, to: 6, links },
    )

    assert.equal(outline(tree.tops), 'a(b)')
    assert.equal(tree.nodes[1]?.placement, 'linked')
    assert.equal(tree.missingParentCount, 1)
  })

  test('times count from the earliest start, and clocks that differ are told', () => {
    const tree = treeOf({ id: 'a', from: 10, to: 20 }, { id: 'b', parent: 'a', from: 7, to: 12 })

    assert.deepEqual(
      tree.nodes.map(({ startNs, endNs }) => [startNs, endNs]),
      [
        [3e6, 13e6],
        [0, 5e6],
      ],
    )
    assert.equal(tree.clockSkewNs, 3e6)
  })

  test('a span that ends before it starts has no length', () => {
    const tree = treeOf({ id: 'a', from: 5, to: 1 }, { id: 'b', from: 0, to: 1 })

    assert.deepEqual(
      tree.nodes.map(({ startNs, endNs }) => endNs - startNs),
      [1e6, 0],
    )
  })

  describe('of siblings that start in the same millisecond', () => {
    const parent: SpanSketch = { id: 'a', from: 0, to: 9 }

    test('the one that arrived first comes first, however long it took', () => {
      const tree = treeOf(
        { id: 'd', parent: 'a', from: 1, to: 1.46 },
        { id: 'c', parent: 'a', from: 1, to: 1 },
        { id: 'b', parent: 'a', from: 1, to: 1.08 },
        parent,
      )

      assert.equal(outline(tree.tops), 'a(d c b)')
    })

    test('an earlier start still comes first, whatever arrived first', () => {
      const tree = treeOf(
        { id: 'b', parent: 'a', from: 2, to: 3 },
        { id: 'c', parent: 'a', from: 1, to: 4 },
        parent,
      )

      assert.equal(outline(tree.tops), 'a(c b)')
    })

    test('the order does not depend on which service exports first', () => {
      const one: SpanSketch = { id: 'b', parent: 'a', service: 'billing', from: 1, to: 2 }
      const other: SpanSketch = { id: 'c', parent: 'a', service: 'search', from: 1, to: 3 }
      const next: SpanSketch = { id: 'd', parent: 'a', service: 'billing', from: 1, to: 1.5 }

      assert.equal(outline(treeOf(parent, one, next, other).tops), 'a(b d c)')
      assert.equal(outline(treeOf(other, one, next, parent).tops), 'a(b d c)')
    })

    test('a span that is sent again keeps its place', () => {
      const first: SpanSketch = { id: 'c', parent: 'a', from: 1, to: 2 }
      const second: SpanSketch = { id: 'b', parent: 'a', from: 1, to: 2 }

      assert.equal(outline(treeOf(first, second, first, parent).tops), 'a(c b)')
    })
  })

  test('a chain of ten thousand spans is built', () => {
    const spans = Array.from({ length: 10_000 }, (_, index) =>
      aSpan({
        id: `${index + 1}`,
        ...(index > 0 && { parent: `${index}` }),
        from: index,
        to: 20_000 - index,
      }),
    )

    assert.equal(buildTraceTree(spans).nodes.at(-1)?.depth, 9_999)
  })

  test('every span is placed once, whatever its parent says', () => {
    const sketches = fc.array(
      fc.record({
        id: fc.integer({ min: 1, max: 12 }),
        parent: fc.integer({ min: 0, max: 14 }),
        from: fc.nat(20),
      }),
      { minLength: 1, maxLength: 12 },
    )
    fc.assert(
      fc.property(sketches, (some) => {
        const spans = some.map(({ id, parent, from }) =>
          aSpan({
            id: id.toString(16),
            ...(parent > 0 && { parent: parent.toString(16) }),
            from,
            to: from + 1,
          }),
        )

        const tree = buildTraceTree(spans)

        const placed = tree.nodes.map(({ span }) => span.spanId)
        assert.deepEqual(placed.toSorted(), [...new Set(spans.map(({ spanId }) => spanId))].sort())
        for (const { parent, depth } of tree.nodes)
          assert.equal(depth, parent === undefined ? 0 : parent.depth + 1)
      }),
    )
  })
})

describe('queue waits', () => {
  const producer: SpanSketch = { id: 'a', kind: 'producer', from: 0, to: 2 }
  const destination = { 'messaging.destination.name': 'jobs' }

  function waitOf(id: string, ...sketches: SpanSketch[]) {
    const node = treeOf(...sketches).nodes.find(({ span }) => span.spanId === toSpanId(id))
    return node?.wait
  }

  test('a message waits from the producer’s end to the consumer’s start', () => {
    const wait = waitOf('b', producer, {
      id: 'b',
      parent: 'a',
      kind: 'consumer',
      from: 44,
      to: 50,
      attributes: destination,
    })

    assert.deepEqual(wait, { startNs: 2e6, endNs: 44e6, destination: 'jobs' })
  })

  test('a message taken at once has not waited', () => {
    assert.equal(waitOf('b', producer, { id: 'b', parent: 'a', kind: 'consumer', from: 1, to: 5 }), undefined)
  })

  test('the linked producer counts when the parent is another span', () => {
    const links = [{ traceId: SAMPLE_TRACE_ID, spanId: toSpanId('a'), attributes: {} }]
    const wait = waitOf(
      'b',
      { ...producer, attributes: destination },
      { id: 'p', from: 0, to: 90 },
      { id: 'b', parent: 'p', kind: 'consumer', from: 10, to: 12, links },
    )

    assert.deepEqual(wait, { startNs: 2e6, endNs: 10e6, destination: 'jobs' })
  })

  test('a second delivery waits from the end of the first', () => {
    const delivery = (id: string, from: number, to: number, attempt: number): SpanSketch => ({
      id,
      parent: 'a',
      kind: 'consumer',
      from,
      to,
      attributes: { ...destination, 'mesh.message.attempt': attempt, 'mesh.message.wait_ms': from - 2 },
    })

    const wait = waitOf('c', producer, delivery('b', 5, 10, 1), delivery('c', 60, 70, 2))

    assert.deepEqual(wait, { startNs: 10e6, endNs: 60e6, destination: 'jobs' })
  })

  test('another consumer group waits for itself', () => {
    const consumer = (id: string, from: number, group: string): SpanSketch => ({
      id,
      parent: 'a',
      kind: 'consumer',
      from,
      to: from + 1,
      attributes: { 'messaging.consumer.group.name': group },
    })

    assert.equal(waitOf('c', producer, consumer('b', 5, 'x'), consumer('c', 60, 'y'))?.startNs, 2e6)
  })

  test('the measured wait stands in for a producer that is missing or rounded', () => {
    const attributes = { 'mesh.message.wait_ms': 0.5 }
    const lone = waitOf(
      'b',
      { id: 'x', from: 0, to: 1 },
      { id: 'b', parent: 'lost', kind: 'consumer', from: 3, to: 4, attributes },
    )
    const rounded = waitOf('b', producer, {
      id: 'b',
      parent: 'a',
      kind: 'consumer',
      from: 2,
      to: 4,
      attributes,
    })

    assert.deepEqual(lone, { startNs: 2.5e6, endNs: 3e6, destination: undefined })
    assert.deepEqual(rounded, { startNs: 1.5e6, endNs: 2e6, destination: undefined })
  })
})
