import { describeDriver } from '../../testing/driver-contract'
import { createMemoryDriver } from './memory-driver'

describeDriver('memory', ({ clock, queueLengthMax }) => createMemoryDriver({ clock, queueLengthMax }), {
  durable: false,
  ordered: true,
  leases: true,
  deduplicates: true,
  tellsStatus: true,
  limitsLength: true,
})
