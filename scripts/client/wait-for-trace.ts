import { SERVICES } from '#shared/config'
import type { Answer } from '#shared/contracts'
import type { InspectedTrace, InspectorClient } from './inspector-client'
import { pollUntil } from './poll'

/**
 * Waits until the inspector has all of an answer's trace, at most `timeoutMs`, and answers what it has: every
 * service exports its spans by itself, about a second after it finished them. Null when it has nothing.
 */
export function waitForTrace(
  inspector: InspectorClient,
  answer: Pick<Answer, 'trace_id' | 'services_called' | 'message_id'>,
  timeoutMs: number,
): Promise<InspectedTrace | null> {
  const traceId = answer.trace_id
  if (traceId === null) return Promise.resolve(null)
  const expected = servicesOf(answer)
  return pollUntil(
    () => inspector.trace(traceId),
    (trace) => trace?.complete === true && expected.every((name) => trace.services.includes(name)),
    { timeoutMs, intervalMs: 150 },
  )
}

/** Every service that works on an answer: those the gateway calls, and those that follow in the background. */
export function servicesOf(answer: Pick<Answer, 'services_called' | 'message_id'>): string[] {
  const background = [SERVICES.processing.serviceName, SERVICES.storage.serviceName]
  return [
    SERVICES.gateway.serviceName,
    ...answer.services_called,
    ...(answer.message_id === null ? [] : background),
  ]
}
