import type { PathwayRegistry } from '#shared/pathways'
import { PATHWAY_HEADER, type Pathway, readPathway } from '#shared/telemetry'
import type { Delivery } from './driver'
import { HEADER } from './message'

export interface Receiver {
  readonly queue: string
  readonly service: string
  readonly pathways: PathwayRegistry
}

/**
 * What the handling of a delivery is a step of.
 *
 * The message is counted when it is handed over for the first time. A further attempt, what a crash, a pause or a
 * drain gave back, and what an operator took from the dead letters is the same message on the same way: it keeps its
 * context and adds no hop, and the time it lay there counts for what comes after. Were replays counted, more would
 * come out of a queue than ever went in, and the wait of a weekend would stand among those of consumers.
 */
export function passReceiveCheckpoint(
  { message, attempt, redelivered }: Delivery,
  { queue, service, pathways }: Receiver,
  now: number,
): Pathway {
  const from = readPathway(message.headers[PATHWAY_HEADER], now)
  const checkpoint = pathways.checkpoint({ service, direction: 'in', queue }, from, now)
  const isFirst = attempt === 1 && !redelivered && message.headers[HEADER.REPLAYED_FROM] === undefined
  if (isFirst) checkpoint.record(message.body.byteLength)
  return checkpoint.pathway
}
