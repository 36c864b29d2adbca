import { randomUUID } from 'node:crypto'
import type { WireMessage } from '../message'

export function aMessage(given: Partial<WireMessage> = {}): WireMessage {
  return {
    id: randomUUID(),
    body: Buffer.from('{"text":"hello"}'),
    headers: {},
    contentType: 'application/json',
    enqueuedAt: Date.parse('2026-01-01T00:00:00Z'),
    ...given,
  }
}

/** `count` messages with ids that tell their place. */
export function messages(count: number, prefix = 'message'): WireMessage[] {
  return Array.from({ length: count }, (_, index) => aMessage({ id: `${prefix}-${index + 1}` }))
}
