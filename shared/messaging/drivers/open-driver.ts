import { join } from 'node:path'
import type { Clock } from '../clock'
import type { MessageDriver } from '../driver'
import type { Topology } from '../topology'
import type { Retention } from './embedded/embedded-driver'
import { createMemoryDriver } from './memory/memory-driver'
import { createRabbitmqDriver, type RabbitmqDriverOptions } from './rabbitmq/rabbitmq-driver'
import type { DiskLimits } from './sqlite/disk-room'
import { createSqliteDriver } from './sqlite/sqlite-driver'

export interface OpenDriverOptions {
  /** Folder of the queue file when the URL names none. */
  readonly dataDir: string
  readonly topology?: Topology
  readonly queueLengthMax?: number
  readonly retention?: Retention
  /** Most writes that share one transaction, where the driver has any. */
  readonly batchMax?: number
  /** How much of the disk messages may take, where the driver keeps them in a file. */
  readonly diskLimits?: DiskLimits
  readonly clock?: Clock
  /** For a broker alone. */
  readonly rabbitmq?: RabbitmqSettings
}

/** What a broker needs beyond a topology. */
export type RabbitmqSettings = Omit<RabbitmqDriverOptions, 'url' | 'topology' | 'clock' | 'connect'>

const DEFAULT_FILE = 'queue.db'

/**
 * Opens the driver that the URL's scheme names: `sqlite:` (a file in `dataDir`), `sqlite:/path/queue.db`,
 * `sqlite:./queue.db`, `memory:`, `amqp://user:password@host/vhost`, `amqps://…`.
 *
 * @throws Error for another scheme, naming these
 * @throws AppError as `createRabbitmqDriver`
 */
export async function openDriver(url: string, options: OpenDriverOptions): Promise<MessageDriver> {
  const { dataDir, rabbitmq, ...limits } = options
  // Taken apart by hand: the rest of the URL is a path as it stands, not one to decode.
  const [scheme = ''] = url.split(':', 1)
  switch (scheme) {
    case 'sqlite': {
      const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
      return createSqliteDriver({ ...limits, path: path === '' ? join(dataDir, DEFAULT_FILE) : path })
    }
    case 'memory':
      return createMemoryDriver(limits)
    case 'amqp':
    case 'amqps': {
      const { topology, clock } = limits
      return createRabbitmqDriver({
        ...rabbitmq,
        url,
        ...(topology && { topology }),
        ...(clock && { clock }),
      })
    }
    default:
      // The scheme alone: the rest may hold a password.
      throw new Error(`unknown queue URL scheme "${scheme}:"; known are sqlite:, memory:, amqp: and amqps:`)
  }
}
