import type { Attributes } from '@opentelemetry/api'
import { createCounter, createHistogram, METRICS } from '#shared/telemetry'

const MS_PER_SECOND = 1_000

/** The metrics of checkpoints, for a back end of metrics; `PathwayRegistry` keeps its own for the graph. */
export class PathwayInstruments {
  readonly #messages = createCounter(METRICS.EDGE_MESSAGES)
  readonly #clockSkews = createCounter(METRICS.EDGE_CLOCK_SKEWS)
  readonly #payloadSize = createHistogram(METRICS.EDGE_PAYLOAD_SIZE)
  readonly #edgeLatency = createHistogram(METRICS.EDGE_LATENCY)
  readonly #pathwayLatency = createHistogram(METRICS.PATHWAY_LATENCY)

  recordMessage(payloadBytes: number, attributes: Attributes): void {
    this.#messages.add(1, attributes)
    this.#payloadSize.record(payloadBytes, attributes)
  }

  recordLatency(edgeMs: number, pathwayMs: number, attributes: Attributes): void {
    this.#edgeLatency.record(edgeMs / MS_PER_SECOND, attributes)
    this.#pathwayLatency.record(pathwayMs / MS_PER_SECOND, attributes)
  }

  recordClockSkew(attributes: Attributes): void {
    this.#clockSkews.add(1, attributes)
  }
}
