import type { Attributes, AttributeValue, Span } from './span'

const SPAN_OVERHEAD_BYTES = 600
const ATTRIBUTE_OVERHEAD_BYTES = 40

/**
 * About how much memory a span holds on to, so that a few huge attributes count as much as many spans. The
 * resource is left out: the spans of one export share it.
 */
export function estimateSpanSizeBytes(span: Span): number {
  let sizeBytes = SPAN_OVERHEAD_BYTES + span.name.length + (span.status.message?.length ?? 0)
  sizeBytes += (span.traceState?.length ?? 0) + attributesSize(span.attributes)
  for (const event of span.events) sizeBytes += ATTRIBUTE_OVERHEAD_BYTES + attributesSize(event.attributes)
  for (const link of span.links) sizeBytes += ATTRIBUTE_OVERHEAD_BYTES + attributesSize(link.attributes)
  return sizeBytes
}

/** About how much memory attributes hold on to. */
export function attributesSize(attributes: Attributes): number {
  let sizeBytes = 0
  for (const key in attributes) {
    sizeBytes += ATTRIBUTE_OVERHEAD_BYTES + key.length + valueSize(attributes[key] ?? null)
  }
  return sizeBytes
}

function valueSize(value: AttributeValue): number {
  if (typeof value === 'string') return value.length
  if (value === null || typeof value !== 'object') return 0
  if (isList(value))
    return value.reduce<number>((sum, member) => sum + ATTRIBUTE_OVERHEAD_BYTES + valueSize(member), 0)
  return attributesSize(value)
}

function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value)
}
