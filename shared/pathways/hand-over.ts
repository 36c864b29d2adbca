import { context } from '@opentelemetry/api'
import { ownServiceName, pathwayOf, readPathway, withPathway } from '#shared/telemetry'
import { processPathways } from './process-pathways'

export interface HandOverOptions<Result> {
  /** The queue or the exchange that the receiver will put it into. */
  readonly queue: string
  /** What will be the body of the message; only its size is looked at. */
  readonly payload: unknown
  /** False for what the receiver had before; it is then not counted again. */
  readonly isNew?: (result: Result) => boolean
}

/**
 * Runs `work`, which hands something over HTTP to a service that queues it, as a checkpoint: the pathway that is
 * active goes on there, or begins. It is counted once `work` has succeeded.
 */
export async function handOver<Result>(
  { queue, payload, isNew = () => true }: HandOverOptions<Result>,
  work: () => Promise<Result>,
): Promise<Result> {
  const place = { service: ownServiceName(), direction: 'out', queue } as const
  const active = context.active()
  const checkpoint = processPathways().checkpoint(place, pathwayOf(active), Date.now())
  const result = await context.with(withPathway(active, checkpoint.pathway), work)
  if (isNew(result)) checkpoint.record(Buffer.byteLength(JSON.stringify(payload)))
  return result
}

/**
 * Runs `work` as part of the pathway that a header tells of. For a route of the gateway that only services of
 * the mesh call: in general the gateway takes no pathway from its callers.
 */
export function continuePathway<Result>(header: unknown, work: () => Result): Result {
  return context.with(withPathway(context.active(), readPathway(header, Date.now())), work)
}
