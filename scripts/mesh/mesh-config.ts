import { z } from 'zod'
import {
  addressConfigSchema,
  baseConfigSchema,
  ConfigError,
  type Environment,
  loadConfig,
  reachableHost,
  SERVICES,
  serviceUrl,
} from '#shared/config'
import { telemetryConfigSchema } from '#shared/telemetry'
import { type Member, portVariableOf } from './members'

/** What the commands need to know of the mesh; the services read the rest themselves. */
export const meshConfigSchema = baseConfigSchema
  .pick({ HOST: true, LOG_FORMAT: true, SHUTDOWN_TIMEOUT_MS: true })
  .extend(addressConfigSchema.shape)
  .extend(
    telemetryConfigSchema.pick({
      INSPECTOR_PORT: true,
      OTEL_EXPORTER_OTLP_ENDPOINT: true,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: true,
      OTEL_TRACES_EXPORTER: true,
      OTEL_SDK_DISABLED: true,
      CX_TOKEN: true,
      CX_DOMAIN: true,
      CX_ENDPOINT: true,
    }).shape,
  )
  .extend({
    OTEL_TRACES_SAMPLER: z.string().optional().describe('Sampler of the SDK; `always_off` keeps no trace.'),
    NODE_COMPILE_CACHE: z
      .string()
      .optional()
      .describe('Folder in which Node.js keeps compiled code, so that processes start faster.'),
  })

export type MeshConfig = Readonly<z.output<typeof meshConfigSchema>>

/**
 * Reads what the commands need from the environment. Ports must be given and different, because others
 * call them.
 *
 * @throws ConfigError with all problems at once
 */
export function loadMeshConfig(environment: Environment, members: readonly Member[] = []): MeshConfig {
  const config = loadConfig(meshConfigSchema, environment)
  const problems = [...findUnusablePorts(config, members), ...findSharedPorts(config, members)]
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}

export function portOf(config: MeshConfig, member: Member): number {
  return config[portVariableOf(member)]
}

/** Where a member that runs on this machine is reached. */
export function localUrl(config: MeshConfig, member: Member): string {
  return `http://${reachableHost(config.HOST)}:${portOf(config, member)}`
}

/** Where a member is reached, wherever it runs. */
export function urlOf(config: MeshConfig, member: Member): string {
  return member === 'inspector' ? localUrl(config, member) : serviceUrl(config, member)
}

/** True when somebody said where the gateway is, rather than leaving it at the default. */
export function isGatewayNamed(environment: Environment): boolean {
  const { portVariable, urlVariable } = SERVICES.gateway
  return Boolean(environment[urlVariable] || environment[portVariable])
}

function findUnusablePorts(config: MeshConfig, members: readonly Member[]): string[] {
  return members
    .filter((member) => portOf(config, member) === 0)
    .map((member) => `${portVariableOf(member)}: expected a port that others can be told (found "0")`)
}

function findSharedPorts(config: MeshConfig, members: readonly Member[]): string[] {
  const byPort = Map.groupBy(members, (member) => portOf(config, member))
  return [...byPort]
    .filter(([port, sharing]) => port !== 0 && sharing.length > 1)
    .map(([port, sharing]) => `${sharing.map(portVariableOf).join(' and ')}: all are ${port}`)
}
