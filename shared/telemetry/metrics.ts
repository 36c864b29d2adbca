import { type Counter, type Histogram, type Meter, metrics, type ObservableGauge } from '@opentelemetry/api'
import type { MetricEntry } from './names'
import { INSTRUMENTATION_SCOPE } from './span'

type CounterEntry = MetricEntry & { readonly instrument: 'counter' }
type HistogramEntry = MetricEntry & { readonly instrument: 'histogram' }
type GaugeEntry = MetricEntry & { readonly instrument: 'gauge' }

/** The meter of all instruments of ours; one that does nothing in a process without the SDK. */
export function ownMeter(): Meter {
  return metrics.getMeter(INSTRUMENTATION_SCOPE)
}

export function createCounter({ name, unit, brief }: CounterEntry): Counter {
  return ownMeter().createCounter(name, { unit, description: brief })
}

/** Its buckets are explicit where the reader has no exponential ones. */
export function createHistogram({ name, unit, brief, buckets = [] }: HistogramEntry): Histogram {
  return ownMeter().createHistogram(name, {
    unit,
    description: brief,
    advice: { explicitBucketBoundaries: [...buckets] },
  })
}

export function createGauge({ name, unit, brief }: GaugeEntry): ObservableGauge {
  return ownMeter().createObservableGauge(name, { unit, description: brief })
}
