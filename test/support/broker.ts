import { createMeshTopology, messagingConfigSchema } from '#shared/messaging'
import {
  brokerUrl,
  whyNoBroker,
  withBroker,
} from '../../shared/messaging/drivers/rabbitmq/testing/real-broker'
import { deleteAll, testPrefix } from '../../shared/messaging/drivers/rabbitmq/testing/real-broker-space'

export { brokerUrl, whyNoBroker, withBroker }

export interface BrokerSpace {
  /** Variables with which a mesh keeps its messages in the broker, under names of its own. */
  readonly env: Readonly<Record<string, string>>
  /** Deletes all that such a mesh has declared. */
  clear(): Promise<void>
}

/**
 * A place on the broker that no other test uses, for a mesh with these further variables: they decide what it
 * declares, and so what there is to be deleted.
 *
 * @param url of a broker other than the one that all tests share
 */
export function brokerSpace(
  variables: Readonly<Record<string, string>> = {},
  url: string = brokerUrl(),
): BrokerSpace {
  const prefix = testPrefix()
  return {
    env: { ...variables, QUEUE_URL: url, RABBITMQ_NAME_PREFIX: prefix },
    clear: () =>
      withBroker(url, (channel) =>
        deleteAll(channel, createMeshTopology(messagingConfigSchema.parse(variables)), prefix),
      ),
  }
}
