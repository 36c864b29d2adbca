import { createHash } from 'node:crypto'
import { NO_HASH } from '#shared/telemetry'

/** `out` where a message is sent, `in` where it is received. */
export const DIRECTIONS = ['out', 'in'] as const
export type Direction = (typeof DIRECTIONS)[number]

/** What a checkpoint is, apart from what came before it. */
export interface Place {
  readonly service: string
  readonly direction: Direction
  /** The queue, or the exchange, that messages are sent to or received from. */
  readonly queue: string
}

/**
 * The hash of a checkpoint: the first 8 bytes of SHA-256 over service, direction and queue in UTF-8, each
 * ended by a zero byte, and the 8 bytes of the hash before it (zeros when there is none). It depends on nothing
 * else, so a way through the mesh has the same hashes in every process, on every host and after every restart.
 */
export function pathwayHash({ service, direction, queue }: Place, parentHash: string = NO_HASH): string {
  return createHash('sha256')
    .update(`${service}\0${direction}\0${queue}\0`)
    .update(parentHash, 'hex')
    .digest('hex')
    .slice(0, NO_HASH.length)
}
