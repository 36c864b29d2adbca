import { z } from 'zod'
import { PUBLISHER_PRESET_NAMES, PUBLISHER_PRESETS, type PublisherOptions } from './publisher-presets'

/** A number that the preset gives when the variable is not set. */
function presetNumber(name: keyof PublisherOptions, what: string, { min = 1, max = 2 ** 31 - 1 } = {}) {
  return z.coerce
    .number()
    .int()
    .min(min)
    .max(max)
    .optional()
    .describe(`${what} Unset: ${inPresets(name)}.`)
}

function presetFlag(name: keyof PublisherOptions, what: string) {
  return z
    .stringbool()
    .optional()
    .describe(`${what} Unset: ${inPresets(name)}.`)
}

/** What each preset says, those that say the same together. */
function inPresets(name: keyof PublisherOptions): string {
  const values = PUBLISHER_PRESET_NAMES.map((preset) => PUBLISHER_PRESETS[preset][name])
  const [first] = values
  if (values.every((value) => value === first)) return String(first)
  return PUBLISHER_PRESET_NAMES.map((preset, index) => `${preset} ${values[index]}`).join(', ')
}

/** How messages are brought to a RabbitMQ broker. A preset says everything, and single variables override it. */
export const publisherConfigSchema = z.object({
  PUBLISHER_PRESET: z
    .enum(PUBLISHER_PRESET_NAMES)
    .default('production')
    .describe('What the PUBLISHER_ variables are that are not set; docs/messaging.md compares the presets.'),
  PUBLISHER_CONFIRMS: presetFlag(
    'confirms',
    'false counts a message as sent before the broker has confirmed it: faster, and it may be lost.',
  ),
  PUBLISHER_WINDOW: presetNumber('window', 'Unconfirmed messages on their way on one connection.', {
    max: 65_535,
  }),
  PUBLISHER_BATCH_SIZE: presetNumber(
    'batchSize',
    'Messages gathered before they are sent; 1 sends each at once.',
    { max: 10_000 },
  ),
  PUBLISHER_BATCH_TIMEOUT_MS: presetNumber(
    'batchTimeoutMs',
    'How long a message waits for its batch to fill.',
  ),
  PUBLISHER_DURABLE: presetFlag(
    'durable',
    'Whether the broker keeps messages on disk; a quorum queue does so always.',
  ),
  PUBLISHER_TTL_MS: presetNumber('ttlMs', 'How long a message may wait for a consumer; 0 is for ever.', {
    min: 0,
  }),
  PUBLISHER_CONNECTIONS: presetNumber(
    'connections',
    'Connections that publish; with more than one, messages may overtake each other.',
    { max: 32 },
  ),
  PUBLISHER_TIMEOUT_MS: presetNumber(
    'timeoutMs',
    'How long a message may take to be safe, a broker that is away or blocked included.',
  ),
  PUBLISHER_OUTBOX_MAX: presetNumber('outboxMax', 'Messages that are not safe yet; more are refused.'),
  PUBLISHER_OUTBOX_MAX_BYTES: presetNumber('outboxBytesMax', 'The same in bytes.'),
  PUBLISHER_BREAKER_FAILURES: presetNumber(
    'breakerFailures',
    'Failures in a row after which sending fails at once for a while; 0 never does.',
    { min: 0 },
  ),
  PUBLISHER_BREAKER_PAUSE_MS: presetNumber(
    'breakerPauseMs',
    'That while, after which one message tries whether the broker is back.',
  ),
})

export type PublisherConfig = Readonly<z.output<typeof publisherConfigSchema>>

/** The options that the variables come to. */
export function publisherOptionsOf(config: PublisherConfig): PublisherOptions {
  const preset = PUBLISHER_PRESETS[config.PUBLISHER_PRESET]
  return {
    confirms: config.PUBLISHER_CONFIRMS ?? preset.confirms,
    window: config.PUBLISHER_WINDOW ?? preset.window,
    batchSize: config.PUBLISHER_BATCH_SIZE ?? preset.batchSize,
    batchTimeoutMs: config.PUBLISHER_BATCH_TIMEOUT_MS ?? preset.batchTimeoutMs,
    durable: config.PUBLISHER_DURABLE ?? preset.durable,
    ttlMs: config.PUBLISHER_TTL_MS ?? preset.ttlMs,
    connections: config.PUBLISHER_CONNECTIONS ?? preset.connections,
    timeoutMs: config.PUBLISHER_TIMEOUT_MS ?? preset.timeoutMs,
    outboxMax: config.PUBLISHER_OUTBOX_MAX ?? preset.outboxMax,
    outboxBytesMax: config.PUBLISHER_OUTBOX_MAX_BYTES ?? preset.outboxBytesMax,
    breakerFailures: config.PUBLISHER_BREAKER_FAILURES ?? preset.breakerFailures,
    breakerPauseMs: config.PUBLISHER_BREAKER_PAUSE_MS ?? preset.breakerPauseMs,
  }
}
