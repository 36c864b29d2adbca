import { describeDriver, manualClockHarness } from '../../testing/contract'
import { EMBEDDED_GUARANTEES } from '../embedded/testing/embedded-guarantees'
import { createMemoryDriver } from './memory-driver'

describeDriver(
  'memory',
  manualClockHarness(({ clock, topology }) => createMemoryDriver({ clock, topology })),
  { ...EMBEDDED_GUARANTEES, durable: false },
)
