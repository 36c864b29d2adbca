import { openDatabase } from '#shared/sqlite'
import type { ClaimableDriver } from '../../claimable-driver'
import { type Clock, systemClock } from '../../clock'
import type { Topology } from '../../topology'
import { EmbeddedDriver, type Retention } from '../embedded/embedded-driver'
import { DISK_LIMITS, type DiskLimits, DiskRoom } from './disk-room'
import { migrations } from './schema'
import { SqliteStore } from './sqlite-store'

export interface SqliteDriverOptions {
  /** The queue file; this process becomes its only owner. */
  readonly path: string
  readonly clock?: Clock
  readonly topology?: Topology
  readonly queueLengthMax?: number
  readonly retention?: Retention
  /** Most writes that share one transaction. */
  readonly batchMax?: number
  readonly diskLimits?: DiskLimits
}

/**
 * Messages in a SQLite file that this process owns: what `send` has confirmed is on the disk.
 *
 * @throws DatabaseOpenError when another process owns the file, or it is not one of ours
 */
export function createSqliteDriver({
  path,
  clock = systemClock,
  batchMax,
  diskLimits = DISK_LIMITS,
  ...limits
}: SqliteDriverOptions): ClaimableDriver {
  const openedAt = clock.now()
  const elapsed = clock.elapsed()
  const database = openDatabase({ path, migrations })
  const room = new DiskRoom(database, { limits: diskLimits, clock })
  const store = new SqliteStore(database, { openedAt, batchMax, room })
  // Opening may take long, and the driver's time must not stand still meanwhile: it would stay behind for good.
  const readyAt = openedAt + clock.elapsed() - elapsed
  return new EmbeddedDriver({ system: 'sqlite', store, clock, openedAt: readyAt, ...limits })
}
