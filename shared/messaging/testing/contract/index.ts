export { type DescribeDriverOptions, describeDriver } from './describe-driver'
export {
  type DriverHarness,
  type DriverUnderTest,
  GUARANTEES,
  type Guarantee,
  type Guarantees,
  type HarnessSetup,
  LEASE_MS,
} from './harness'
export { type DriverSetup, manualClockHarness } from './manual-clock-harness'
