import type { TraceNode } from './trace-tree'

/** The time a message lay in a queue before a consumer took it. Times are offsets from the trace's start. */
export interface QueueWait {
  readonly startNs: number
  readonly endNs: number
  /** `messaging.destination.name` of the consumer or the producer. */
  readonly destination: string | undefined
}

/**
 * How long the message of a consumer span waited: from the end of the producer span, which is the parent or
 * else a linked span, to the consumer's start. For a delivery that follows an earlier one of the same
 * message, from the end of that delivery. Without a producer span, as long as `mesh.message.wait_ms` says.
 * Undefined when there was no wait or nothing tells.
 */
export function findQueueWait(
  node: TraceNode,
  nodeOf: (spanId: string) => TraceNode | undefined,
): QueueWait | undefined {
  if (node.span.kind !== 'consumer') return undefined
  const producer = findProducer(node, nodeOf)
  const startNs =
    producer === undefined ? startToldByAttribute(node) : Math.max(producer.endNs, endOfEarlierDelivery(node))
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

function startToldByAttribute(node: TraceNode): number | undefined {
  const waitMs = node.span.attributes['mesh.message.wait_ms']
  return typeof waitMs === 'number' && waitMs > 0 ? Math.max(0, node.startNs - waitMs * 1e6) : undefined
}

/** Consumer spans side by side are deliveries of one message when they consume the same queue as the same group. */
function endOfEarlierDelivery(node: TraceNode): number {
  return (node.parent?.children ?? [])
    .filter((sibling) => sibling !== node && sibling.endNs <= node.startNs && isSameConsumer(sibling, node))
    .reduce((latest, { endNs }) => Math.max(latest, endNs), 0)
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
