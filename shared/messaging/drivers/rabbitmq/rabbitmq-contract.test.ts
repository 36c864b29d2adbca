import { describeDriver } from '../../testing/contract'
import { fakeBrokerHarness } from './testing/fake-broker-harness'
import { RABBITMQ_GUARANTEES } from './testing/rabbitmq-guarantees'
import { brokerUrl, whyNoBroker } from './testing/real-broker'
import { realBrokerHarness } from './testing/real-broker-harness'

describeDriver('rabbitmq on a fake broker', fakeBrokerHarness(), {
  ...RABBITMQ_GUARANTEES,
  manualClock: true,
})

describeDriver('rabbitmq on a real broker', realBrokerHarness(brokerUrl()), RABBITMQ_GUARANTEES, {
  skip: whyNoBroker(),
})
