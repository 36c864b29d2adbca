import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aSpan, type SpanSketch } from './testing/trace-sample'
import { createTimeScale, type TimeScale } from './time-scale'
import { buildTraceTree } from './trace-tree'

function scaleOf(cells: number, ...sketches: SpanSketch[]): TimeScale {
  return createTimeScale(buildTraceTree(sketches.map((sketch) => aSpan(sketch))), cells)
}

function cellsOf(scale: TimeScale, fromMs: number, toMs: number): [number, number] {
  const { from, to } = scale.range(fromMs * 1e6, toMs * 1e6)
  return [from, to]
}

describe('the time scale', () => {
  test('is linear when nothing comes after the root', () => {
    const scale = scaleOf(20, { id: 'a', from: 0, to: 10 }, { id: 'b', parent: 'a', from: 5, to: 10 })

    assert.deepEqual(cellsOf(scale, 0, 10), [0, 20])
    assert.deepEqual(cellsOf(scale, 5, 10), [10, 20])
    assert.equal(scale.rootEndCell, undefined)
  })

  test('gives the shortest span a cell, at the very end too', () => {
    const scale = scaleOf(20, { id: 'a', from: 0, to: 10 })

    assert.deepEqual(cellsOf(scale, 3, 3), [6, 7])
    assert.deepEqual(cellsOf(scale, 10, 10), [19, 20])
  })

  test('a trace of no length fits', () => {
    assert.deepEqual(cellsOf(scaleOf(20, { id: 'a', from: 5, to: 5 }), 0, 0), [0, 1])
  })

  test('what ends within a millisecond of the root is part of the request', () => {
    assert.equal(
      scaleOf(20, { id: 'a', from: 0, to: 2 }, { id: 'b', parent: 'a', from: 1, to: 3 }).rootEndCell,
      undefined,
    )
  })

  test('short work after the root keeps the scale of the request', () => {
    const scale = scaleOf(21, { id: 'a', from: 0, to: 15 }, { id: 'b', parent: 'a', from: 15, to: 20 })

    assert.equal(scale.isSplit, false)
    assert.equal(scale.rootEndCell, 15)
    assert.deepEqual(cellsOf(scale, 0, 15), [0, 15])
    assert.deepEqual(cellsOf(scale, 15, 20), [16, 21])
  })

  test('long work after the root has a scale of its own', () => {
    const scale = scaleOf(21, { id: 'a', from: 0, to: 10 }, { id: 'b', parent: 'a', from: 10, to: 1_010 })

    assert.equal(scale.isSplit, true)
    assert.equal(scale.rootEndCell, 12)
    assert.deepEqual(cellsOf(scale, 0, 10), [0, 12])
    assert.deepEqual(cellsOf(scale, 10, 510), [13, 17])
  })

  test('idle times between deliveries are shortened to a few cells', () => {
    const scale = scaleOf(
      31,
      { id: 'a', from: 0, to: 10 },
      { id: 'b', parent: 'a', from: 110, to: 120 },
      { id: 'c', parent: 'a', from: 60_120, to: 60_130 },
    )

    assert.deepEqual(scale.shortened, [
      { from: 19, to: 22 },
      { from: 25, to: 28 },
    ])
    assert.deepEqual(cellsOf(scale, 110, 120), [22, 25])
    assert.deepEqual(cellsOf(scale, 60_120, 60_130), [28, 31])
  })

  test('many idle times do not eat up the line', () => {
    const deliveries = Array.from({ length: 50 }, (_, index) => ({
      id: `${index + 10}`,
      parent: 'a',
      from: 100 * (index + 1),
      to: 100 * (index + 1) + 1,
    }))
    const scale = scaleOf(20, { id: 'a', from: 0, to: 10 }, ...deliveries)

    const starts = deliveries.map(({ from, to }) => cellsOf(scale, from, to)[0])
    assert.deepEqual(
      starts,
      starts.toSorted((one, other) => one - other),
    )
    assert.deepEqual(scale.shortened, [])
  })
})
