import { describeDriver } from '../../testing/contract'
import { fakeBrokerHarness } from './testing/fake-broker-harness'
import { brokerUrl, whyNoBroker } from './testing/real-broker'
import { realBrokerHarness } from './testing/real-broker-harness'

const GUARANTEES = {
  durable: true,
  ordered: true,
  ordersReturned: false,
  manualClock: false,
  leases: false,
  deduplicates: false,
  tellsStatus: false,
  countsHeld: false,
  tellsAge: false,
  tellsQueueSize: false,
  renewsTimeToLive: false,
  exactLengthLimit: false,
  fansOutAtomically: false,
  pagesDeadLetters: false,
  strictPriorities: false,
}

describeDriver('rabbitmq on a fake broker', fakeBrokerHarness(), {
  ...GUARANTEES,
  manualClock: true,
})

describeDriver('rabbitmq on a real broker', realBrokerHarness(brokerUrl()), GUARANTEES, {
  skip: whyNoBroker(),
})
