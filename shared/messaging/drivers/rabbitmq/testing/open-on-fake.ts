import type { TestContext } from 'node:test'
import type { BusLogger } from '../../../bus-logger'
import type { TappableDriver } from '../../../tappable-driver'
import { ManualClock } from '../../../testing/manual-clock'
import type { PublishReport } from '../publisher'
import { createRabbitmqDriver, type RabbitmqDriverOptions } from '../rabbitmq-driver'
import { FakeBroker } from './fake-broker'
import { settle } from './fake-broker-harness'

export interface OnFake {
  readonly broker: FakeBroker
  readonly clock: ManualClock
  readonly driver: TappableDriver
  readonly reports: PublishReport[]
  /** What the driver told its log: the texts of the errors. */
  readonly warnings: string[]
  /** Lets time pass, and what it brings be heard and answered. */
  advance(milliseconds: number): Promise<void>
}

export interface OnFakeOptions extends Partial<RabbitmqDriverOptions> {
  /** What is done to the broker before the driver is opened. */
  readonly before?: (broker: FakeBroker) => void
}

/** A driver on a fake broker, by the clock of the test. */
export async function openOnFake(
  t: TestContext,
  { before, ...options }: OnFakeOptions = {},
): Promise<OnFake> {
  const clock = new ManualClock()
  const broker = new FakeBroker(clock)
  before?.(broker)
  const reports: PublishReport[] = []
  const warnings: string[] = []
  const warn: BusLogger['warn'] = (fields) => {
    const { err, reason } = fields as { readonly err?: Error; readonly reason?: string }
    warnings.push(err?.message ?? reason ?? '')
  }
  const driver = await createRabbitmqDriver({
    url: 'amqp://user:secret@fake/mesh',
    clock,
    connect: broker.connect,
    onPublished: (report) => reports.push(report),
    logger: { info: () => {}, warn, error: warn },
    connection: { reconnectMinMs: 100, reconnectMaxMs: 10_000 },
    closeTimeoutMs: 50,
    ...options,
  })
  t.after(async () => {
    const closed = driver.close()
    await settle()
    clock.advance(60_000)
    await closed
  })
  const advance = async (milliseconds: number) => {
    await settle()
    clock.advance(milliseconds)
    await settle()
  }
  return { broker, clock, driver, reports, warnings, advance }
}
