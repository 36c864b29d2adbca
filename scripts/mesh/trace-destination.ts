import { type Member, portVariableOf } from './members'
import { localUrl, type MeshConfig, portOf } from './mesh-config'
import { answers } from './port-state'

/** Where the mesh's traces go, in the words to print, and whether the inspector is run for them. */
export interface TraceDestination {
  readonly runsInspector: boolean
  /** Base URL of a local inspector, or of whatever listens on its port; null when traces go elsewhere. */
  readonly inspectorUrl: string | null
  readonly lines: readonly string[]
}

/**
 * The inspector is run unless traces are sent elsewhere, it is not wanted, or something listens on its port
 * already: that keeps the port, because a collector on 4318 is what most people with a collector have.
 */
export async function findTraceDestination(
  config: MeshConfig,
  members: readonly Member[],
): Promise<TraceDestination> {
  const coralogix = describeCoralogix(config)
  const exporters = config.OTEL_TRACES_EXPORTER.split(',').map((name) => name.trim())
  if (!exporters.includes('otlp')) {
    const line = `OTEL_TRACES_EXPORTER is ${config.OTEL_TRACES_EXPORTER}`
    return { runsInspector: false, inspectorUrl: null, lines: [line, ...coralogix] }
  }
  const endpoint = config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? config.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint !== undefined) {
    const line = `${endpoint} (OTEL_EXPORTER_OTLP_ENDPOINT is set, so no inspector)`
    return { runsInspector: false, inspectorUrl: null, lines: [line, ...coralogix] }
  }
  const url = localUrl(config, 'inspector')
  const pages = `${url}/traces`
  if (await answers(config.HOST, portOf(config, 'inspector'))) {
    const taken = `${url}: something listens there already (${portVariableOf('inspector')}), it gets the traces`
    return { runsInspector: false, inspectorUrl: url, lines: [taken, ...coralogix] }
  }
  if (!members.includes('inspector')) {
    const nobody = `${url}, where nothing listens: no inspector was wanted`
    return { runsInspector: false, inspectorUrl: null, lines: [nobody, ...coralogix] }
  }
  return { runsInspector: true, inspectorUrl: url, lines: [pages, ...coralogix] }
}

function describeCoralogix({ CX_TOKEN, CX_DOMAIN, CX_ENDPOINT }: MeshConfig): string[] {
  if (CX_TOKEN === undefined) return []
  return [`Coralogix, ${CX_ENDPOINT ?? CX_DOMAIN} (CX_TOKEN is set)`]
}
