import path from 'node:path'
import { SERVICES } from '#shared/config'
import {
  type MessageDriver,
  openDriver,
  queueUrlOf,
  rabbitmqSettingsOf,
  type Topology,
  withMessageLedger,
} from '#shared/messaging'
import type { Logger } from '#shared/telemetry'
import type { Config } from './config'

/** Where the service keeps what a broker forgets. */
const LEDGER_FILE = 'queue-state.db'

/**
 * The driver that the configuration names. It recognises ids and tells what became of messages, whichever it is:
 * a broker does neither, so this service remembers what passes through it.
 */
export async function openQueueDriver(
  config: Config,
  { topology, logger }: { readonly topology: Topology; readonly logger: Logger },
): Promise<MessageDriver> {
  const retention = { ageMs: config.QUEUE_RETENTION_MS, countMax: config.QUEUE_RETENTION_MESSAGES_MAX }
  const driver = await openDriver(queueUrlOf(config), {
    dataDir: config.DATA_DIR,
    topology,
    queueLengthMax: config.QUEUE_LENGTH_MAX,
    batchMax: config.DATABASE_BATCH_MAX,
    rabbitmq: { ...rabbitmqSettingsOf(config), connectionName: SERVICES.queue.serviceName, logger },
    diskLimits: {
      diskReserveBytes: config.QUEUE_DISK_RESERVE_BYTES,
      fileSizeMaxBytes: config.QUEUE_FILE_SIZE_MAX_BYTES,
    },
    retention,
  })
  if (driver.system !== 'rabbitmq') return driver
  try {
    return await withMessageLedger(driver, {
      path: path.join(config.DATA_DIR, LEDGER_FILE),
      topology,
      retention,
      logger,
    })
  } catch (error) {
    await driver.close()
    throw error
  }
}
