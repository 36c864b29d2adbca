import type { PathwayNodeSnapshot } from '#shared/contracts'
import { ATTR, type Pathway } from '#shared/telemetry'
import { LatencySketch } from './latency-sketch'
import type { Place } from './pathway-hash'
import { PathwayInstruments } from './pathway-instruments'
import { Traffic } from './traffic'

/** A message passes a checkpoint. */
export interface Passage {
  /** What it came with; undefined where its pathway begins, which takes no time. */
  readonly parent: Pathway | undefined
  /** Wall clock, milliseconds since the epoch. */
  readonly now: number
  readonly payloadBytes: number
}

export interface NodeIdentity {
  readonly hash: string
  /** Undefined where a pathway begins. */
  readonly parentHash: string | undefined
  readonly place: Place
}

/** One checkpoint of this process, with what has passed it. */
export class PathwayNode {
  readonly #identity: NodeIdentity
  readonly #traffic: Traffic
  readonly #edgeLatency = new LatencySketch()
  readonly #pathwayLatency = new LatencySketch()
  readonly #instruments: PathwayInstruments
  #clockSkews = 0

  constructor(identity: NodeIdentity, elapsedMs: number) {
    const { hash, place } = identity
    this.#identity = identity
    this.#traffic = new Traffic(elapsedMs)
    this.#instruments = new PathwayInstruments({
      [ATTR.PATHWAY_HASH]: hash,
      [ATTR.PATHWAY_SERVICE]: place.service,
      [ATTR.PATHWAY_DIRECTION]: place.direction,
      [ATTR.MESSAGING_DESTINATION_NAME]: place.queue,
    })
  }

  record({ parent, now, payloadBytes }: Passage, elapsedMs: number): void {
    this.#traffic.add(payloadBytes, elapsedMs)
    this.#instruments.recordMessage(payloadBytes)
    if (parent === undefined) return
    const edgeMs = now - parent.edgeStartMs
    const pathwayMs = now - parent.originMs
    if (edgeMs < 0 || pathwayMs < 0) {
      this.#clockSkews++
      this.#instruments.recordClockSkew()
    }
    this.#edgeLatency.add(Math.max(0, edgeMs))
    this.#pathwayLatency.add(Math.max(0, pathwayMs))
    this.#instruments.recordLatency(Math.max(0, edgeMs), Math.max(0, pathwayMs))
  }

  get hash(): string {
    return this.#identity.hash
  }

  snapshot(elapsedMs: number): PathwayNodeSnapshot {
    const { hash, parentHash, place } = this.#identity
    return {
      hash,
      parent: parentHash ?? null,
      ...place,
      ...this.#traffic.snapshot(elapsedMs),
      clock_skews: this.#clockSkews,
      edge_latency: this.#edgeLatency.toJSON(),
      pathway_latency: this.#pathwayLatency.toJSON(),
    }
  }
}
