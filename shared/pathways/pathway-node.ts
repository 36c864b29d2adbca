import type { Attributes } from '@opentelemetry/api'
import type { PathwayNodeSnapshot } from '#shared/contracts'
import { ATTR, type Pathway } from '#shared/telemetry'
import { LatencySketch } from './latency-sketch'
import type { Place } from './pathway-hash'
import type { PathwayInstruments } from './pathway-instruments'
import { Traffic } from './traffic'

/** A message passes a checkpoint. */
export interface Passage {
  /** What it came with; undefined where its pathway begins, which takes no time. */
  readonly parent: Pathway | undefined
  /** Wall clock, milliseconds since the epoch. */
  readonly now: number
  readonly payloadBytes: number
}

/** One checkpoint of this process, with what has passed it. */
export class PathwayNode {
  readonly #traffic: Traffic
  readonly #edgeLatency = new LatencySketch()
  readonly #pathwayLatency = new LatencySketch()
  readonly #attributes: Attributes
  #clockSkews = 0

  constructor(
    readonly hash: string,
    readonly parentHash: string | undefined,
    readonly place: Place,
    elapsedMs: number,
  ) {
    this.#traffic = new Traffic(elapsedMs)
    this.#attributes = toAttributes(hash, place)
  }

  record({ parent, now, payloadBytes }: Passage, elapsedMs: number, instruments: PathwayInstruments): void {
    this.#traffic.add(payloadBytes, elapsedMs)
    instruments.recordMessage(payloadBytes, this.#attributes)
    if (parent === undefined) return
    const edgeMs = now - parent.edgeStartMs
    const pathwayMs = now - parent.originMs
    if (edgeMs < 0 || pathwayMs < 0) {
      this.#clockSkews++
      instruments.recordClockSkew(this.#attributes)
    }
    this.#edgeLatency.add(Math.max(0, edgeMs))
    this.#pathwayLatency.add(Math.max(0, pathwayMs))
    instruments.recordLatency(Math.max(0, edgeMs), Math.max(0, pathwayMs), this.#attributes)
  }

  snapshot(elapsedMs: number): PathwayNodeSnapshot {
    return {
      hash: this.hash,
      parent: this.parentHash ?? null,
      ...this.place,
      ...this.#traffic.snapshot(elapsedMs),
      clock_skews: this.#clockSkews,
      edge_latency: this.#edgeLatency.toJSON(),
      pathway_latency: this.#pathwayLatency.toJSON(),
    }
  }
}

export function toAttributes(hash: string, { service, direction, queue }: Place): Attributes {
  return {
    [ATTR.PATHWAY_HASH]: hash,
    [ATTR.PATHWAY_SERVICE]: service,
    [ATTR.PATHWAY_DIRECTION]: direction,
    [ATTR.MESSAGING_DESTINATION_NAME]: queue,
  }
}
