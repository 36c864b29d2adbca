import { type Histogram, type Meter, metrics, type ObservableGauge } from '@opentelemetry/api'
import type { GaugeEntry, HistogramEntry } from './names'
import { INSTRUMENTATION_SCOPE } from './span'

/** The meter of all instruments of ours; one that does nothing in a process without the SDK. */
export function ownMeter(): Meter {
  return metrics.getMeter(INSTRUMENTATION_SCOPE)
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
