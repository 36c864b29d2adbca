import type { Attributes } from '@opentelemetry/api'
import { type BoundCounter, bindCounter, createHistogram, METRICS } from '#shared/telemetry'

const MS_PER_SECOND = 1_000

/** The metrics of one checkpoint, for a back end of metrics; `PathwayNode` keeps its own for the graph. */
export class PathwayInstruments {
  readonly #attributes: Attributes
  readonly #messages: BoundCounter
  readonly #clockSkews: BoundCounter
  readonly #payloadSize = createHistogram(METRICS.EDGE_PAYLOAD_SIZE)
  readonly #edgeLatency = createHistogram(METRICS.EDGE_LATENCY)
  readonly #pathwayLatency = createHistogram(METRICS.PATHWAY_LATENCY)

  constructor(attributes: Attributes) {
    this.#attributes = attributes
    this.#messages = bindCounter(METRICS.EDGE_MESSAGES, attributes)
    this.#clockSkews = bindCounter(METRICS.EDGE_CLOCK_SKEWS, attributes)
  }

  recordMessage(payloadBytes: number): void {
    this.#messages.add(1)
    this.#payloadSize.record(payloadBytes, this.#attributes)
  }

  recordLatency(edgeMs: number, pathwayMs: number): void {
    this.#edgeLatency.record(edgeMs / MS_PER_SECOND, this.#attributes)
    this.#pathwayLatency.record(pathwayMs / MS_PER_SECOND, this.#attributes)
  }

  recordClockSkew(): void {
    this.#clockSkews.add(1)
  }
}
