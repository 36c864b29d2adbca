import type { PathwaySnapshot } from '#shared/contracts'
import { ATTR, NO_HASH, OWN_INSTANCE_ID, ownServiceName, type Pathway } from '#shared/telemetry'
import { type Place, pathwayHash } from './pathway-hash'
import { PathwayInstruments } from './pathway-instruments'
import { PathwayNode } from './pathway-node'
import { Traffic } from './traffic'

export interface PathwayRegistryOptions {
  /** Most different checkpoints that are told apart. */
  readonly nodesMax: number
  /** Milliseconds that never go back, for rates. */
  readonly elapsed?: () => number
}

/** A checkpoint that a message has reached. */
export interface Checkpoint {
  /** What the message, or the work it causes, goes on with. */
  readonly pathway: Pathway
  /** Counts the message. A message counts once at a checkpoint, so not again when it is sent or tried again. */
  record(payloadBytes: number): void
}

/** In place of the hash, for checkpoints that have no room among the nodes. */
const OVERFLOW = 'overflow'

/**
 * The checkpoints of one process: which there are, and how much passed them how fast. Nodes are told apart by
 * their hash, so by everything that lies before them; when there are too many of them, as when messages go in
 * circles, the rest are counted together. They stay connected all the same: their hashes go on.
 */
export class PathwayRegistry {
  readonly #nodesMax: number
  readonly #elapsed: () => number
  readonly #nodes = new Map<string, PathwayNode>()
  readonly #overflow: Traffic
  readonly #startedAt = Date.now()
  #overflowInstruments: PathwayInstruments | undefined

  constructor({ nodesMax, elapsed = () => performance.now() }: PathwayRegistryOptions) {
    this.#nodesMax = nodesMax
    this.#elapsed = elapsed
    this.#overflow = new Traffic(elapsed())
  }

  /**
   * @param parent what came before; undefined where a pathway begins
   * @param now wall clock, milliseconds since the epoch
   */
  checkpoint(place: Place, parent: Pathway | undefined, now: number): Checkpoint {
    const key = keyOf(place, parent?.hash)
    const hash = this.#nodes.get(key)?.hash ?? pathwayHash(place, parent?.hash)
    return {
      pathway: { hash, originMs: parent?.originMs ?? now, edgeStartMs: now },
      record: (payloadBytes) => {
        const elapsedMs = this.#elapsed()
        const node = this.#nodes.get(key) ?? this.#add(key, hash, place, parent, elapsedMs)
        if (node === undefined) this.#recordOverflow(payloadBytes, elapsedMs)
        else node.record({ parent, now, payloadBytes }, elapsedMs)
      },
    }
  }

  #add(
    key: string,
    hash: string,
    place: Place,
    parent: Pathway | undefined,
    elapsedMs: number,
  ): PathwayNode | undefined {
    if (this.#nodes.size >= this.#nodesMax) return undefined
    const node = new PathwayNode({ hash, parentHash: parent?.hash, place }, elapsedMs)
    this.#nodes.set(key, node)
    return node
  }

  #recordOverflow(payloadBytes: number, elapsedMs: number): void {
    this.#overflow.add(payloadBytes, elapsedMs)
    this.#overflowInstruments ??= new PathwayInstruments({ [ATTR.PATHWAY_HASH]: OVERFLOW })
    this.#overflowInstruments.recordMessage(payloadBytes)
  }

  snapshot(): PathwaySnapshot {
    const elapsedMs = this.#elapsed()
    return {
      service: ownServiceName(),
      instance: OWN_INSTANCE_ID,
      started_at: new Date(this.#startedAt).toISOString(),
      taken_at: new Date().toISOString(),
      nodes: [...this.#nodes.values()].map((node) => node.snapshot(elapsedMs)),
      overflow: this.#overflow.snapshot(elapsedMs),
    }
  }
}

/** As the hash says it, but cheaper. */
function keyOf({ service, direction, queue }: Place, parentHash: string = NO_HASH): string {
  return `${parentHash}${direction} ${queue} ${service}`
}
