import { randomUUID } from 'node:crypto'
import {
  createMessageBus,
  PUBLISHER_PRESETS,
  type PublisherOptions,
  type WireMessage,
} from '#shared/messaging'
import { openBarePublisher } from '../../../shared/messaging/drivers/rabbitmq/testing/bare-publisher'
import { percentile } from '../open-loop'
import { type Measurement, milliseconds, perSecond } from '../report'
import { type BenchBroker, onBroker } from './bench-broker'
import { BODY, BODY_BYTES, QUEUE } from './bench-message'
import { measureInTurns, rateOf } from './rounds'

const JSON_TYPE = 'application/json'

type SectionOptions = { readonly durationMs: number }

/** Publishing with confirms beside the client library alone, with the same messages at the same window. */
export function measurePublish({ durationMs }: SectionOptions): Promise<Measurement[]> {
  const { window } = PUBLISHER_PRESETS.production
  const what = `publish to RabbitMQ with confirms, window ${window}`
  return onBroker(what, async (broker) => {
    const driver = await broker.open({ ...PUBLISHER_PRESETS.production, outboxMax: 2 * window })
    const bus = createMessageBus({ driver, retryDelaysMs: [], leaseMs: 30_000 })
    const queue = broker.namePrefix + QUEUE
    const bare = await openBarePublisher(broker.url, { queue, body: BODY_BYTES, window })
    const thenPurge = async (rate: Promise<number>) => {
      const published = await rate
      await bus.purge(QUEUE)
      return published
    }
    const beside = async (who: string, publish: () => Promise<unknown>): Promise<Measurement> => {
      const { rate, ceiling, ratio } = await measureInTurns(
        durationMs,
        (partMs) => thenPurge(rateOf(publish, { inFlight: window, durationMs: partMs })),
        (partMs) => thenPurge(bare.rate(partMs)),
      )
      return {
        what: `${what}, ${who}`,
        measured: `${perSecond(rate)} (${ratio.toFixed(2)} of the client library)`,
        figure: '≥ 0.8 of bare amqplib',
        ceiling: `${perSecond(ceiling)}: bare amqplib, the same messages and window`,
      }
    }
    try {
      await bus.purge(QUEUE)
      return [
        await beside('driver', () => driver.send(QUEUE, aWireMessage())),
        await beside('bus and driver', () => bus.publish({ queue: QUEUE, id: randomUUID(), body: BODY })),
      ]
    } finally {
      await bare.close()
      await bus.close(1_000)
    }
  })
}

function aWireMessage(): WireMessage {
  const headers = { 'x-mesh-pathway': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA' }
  return { id: randomUUID(), body: BODY_BYTES, headers, contentType: JSON_TYPE, enqueuedAt: Date.now() }
}

/** Each option by itself, the others as in the preset `production`; then the presets. */
const VARIANTS: readonly (readonly [what: string, options: Partial<PublisherOptions>])[] = [
  ['production', {}],
  ['confirms off', { confirms: false }],
  ['window 1', { window: 1 }],
  ['window 50', { window: 50 }],
  ['window 2,000', { window: 2_000 }],
  ['batches of 100', { batchSize: 100 }],
  ['transient', { durable: false }],
  ['two connections', { connections: 2 }],
  ['development', PUBLISHER_PRESETS.development],
  ['throughput', PUBLISHER_PRESETS.throughput],
  ['critical', PUBLISHER_PRESETS.critical],
]

/** Senders beyond what the windows let through at a time, so that there is always a next message. */
const SENDERS_BEYOND = 50

export function measurePublisherOptions({ durationMs }: SectionOptions): Promise<Measurement[]> {
  return onBroker('publisher options', async (broker) => {
    const measurements: Measurement[] = []
    for (const [what, options] of VARIANTS) {
      measurements.push(await measureVariant(broker, what, options, durationMs / 2))
    }
    return measurements
  })
}

async function measureVariant(
  broker: BenchBroker,
  what: string,
  changes: Partial<PublisherOptions>,
  durationMs: number,
): Promise<Measurement> {
  const options = { ...PUBLISHER_PRESETS.production, ...changes }
  const inFlight = options.window * options.connections + SENDERS_BEYOND
  const driver = await broker.open({ ...options, outboxMax: 2 * inFlight })
  const bus = createMessageBus({ driver, retryDelaysMs: [], leaseMs: 30_000 })
  try {
    await bus.purge(QUEUE)
    const latenciesMs: number[] = []
    const rate = await rateOf(
      async () => {
        const startedAt = performance.now()
        await bus.publish({ queue: QUEUE, id: randomUUID(), body: BODY })
        latenciesMs.push(performance.now() - startedAt)
      },
      { inFlight, durationMs },
    )
    latenciesMs.sort((one, other) => one - other)
    const [p50, p99] = [percentile(latenciesMs, 0.5), percentile(latenciesMs, 0.99)]
    return {
      what: `publisher: ${what}`,
      measured: `${perSecond(rate)}, p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)} with ${inFlight} senders`,
      figure: '',
      ceiling: '',
    }
  } finally {
    await bus.purge(QUEUE)
    await bus.close(5_000)
  }
}
