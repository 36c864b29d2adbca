import { fakeBrokerHarness } from '../drivers/rabbitmq/testing/fake-broker-harness'
import { RABBITMQ_GUARANTEES } from '../drivers/rabbitmq/testing/rabbitmq-guarantees'
import { brokerUrl, whyNoBroker } from '../drivers/rabbitmq/testing/real-broker'
import { realBrokerHarness } from '../drivers/rabbitmq/testing/real-broker-harness'
import { describeDriver } from '../testing/contract'
import { withLedger } from './testing/ledger-harness'

/** What a broker does not promise by itself. */
const GUARANTEES = { ...RABBITMQ_GUARANTEES, deduplicates: true, tellsStatus: true, tellsExpiry: true }

// The broker's driver must not be the one that recognises ids.
const FORGETFUL = { rememberedMax: 0 }

describeDriver('rabbitmq with a ledger, on a fake broker', withLedger(fakeBrokerHarness(FORGETFUL)), {
  ...GUARANTEES,
  manualClock: true,
})

describeDriver(
  'rabbitmq with a ledger, on a real broker',
  withLedger(realBrokerHarness(brokerUrl(), FORGETFUL)),
  GUARANTEES,
  { skip: whyNoBroker() },
)
