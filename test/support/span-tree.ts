import type { ReceivedSpan } from './otlp-receiver'

/** The spans above `span`, nearest first. */
export function ancestorsOf(span: ReceivedSpan, spans: readonly ReceivedSpan[]): ReceivedSpan[] {
  const byId = new Map(spans.map((one) => [one.spanId, one]))
  const ancestors: ReceivedSpan[] = []
  let parent = byId.get(span.parentSpanId ?? '')
  while (parent !== undefined && ancestors.length < spans.length) {
    ancestors.push(parent)
    parent = byId.get(parent.parentSpanId ?? '')
  }
  return ancestors
}

/** The one span of this name. */
export function spanNamed(name: string, spans: readonly ReceivedSpan[]): ReceivedSpan {
  const found = spans.filter((span) => span.name === name)
  if (found.length === 1) return found[0] as ReceivedSpan
  const names = [...new Set(spans.map((span) => span.name))].sort().join(', ')
  throw new Error(`${found.length} spans are named ${name}; there are: ${names}`)
}

export function rootsOf(spans: readonly ReceivedSpan[]): ReceivedSpan[] {
  return spans.filter((span) => span.parentSpanId === undefined)
}
