import type { TestContext } from 'node:test'
import type { Topology } from '../../topology'
import { CONTRACT_TOPOLOGY } from './contract-topology'
import {
  type DriverHarness,
  type DriverUnderTest,
  GUARANTEES,
  type Guarantee,
  type Guarantees,
} from './harness'

/** What the tests of one subject are given. */
export interface ContractSuite {
  /** A driver with nothing in it, closed when the test ends. */
  start(t: TestContext, changes?: Partial<Topology>): Promise<DriverUnderTest>
  /** Options for a test that only holds with these guarantees. */
  needs(...guarantees: Guarantee[]): { readonly skip: string | false }
  readonly guarantees: Guarantees
}

export function createSuite(name: string, harness: DriverHarness, guarantees: Guarantees): ContractSuite {
  return {
    start: (t, changes) => harness(t, { topology: { ...CONTRACT_TOPOLOGY, ...changes } }),
    needs: (...needed) => {
      const missing = needed.find((guarantee) => !guarantees[guarantee])
      return { skip: missing === undefined ? false : `${name} does not promise ${GUARANTEES[missing]}` }
    },
    guarantees,
  }
}
