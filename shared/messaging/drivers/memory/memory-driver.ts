import type { ClaimableDriver } from '../../claimable-driver'
import { type Clock, systemClock } from '../../clock'
import type { Topology } from '../../topology'
import { EmbeddedDriver, type Retention } from '../embedded/embedded-driver'
import { MemoryStore } from './memory-store'

export interface MemoryDriverOptions {
  readonly clock?: Clock
  readonly topology?: Topology
  readonly queueLengthMax?: number
  readonly retention?: Retention
}

/** Messages in this process, gone when it ends. */
export function createMemoryDriver({
  clock = systemClock,
  ...limits
}: MemoryDriverOptions = {}): ClaimableDriver {
  return new EmbeddedDriver({
    system: 'memory',
    store: new MemoryStore(),
    clock,
    openedAt: clock.now(),
    ...limits,
  })
}
