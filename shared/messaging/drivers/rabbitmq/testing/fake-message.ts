import type { AmqpProperties } from '../amqp'

/** A message in the fake broker, in one queue. */
export interface FakeMessage {
  readonly exchange: string
  readonly routingKey: string
  readonly body: Buffer
  readonly properties: AmqpProperties
  /** On the clock's `elapsed`. */
  readonly expiresAt: number | undefined
  /** Times it was handed over and came back. */
  returns: number
}

/** A copy of `message` that was dead-lettered: why and from where stands first, and its expiration is gone. */
export function withDeath(
  message: FakeMessage,
  { queue, reason, now }: { readonly queue: string; readonly reason: string; readonly now: number },
): AmqpProperties {
  const { expiration: _, headers = {}, ...properties } = message.properties
  const before = (headers['x-death'] ?? []) as readonly object[]
  const death = {
    queue,
    reason,
    count: 1,
    exchange: message.exchange,
    'routing-keys': [message.routingKey],
    time: { '!': 'timestamp', value: Math.floor(now / 1_000) },
  }
  return { ...properties, headers: { ...headers, 'x-death': [death, ...before] } }
}
