import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sketchSchema } from '#shared/contracts'
import { LatencySketch } from './latency-sketch'

const latency = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 100 }),
  fc.integer({ min: 1, max: 30 * 24 * 3_600_000 }),
)
const latencies = fc.array(latency, { minLength: 1, maxLength: 200 })

function sketchOf(values: readonly number[]): LatencySketch {
  const sketch = new LatencySketch()
  for (const value of values) sketch.add(value)
  return sketch
}

/** As it arrives in another process. */
function sent(sketch: LatencySketch): LatencySketch {
  return LatencySketch.from(sketchSchema.nullable().parse(JSON.parse(JSON.stringify(sketch))))
}

test('quantiles are off by one percent at most', () => {
  fc.assert(
    fc.property(latencies, (values) => {
      const summary = sketchOf(values).summarise()
      const sorted = values.toSorted((one, other) => one - other)
      for (const [rank, found] of [
        [0.5, summary?.p50_ms],
        [0.95, summary?.p95_ms],
        [0.99, summary?.p99_ms],
      ] as const) {
        const exact = sorted[Math.floor(rank * (sorted.length - 1))] as number
        // Shown with one decimal.
        assert.ok(
          Math.abs((found as number) - exact) <= exact * 0.0101 + 0.05,
          `${rank}: ${found}, not ${exact}`,
        )
      }
      assert.equal(summary?.max_ms, sorted.at(-1))
      assert.equal(summary?.count, values.length)
    }),
  )
})

test('put together, those of several processes are that of all values', () => {
  fc.assert(
    fc.property(latencies, latencies, (one, other) => {
      const merged = sent(sketchOf(one))
      merged.merge(sent(sketchOf(other)))

      assert.deepEqual(merged.toJSON(), sketchOf([...one, ...other]).toJSON())
    }),
  )
})

test('one without values is null, and changes nothing when it is put to another', () => {
  const sketch = sketchOf([7])
  sketch.merge(sent(new LatencySketch()))
  const empty = new LatencySketch()
  empty.merge(sketch)

  assert.equal(new LatencySketch().toJSON(), null)
  assert.equal(new LatencySketch().summarise(), null)
  assert.equal(sketch.count, 1)
  assert.deepEqual(empty.toJSON(), sketch.toJSON())
})

test('what is added to the sum of two does not change the two', () => {
  const one = sketchOf([1])
  const sum = new LatencySketch()
  sum.merge(one)
  sum.add(1)

  assert.equal(one.count, 1)
  assert.deepEqual(one.toJSON()?.counts, [1])
})
