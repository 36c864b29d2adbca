import assert from 'node:assert/strict'
import { SERVICES, WORKER } from '#shared/config'
import type { Edge } from '../system-map'
import { KIND, type ReceivedSpan } from './otlp-receiver'

/** Who called whom in a trace, and how, each once; every call is a pair of spans of the right kinds. */
export function edgesOf(spans: readonly ReceivedSpan[]): string[] {
  const found = new Set<string>()
  for (const span of spans) {
    const parent = spans.find((one) => one.spanId === span.parentSpanId)
    if (parent === undefined) continue
    if (parent.kind === KIND.PRODUCER && span.kind === KIND.CONSUMER) {
      found.add(describe(parent.service, span.service, 'message'))
    } else if (parent.service !== span.service) {
      assert.equal(parent.kind, KIND.CLIENT, `${parent.service} ${parent.name}`)
      assert.equal(span.kind, KIND.SERVER, `${span.service} ${span.name}`)
      found.add(describe(parent.service, span.service, 'http'))
    }
  }
  return [...found].sort()
}

/** Edges of the system map in the same words. */
export function describeEdges(edges: readonly Edge[]): string[] {
  return edges.map(([caller, callee, by]) => describe(nameOf(caller), nameOf(callee), by)).sort()
}

function nameOf(process: Edge[0]): string {
  return (process === 'worker' ? WORKER : SERVICES[process]).serviceName
}

function describe(caller: string, callee: string, by: Edge[2]): string {
  return `${caller} → ${callee} by ${by}`
}
