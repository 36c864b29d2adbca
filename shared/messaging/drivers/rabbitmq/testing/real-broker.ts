import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { z } from 'zod'
import { currentEnvironment, loadConfig } from '#shared/config'
import type { AmqpChannel } from '../amqp'
import { connectWithAmqplib } from '../amqplib-client'
import { parseBrokerUrl } from '../broker-address'
import { CONNECTION_DEFAULTS } from '../rabbitmq-driver'

const schema = z.object({ RABBITMQ_URL: z.string().default('amqp://guest:guest@127.0.0.1:5672') })

/** The broker that tests may use. */
export function brokerUrl(): string {
  return loadConfig(schema, currentEnvironment()).RABBITMQ_URL
}

const PROBE_TIMEOUT_MS = 30_000
/** A broker on a busy machine takes its time to answer. */
const CONNECT_TIMEOUT_MS = 60_000

/** Why tests on the real broker cannot run, to skip them with; false when it answers. */
export function whyNoBroker(url = brokerUrl()): string | false {
  // Whether to skip must be known before tests are described, which cannot wait.
  const probe = spawnSync(process.execPath, [path.join(__dirname, 'probe-broker.js'), url], {
    encoding: 'utf8',
    timeout: PROBE_TIMEOUT_MS,
  })
  if (probe.status === 0) return false
  return `no broker answers at ${parseBrokerUrl(url).name}: ${probe.stderr.trim() || 'no answer'}`
}

/** A channel on a connection of its own, for what a test does behind the driver's back. */
export async function withBroker<Result>(
  url: string,
  work: (channel: AmqpChannel) => Promise<Result>,
  connectTimeoutMs = CONNECT_TIMEOUT_MS,
): Promise<Result> {
  const connection = await connectWithAmqplib(parseBrokerUrl(url), {
    connectionName: 'mesh test',
    heartbeatSeconds: 10,
    timeoutMs: connectTimeoutMs,
    tls: CONNECTION_DEFAULTS.tls,
  })
  try {
    const channel = await connection.createChannel({ confirms: true })
    channel.listen({})
    const result = await work(channel)
    await channel.close()
    return result
  } finally {
    await connection.close()
  }
}
