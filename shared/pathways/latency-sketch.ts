import { LogCollapsingLowestDenseDDSketch } from '@datadog/sketches-js'
import type { PathwayLatency, Sketch } from '#shared/contracts'

const RELATIVE_ACCURACY = 0.01

/** At 1 % some 1,100 buckets lead from a millisecond to a month; should more be needed, the lowest are joined. */
const BUCKETS_MAX = 2_048

/**
 * Quantiles of latencies that are off by 1 % at most, however many were added, and that can be put together
 * with those of other processes without becoming less exact.
 */
export class LatencySketch {
  readonly #sketch = new LogCollapsingLowestDenseDDSketch({
    relativeAccuracy: RELATIVE_ACCURACY,
    binLimit: BUCKETS_MAX,
  })

  static from(sketch: Sketch | null): LatencySketch {
    const latencies = new LatencySketch()
    if (sketch !== null) latencies.#load(sketch)
    return latencies
  }

  get count(): number {
    return this.#sketch.count
  }

  /** @param latencyMs zero or more */
  add(latencyMs: number): void {
    this.#sketch.accept(latencyMs)
  }

  merge(other: LatencySketch): void {
    this.#sketch.merge(other.#sketch)
  }

  /** Null when nothing was added. */
  summarise(): PathwayLatency | null {
    const { count, sum, min, max } = this.#sketch
    if (count === 0) return null
    // A bucket's value may lie beyond what was in it.
    const quantile = (rank: number) =>
      Math.min(max, Math.max(min, round(this.#sketch.getValueAtQuantile(rank))))
    return {
      count,
      mean_ms: round(sum / count),
      p50_ms: quantile(0.5),
      p95_ms: quantile(0.95),
      p99_ms: quantile(0.99),
      max_ms: max,
    }
  }

  /** Null when nothing was added. */
  toJSON(): Sketch | null {
    const { store, zeroCount, count, sum, min, max } = this.#sketch
    if (count === 0) return null
    const { bins, offset, minKey, maxKey } = store
    const isEmpty = store.count === 0
    return {
      count,
      sum,
      min,
      max,
      zeros: zeroCount,
      first: isEmpty ? 0 : minKey,
      counts: isEmpty ? [] : bins.slice(minKey - offset, maxKey - offset + 1),
    }
  }

  #load({ count, sum, min, max, zeros, first, counts }: Sketch): void {
    const sketch = this.#sketch
    for (const [index, bucketCount] of counts.entries()) {
      if (bucketCount > 0) sketch.store.add(first + index, bucketCount)
    }
    Object.assign(sketch, { zeroCount: zeros, count, sum, min, max })
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
