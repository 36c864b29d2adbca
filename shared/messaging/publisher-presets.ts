/** How messages are brought to a broker; the embedded drivers have no use for it. */
export interface PublisherOptions {
  /** Whether a message counts as sent only when the broker has confirmed it. */
  readonly confirms: boolean
  /** Unconfirmed messages on their way at a time, on each connection. */
  readonly window: number
  /** Messages that are sent together; 1 sends each as it comes. */
  readonly batchSize: number
  /** How long a message waits for a batch to fill. */
  readonly batchTimeoutMs: number
  /** Whether the broker writes messages to its disk. A quorum queue does in any case. */
  readonly durable: boolean
  /** How long a message may wait for a consumer, unless it says so itself; 0 is for ever. */
  readonly ttlMs: number
  /** Connections that publish. With more than one, messages of one sender may overtake each other. */
  readonly connections: number
  /** How long a message may take to be safe, a missing or blocked broker included. */
  readonly timeoutMs: number
  /** Messages that are not safe yet, those that wait for a connection included; more are refused. */
  readonly outboxMax: number
  /** The same in bytes of their bodies. */
  readonly outboxBytesMax: number
  /** Failures in a row after which sending fails at once; 0 never does. */
  readonly breakerFailures: number
  /** For how long, before one message may try again. */
  readonly breakerPauseMs: number
}

export const PUBLISHER_PRESET_NAMES = ['development', 'production', 'throughput', 'critical'] as const
export type PublisherPreset = (typeof PUBLISHER_PRESET_NAMES)[number]

const MEBIBYTE = 1024 * 1024

/**
 * - development: fails soon and says why, keeps nothing on disk that need not be
 * - production:  safe, and as fast as one connection is
 * - throughput:  several connections and batches; order between messages is given up, safety is not
 * - critical:    few in flight and much patience: a message is rather late than refused
 */
export const PUBLISHER_PRESETS: Readonly<Record<PublisherPreset, PublisherOptions>> = {
  development: {
    confirms: true,
    window: 100,
    batchSize: 1,
    batchTimeoutMs: 5,
    durable: false,
    ttlMs: 0,
    connections: 1,
    timeoutMs: 2_000,
    outboxMax: 1_000,
    outboxBytesMax: 16 * MEBIBYTE,
    breakerFailures: 0,
    breakerPauseMs: 1_000,
  },
  production: {
    confirms: true,
    window: 500,
    batchSize: 1,
    batchTimeoutMs: 5,
    durable: true,
    ttlMs: 0,
    connections: 1,
    timeoutMs: 10_000,
    outboxMax: 10_000,
    outboxBytesMax: 64 * MEBIBYTE,
    breakerFailures: 50,
    breakerPauseMs: 5_000,
  },
  throughput: {
    confirms: true,
    window: 2_000,
    batchSize: 100,
    batchTimeoutMs: 5,
    durable: true,
    ttlMs: 0,
    connections: 2,
    timeoutMs: 15_000,
    outboxMax: 50_000,
    outboxBytesMax: 256 * MEBIBYTE,
    breakerFailures: 200,
    breakerPauseMs: 5_000,
  },
  critical: {
    confirms: true,
    window: 50,
    batchSize: 1,
    batchTimeoutMs: 5,
    durable: true,
    ttlMs: 0,
    connections: 1,
    timeoutMs: 30_000,
    outboxMax: 10_000,
    outboxBytesMax: 64 * MEBIBYTE,
    breakerFailures: 0,
    breakerPauseMs: 5_000,
  },
}
