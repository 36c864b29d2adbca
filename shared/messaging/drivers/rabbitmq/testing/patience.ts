import type { RabbitmqDriverOptions } from '../rabbitmq-driver'

/**
 * For a driver on a real broker, which stands still for a second or two when the machine is busy: what it is to do
 * is waited for. Connections that break are back soon all the same.
 */
export const PATIENCE = {
  connection: { reconnectMinMs: 10, reconnectMaxMs: 200, connectTimeoutMs: 60_000 },
  publisher: { timeoutMs: 60_000 },
  closeTimeoutMs: 60_000,
} as const satisfies Partial<RabbitmqDriverOptions>
