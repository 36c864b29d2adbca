import type { MessageDriver, PublisherOptions, Topology } from '#shared/messaging'
import { openDriver } from '#shared/messaging'
import {
  brokerUrl,
  whyNoBroker,
  withBroker,
} from '../../../shared/messaging/drivers/rabbitmq/testing/real-broker'
import { deleteAll, testPrefix } from '../../../shared/messaging/drivers/rabbitmq/testing/real-broker-space'
import type { Measurement } from '../report'
import { LENGTH_MAX, QUEUE } from './bench-message'

const TOPOLOGY: Topology = {
  queues: [{ name: QUEUE, type: 'quorum', lengthMax: LENGTH_MAX }],
  exchanges: [],
  bindings: [],
  retryDelaysMs: [],
}

/** A queue on the broker that nobody else uses. */
export interface BenchBroker {
  readonly url: string
  /** Begins the name of the queue there. */
  readonly namePrefix: string
  open(publisher?: Partial<PublisherOptions>): Promise<MessageDriver>
}

/** Runs `measure` on the broker and deletes what it left; without a broker the table says that there is none. */
export async function onBroker(
  what: string,
  measure: (broker: BenchBroker) => Promise<Measurement[]>,
): Promise<Measurement[]> {
  const url = brokerUrl()
  const missing = whyNoBroker(url)
  if (missing !== false) return [{ what, measured: missing, figure: '', ceiling: '' }]
  const namePrefix = testPrefix()
  const open = (publisher: Partial<PublisherOptions> = {}) =>
    openDriver(url, {
      dataDir: '',
      topology: TOPOLOGY,
      // Nothing that was sent is looked up again, so remembering it is not part of the cost.
      rabbitmq: { namePrefix, publisher: { outboxMax: 100_000, ...publisher } },
    })
  try {
    return await measure({ url, namePrefix, open })
  } finally {
    await withBroker(url, (channel) => deleteAll(channel, TOPOLOGY, namePrefix))
  }
}
