import { z } from 'zod'

const hashSchema = z.string().regex(/^[0-9a-f]{16}$/, 'expected 16 hexadecimal digits')
const nameSchema = z.string().min(1).max(200)
const countSchema = z.number().int().min(0)
const timeSchema = z.iso.datetime()

/** A quantile sketch: how many values fell into each bucket of a DDSketch with 1 % relative accuracy. */
export const sketchSchema = z.object({
  count: countSchema,
  sum: z.number(),
  min: z.number(),
  max: z.number(),
  zeros: countSchema,
  /** Key of the first bucket. */
  first: z.number().int().min(-5_000).max(5_000),
  /** Its count and those of the buckets after it. */
  counts: z.array(countSchema).max(2_048),
})

export type Sketch = z.output<typeof sketchSchema>

const trafficSchema = z.object({
  messages: countSchema,
  bytes: z.number().min(0),
  /** Over the last minute. */
  messages_per_s: z.number().min(0),
  bytes_per_s: z.number().min(0),
})

const placeSchema = z.object({
  service: nameSchema,
  /** out where a message is sent, in where it is received. */
  direction: z.enum(['out', 'in']),
  /** The queue, or the exchange. */
  queue: nameSchema,
})

export const pathwayNodeSnapshotSchema = placeSchema.extend({
  hash: hashSchema,
  /** The checkpoint before; null where pathways begin. */
  parent: hashSchema.nullable(),
  ...trafficSchema.shape,
  /** Latencies below zero, taken for zero. */
  clock_skews: countSchema,
  /** Milliseconds; null where pathways begin. */
  edge_latency: sketchSchema.nullable(),
  pathway_latency: sketchSchema.nullable(),
})

export type PathwayNodeSnapshot = z.output<typeof pathwayNodeSnapshotSchema>

const NODES_MAX = 2_000

/** What one process has seen since it started. Also the body of `POST /pathways`. */
export const pathwaySnapshotSchema = z.object({
  service: nameSchema,
  /** `service.instance.id` of the process. */
  instance: nameSchema,
  started_at: timeSchema,
  taken_at: timeSchema,
  nodes: z.array(pathwayNodeSnapshotSchema).max(NODES_MAX),
  /** What passed checkpoints that had no room among the nodes. */
  overflow: trafficSchema,
})

export type PathwaySnapshot = z.output<typeof pathwaySnapshotSchema>

/** What waits in a queue, for what moves through it. */
export const queueLagSchema = z.object({
  name: z.string(),
  /** Waiting, for a consumer or for the time of a next attempt. */
  depth: countSchema,
  /** Null when nothing waits for a consumer. */
  oldest_age_ms: z.number().nullable(),
  /** Null when the broker cannot tell. */
  in_flight: countSchema.nullable(),
  dead_letters: countSchema,
})

export type QueueLag = z.output<typeof queueLagSchema>

/** Answer of `GET /pathways` of every service. */
export const pathwayReportSchema = z.object({
  /** Of the process itself, and at the queue service also of workers that have no port of their own. */
  snapshots: z.array(pathwaySnapshotSchema),
  /** At the queue service; null when the queues cannot be asked. */
  queues: z.array(queueLagSchema).nullable(),
})

export type PathwayReport = z.output<typeof pathwayReportSchema>

/** Answer of `POST /pathways`. */
export const pathwaysTakenSchema = z.object({ instances: countSchema })

const latencySchema = z.object({
  count: countSchema,
  mean_ms: z.number(),
  p50_ms: z.number(),
  p95_ms: z.number(),
  p99_ms: z.number(),
  max_ms: z.number(),
})

export type PathwayLatency = z.output<typeof latencySchema>

/** Answer of `GET /api/pathways`. Counts and latencies since the processes started, rates over the last minute. */
export const pathwayGraphSchema = z.object({
  generated_at: timeSchema,
  instances: z.array(
    z.object({ service: z.string(), instance: z.string(), started_at: timeSchema, taken_at: timeSchema }),
  ),
  /** Services that did not answer: what they saw is missing. */
  unanswered: z.array(z.object({ service: z.string(), detail: z.string() })),
  nodes: z.array(
    placeSchema.extend({
      hash: hashSchema,
      /** Null where pathways begin. */
      parent: hashSchema.nullable(),
      ...trafficSchema.shape,
      clock_skews: countSchema,
      /** From the checkpoint before to this one. */
      edge_latency: latencySchema.nullable(),
      /** From the first checkpoint to this one. */
      pathway_latency: latencySchema.nullable(),
    }),
  ),
  edges: z.array(
    z.object({
      from: hashSchema,
      to: hashSchema,
      ...trafficSchema.shape,
      latency: latencySchema.nullable(),
    }),
  ),
  /** From each beginning to each end: the checkpoints that nothing follows. */
  paths: z.array(
    z.object({
      hashes: z.array(hashSchema),
      /** The checkpoints in words. */
      steps: z.array(z.string()),
      ...trafficSchema.shape,
      latency: latencySchema.nullable(),
    }),
  ),
  /** Null when the queue service could not tell. */
  queues: z.array(queueLagSchema).nullable(),
  overflow: trafficSchema,
})

export type PathwayGraph = z.output<typeof pathwayGraphSchema>
export type PathwayGraphNode = PathwayGraph['nodes'][number]
