import type { TraceNode } from './trace-tree'

/** The time a message lay in a queue before a consumer took it. Times are offsets from the trace's start. */
export interface QueueWait {
  readonly startNs: number
  readonly endNs: number
  /** `messaging.destination.name` of the consumer or the producer. */
  readonly destination: string | undefined
}

/**
 * How long the message of a consumer span waited. On a first delivery as long as `mesh.message.wait_ms` says,
 * where it says so: many SDKs round the start of a span to the millisecond. Otherwise from the end of the
 * producer span, which is the parent or else a linked span, or of the delivery before this one. Undefined
 * when there was no wait or nothing tells.
 */
export function findQueueWait(
  node: TraceNode,
  nodeOf: (spanId: string) => TraceNode | undefined,
): QueueWait | undefined {
  if (node.span.kind !== 'consumer') return undefined
  const producer = findProducer(node, nodeOf)
  const startNs = startToldByAttribute(node) ?? endOfWorkBefore(node, producer)
  if (startNs === undefined || startNs >= node.startNs) return undefined
  return { startNs, endNs: node.startNs, destination: destinationOf(node) ?? destinationOf(producer) }
}

function findProducer(
  node: TraceNode,
  nodeOf: (spanId: string) => TraceNode | undefined,
): TraceNode | undefined {
  const linked = node.span.links
    .filter(({ traceId }) => traceId === node.span.traceId)
    .map(({ spanId }) => (spanId === undefined ? undefined : nodeOf(spanId)))
  return [node.parent, ...linked].find((candidate) => candidate?.span.kind === 'producer')
}

/** Of a later delivery the attribute tells nothing: it counts the deliveries before as waiting. */
function startToldByAttribute({ span, startNs }: TraceNode): number | undefined {
  const waitMs = span.attributes['mesh.message.wait_ms']
  const attempt = span.attributes['mesh.message.attempt'] ?? 1
  return typeof waitMs === 'number' && waitMs > 0 && attempt === 1
    ? Math.max(0, startNs - waitMs * 1e6)
    : undefined
}

/** Consumer spans side by side are deliveries of one message when they consume the same queue as the same group. */
function endOfWorkBefore(node: TraceNode, producer: TraceNode | undefined): number | undefined {
  if (producer === undefined) return undefined
  return (node.parent?.children ?? [])
    .filter((sibling) => sibling !== node && sibling.endNs <= node.startNs && isSameConsumer(sibling, node))
    .reduce((latest, { endNs }) => Math.max(latest, endNs), producer.endNs)
}

function isSameConsumer(one: TraceNode, other: TraceNode): boolean {
  return (
    one.span.kind === other.span.kind &&
    one.span.name === other.span.name &&
    destinationOf(one) === destinationOf(other) &&
    one.span.attributes['messaging.consumer.group.name'] ===
      other.span.attributes['messaging.consumer.group.name']
  )
}

function destinationOf(node: TraceNode | undefined): string | undefined {
  const destination = node?.span.attributes['messaging.destination.name']
  return typeof destination === 'string' ? destination : undefined
}
