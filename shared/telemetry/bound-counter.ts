import type { Attributes } from '@opentelemetry/api'
import { ownMeter } from './metrics'
import type { CounterEntry } from './names'

/** One counter of a metric, for one set of attributes. */
export interface BoundCounter {
  add(count: number): void
}

interface Point {
  readonly attributes: Attributes
  count: number
}

/** By name of the metric: what was counted belongs to the process, whoever counts. */
const metrics = new Map<string, Map<string, Point>>()

/**
 * A counter for the path of each message. The SDK finds the place of a measurement by its attributes, which costs
 * more than a microsecond each time; here that is done once, and the count is read when metrics are collected.
 */
export function bindCounter(entry: CounterEntry, attributes: Attributes): BoundCounter {
  const points = metrics.get(entry.name) ?? observe(entry)
  const key = JSON.stringify(attributes)
  const point = points.get(key) ?? { attributes, count: 0 }
  points.set(key, point)
  return {
    add(count) {
      point.count += count
    },
  }
}

function observe({ name, unit, brief }: CounterEntry): Map<string, Point> {
  const points = new Map<string, Point>()
  metrics.set(name, points)
  const counter = ownMeter().createObservableCounter(name, { unit, description: brief })
  counter.addCallback((result) => {
    for (const { count, attributes } of points.values()) result.observe(count, attributes)
  })
  return points
}
