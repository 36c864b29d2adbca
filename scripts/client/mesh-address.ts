import { type Environment, packageRoot, SERVICE_KEYS, type ServiceKey } from '#shared/config'
import { UsageError } from '../cli/command-error'
import { isGatewayNamed, loadMeshConfig, urlOf } from '../mesh/mesh-config'
import { findLivingMesh, runFolder } from '../mesh/run-record'
import { describeTraceExport } from '../mesh/trace-destination'

/** Where a mesh is reached. */
export interface MeshAddress {
  readonly gatewayUrl: string
  /** Where the inspector would be, though nobody may be there; null when traces go elsewhere. */
  readonly inspectorUrl: string | null
  /** Where traces go, in words. */
  readonly traces: readonly string[]
  readonly serviceUrls: Readonly<Record<ServiceKey, string>>
}

export const URL_OPTION = {
  type: 'string',
  value: 'URL',
  describe: 'The gateway (default: the running mesh of this checkout, or GATEWAY_PORT).',
} as const

/**
 * Finds the mesh to talk to: the one at `url`, else the one the environment names, else the one that runs
 * from this checkout, whatever its ports, else the documented address.
 */
export function findMesh(
  environment: Environment,
  url: string | undefined,
  root: string = packageRoot(),
): MeshAddress {
  const config = loadMeshConfig(environment)
  const named = url === undefined ? namedGateway(environment) : toGatewayUrl(url)
  const running = findLivingMesh(runFolder(root))?.record
  // What runs here knows best where its parts are, unless another mesh is meant.
  const record = named === undefined || named === running?.gateway_url ? running : undefined
  const urlOfService = (key: ServiceKey) =>
    record?.members.find(({ name }) => name === key)?.url ?? urlOf(config, key)
  const gatewayUrl = named ?? urlOfService('gateway')
  const serviceUrls = Object.fromEntries(SERVICE_KEYS.map((key) => [key, urlOfService(key)])) as Record<
    ServiceKey,
    string
  >
  const { inspectorUrl, lines } = describeTraceExport(config)
  return {
    gatewayUrl,
    inspectorUrl: record === undefined ? inspectorUrl : record.inspector_url,
    traces: record?.traces ?? lines,
    serviceUrls: { ...serviceUrls, gateway: gatewayUrl },
  }
}

function namedGateway(environment: Environment): string | undefined {
  return isGatewayNamed(environment) ? urlOf(loadMeshConfig(environment), 'gateway') : undefined
}

function toGatewayUrl(url: string): string {
  if (/^https?:\/\/[^/]/.test(url) && URL.canParse(url)) return url.replace(/\/+$/, '')
  throw new UsageError(`--url takes an address such as http://127.0.0.1:5000, not "${url}"`)
}
