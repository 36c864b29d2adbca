import { describe } from 'node:test'
import { testBodiesAndHeaders } from './bodies-and-headers'
import { testClosing } from './closing'
import { testConcurrency } from './concurrency'
import { testDeadLetters } from './dead-letters'
import { testDelivery } from './delivery'
import { testFanOut } from './fan-out'
import type { DriverHarness, Guarantees } from './harness'
import { testIds } from './ids'
import { testLeases } from './leases'
import { testLimits } from './limits'
import { testOperations } from './operations'
import { testPathways } from './pathways'
import { testPriorities } from './priorities'
import { testReplay } from './replay'
import { testRestart } from './restart'
import { testRetries } from './retries'
import { testSettling } from './settling'
import { testStatus } from './status'
import { createSuite } from './suite'
import { testTimeToLive } from './time-to-live'

export interface DescribeDriverOptions {
  /** Why nothing of it can run, such as a broker that does not answer. It is printed. */
  readonly skip?: string | false
}

/** Every semantic that the bus builds on, for any driver, and the pathways that it makes of them: the whole contract. */
export function describeDriver(
  name: string,
  harness: DriverHarness,
  guarantees: Guarantees,
  { skip = false }: DescribeDriverOptions = {},
): void {
  const suite = createSuite(name, harness, guarantees)
  describe(`${name} driver`, { skip }, () => {
    describe('delivery', () => testDelivery(suite))
    describe('settling', () => testSettling(suite))
    describe('retries', () => testRetries(suite))
    describe('leases', () => testLeases(suite))
    describe('ids', () => testIds(suite))
    describe('dead letters', () => testDeadLetters(suite))
    describe('replay', () => testReplay(suite))
    describe('priorities', () => testPriorities(suite))
    describe('time to live', () => testTimeToLive(suite))
    describe('fan-out', () => testFanOut(suite))
    describe('limits', () => testLimits(suite))
    describe('operations', () => testOperations(suite))
    describe('status', () => testStatus(suite))
    describe('bodies and headers', () => testBodiesAndHeaders(suite))
    describe('concurrency', () => testConcurrency(suite))
    describe('restart', () => testRestart(suite))
    describe('closing', () => testClosing(suite))
    describe('pathways', () => testPathways(suite))
  })
}
