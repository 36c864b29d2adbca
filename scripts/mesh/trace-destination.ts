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

/** Where the environment sends traces, whoever listens there. */
export interface TraceExport {
  /** Where the local inspector would get them; null when they are sent elsewhere. */
  readonly inspectorUrl: string | null
  /** The same in words, and Coralogix when it gets them too. */
  readonly lines: readonly string[]
}

export function describeTraceExport(config: MeshConfig): TraceExport {
  const why = whyTracesAreOff(config)
  if (why !== undefined) return { inspectorUrl: null, lines: [`off: ${why}`] }
  const coralogix = describeCoralogix(config)
  const exporters = exportersOf(config)
  if (!exporters.includes('otlp')) {
    return { inspectorUrl: null, lines: [`OTEL_TRACES_EXPORTER is ${exporters.join(',')}`, ...coralogix] }
  }
  const endpoint = config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? config.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint !== undefined) {
    return { inspectorUrl: null, lines: [`${endpoint} (OTEL_EXPORTER_OTLP_ENDPOINT)`, ...coralogix] }
  }
  const inspectorUrl = localUrl(config, 'inspector')
  return { inspectorUrl, lines: [`${inspectorUrl}/traces`, ...coralogix] }
}

/** The variable that keeps every trace from every destination, Coralogix too. */
function whyTracesAreOff(config: MeshConfig): string | undefined {
  if (config.OTEL_SDK_DISABLED) return 'OTEL_SDK_DISABLED is true'
  if (exportersOf(config).includes('none')) return 'OTEL_TRACES_EXPORTER is none'
  return config.OTEL_TRACES_SAMPLER === 'always_off' ? 'OTEL_TRACES_SAMPLER is always_off' : undefined
}

function exportersOf(config: MeshConfig): string[] {
  return config.OTEL_TRACES_EXPORTER.split(',').map((name) => name.trim())
}

/**
 * The inspector is run unless traces are off or sent elsewhere, it is not wanted, or something listens on its port
 * already: that keeps the port, because a collector on 4318 is what most people with a collector have.
 */
export async function findTraceDestination(
  config: MeshConfig,
  members: readonly Member[],
): Promise<TraceDestination> {
  const { inspectorUrl, lines } = describeTraceExport(config)
  if (inspectorUrl === null) return { runsInspector: false, inspectorUrl, lines }
  const [, ...others] = lines
  if (await answers(config.HOST, portOf(config, 'inspector'))) {
    const variable = portVariableOf('inspector')
    const taken = `${inspectorUrl}: something listens there already (${variable}), it gets the traces`
    return { runsInspector: false, inspectorUrl, lines: [taken, ...others] }
  }
  if (!members.includes('inspector')) {
    const nobody = `${inspectorUrl}, where nothing listens: no inspector was wanted`
    return { runsInspector: false, inspectorUrl: null, lines: [nobody, ...others] }
  }
  return { runsInspector: true, inspectorUrl, lines }
}

function describeCoralogix({ CX_TOKEN, CX_DOMAIN, CX_ENDPOINT }: MeshConfig): string[] {
  if (CX_TOKEN === undefined) return []
  return [`Coralogix, ${CX_ENDPOINT ?? CX_DOMAIN} (CX_TOKEN)`]
}
