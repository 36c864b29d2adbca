import type { TestContext } from 'node:test'
import { loadConfig } from '#shared/config'
import { createMeshTopology, messagingConfigSchema } from '#shared/messaging'
import {
  brokerUrl,
  whyNoBroker,
  withBroker,
} from '../../../shared/messaging/drivers/rabbitmq/testing/real-broker'
import { deleteAll, testPrefix } from '../../../shared/messaging/drivers/rabbitmq/testing/real-broker-harness'

/** A driver that scenarios run on. */
export interface QueueKind {
  /** As `messaging.system.name` calls it. */
  readonly name: 'sqlite' | 'rabbitmq'
  /** Why tests on it cannot run, to skip them with; false when they can. */
  readonly skip: string | false
  /** The variables that make a mesh use it, with queues of its own that are gone after the test. */
  open(test: TestContext): Readonly<Record<string, string>>
}

export const SQLITE: QueueKind = { name: 'sqlite', skip: false, open: () => ({}) }

export const RABBITMQ: QueueKind = {
  name: 'rabbitmq',
  skip: whyNoBroker(),
  open: (test) => rabbitmqEnv(test, brokerUrl()),
}

export const QUEUES: readonly QueueKind[] = [SQLITE, RABBITMQ]

/** Variables for a mesh on the broker at `url`. */
export function rabbitmqEnv(test: TestContext, url: string): Readonly<Record<string, string>> {
  const env = { QUEUE_URL: url, RABBITMQ_NAME_PREFIX: testPrefix() }
  const topology = createMeshTopology(loadConfig(messagingConfigSchema, env))
  test.after(() => withBroker(url, (channel) => deleteAll(channel, topology, env.RABBITMQ_NAME_PREFIX)))
  return env
}
