import { diag, type TextMapPropagator } from '@opentelemetry/api'
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node'
import { CompositePropagator, W3CBaggagePropagator } from '@opentelemetry/core'
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3'
import { envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { BatchSpanProcessor, NoopSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace'
import { loadConfig, packageVersion, SERVICES, setEnvironmentDefault } from '#shared/config'
import { within } from '#shared/timing'
import { type TelemetryConfig, telemetryConfigSchema } from './config'
import { createExporters } from './exporters'
import { isUntracedRequest, nameRootSpan } from './http-spans'
import { OWN_INSTANCE_ID, ownProgramName, ownServiceName } from './identity'
import { createMetricReaders } from './metric-readers'
import { ATTR } from './names'
import { PathwayPropagator } from './pathway-propagator'
import { setTelemetryRuntime } from './runtime'
import { TraceContextPropagator } from './trace-context-propagator'

const SHUTDOWN_TIMEOUT_MS = 3_000

const NOT_PULLED = '# OTEL_METRICS_EXPORTER does not name prometheus\n'

type InstrumentationConfigs = NonNullable<Parameters<typeof getNodeAutoInstrumentations>[0]>
type ExpressConfig = NonNullable<InstrumentationConfigs['@opentelemetry/instrumentation-express']>

/** The instrumentation's enum is not exported by any package the mesh depends on; its values are these. */
const EXPRESS_LAYER_TYPES = ['router', 'middleware', 'request_handler'] as unknown as NonNullable<
  ExpressConfig['ignoreLayersType']
>

/**
 * Starts the SDK for this process. It must run before anything that is instrumented is loaded, which is why
 * it is preloaded with `node --require …/register.js`.
 */
export function startTelemetry(): void {
  const config = loadConfig(telemetryConfigSchema)
  if (config.OTEL_SDK_DISABLED) return
  const programName = ownProgramName()
  const metricReaders = createMetricReaders(config)
  const sdk = new NodeSDK({
    serviceName: ownServiceName(),
    resource: resourceFromAttributes(resourceAttributes(config)),
    resourceDetectors: [envDetector],
    textMapPropagator: createPropagator(config, programName),
    spanProcessors: createSpanProcessors(config),
    metricReaders: [...metricReaders.all],
    logRecordProcessors: [],
    instrumentations: createInstrumentations(programName),
  })
  sdk.start()
  setTelemetryRuntime({
    // It rejects, or hangs, when no collector answers; the process must end all the same.
    shutdown: (timeoutMs = SHUTDOWN_TIMEOUT_MS) => within(timeoutMs, sdk.shutdown().catch(ignore), undefined),
    handleMetrics: (request, response) => {
      if (metricReaders.prometheus !== undefined)
        metricReaders.prometheus.getMetricsRequestHandler(request, response)
      else response.setHeader('content-type', 'text/plain').end(NOT_PULLED)
    },
  })
}

function resourceAttributes(config: TelemetryConfig) {
  return {
    [ATTR.SERVICE_NAMESPACE]: 'dataprime_mesh',
    [ATTR.SERVICE_VERSION]: packageVersion(),
    [ATTR.SERVICE_INSTANCE_ID]: OWN_INSTANCE_ID,
    [ATTR.DEPLOYMENT_ENVIRONMENT_NAME]: config.DEPLOYMENT_ENVIRONMENT,
    [ATTR.CX_APPLICATION_NAME]: config.CX_APPLICATION_NAME,
    [ATTR.CX_SUBSYSTEM_NAME]: config.CX_SUBSYSTEM_NAME,
  }
}

/**
 * The propagators that `OTEL_PROPAGATORS` names, W3C trace context and baggage unless set, and always that of
 * pathways. They begin at the gateway, so it takes none from its callers.
 */
function createPropagator(config: TelemetryConfig, programName: string): TextMapPropagator {
  const names = new Set(config.OTEL_PROPAGATORS.split(',').map((name) => name.trim()))
  const pathways = new PathwayPropagator({ trustsCallers: programName !== SERVICES.gateway.serviceName })
  if (names.has('none')) return pathways
  const propagators = [...names].flatMap((name) => {
    const create = PROPAGATORS[name]
    if (create === undefined) diag.warn(`OTEL_PROPAGATORS: there is no propagator "${name}"`)
    return create === undefined ? [] : [create()]
  })
  return new CompositePropagator({ propagators: [...propagators, pathways] })
}

const PROPAGATORS: Readonly<Record<string, () => TextMapPropagator>> = {
  tracecontext: () => new TraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
  b3: () => new B3Propagator(),
  b3multi: () => new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
}

/**
 * One processor for each exporter. Without any exporter one that does nothing takes their place: the SDK makes
 * no spans at all without a processor, and then no trace id would reach answers, logs and other services.
 */
function createSpanProcessors(config: TelemetryConfig): SpanProcessor[] {
  const exporters = createExporters(config)
  if (exporters.length === 0) return [new NoopSpanProcessor()]
  return exporters.map(
    (exporter) =>
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: config.OTEL_BSP_MAX_QUEUE_SIZE,
        scheduledDelayMillis: config.OTEL_BSP_SCHEDULE_DELAY,
        exportTimeoutMillis: config.OTEL_BSP_EXPORT_TIMEOUT,
        maxExportBatchSize: config.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
      }),
  )
}

/**
 * Instrumentations that are on; all others are off. `router`, `net`, `dns` and `fs` double or orphan spans.
 * Express layers are only noise beside the server span, which gets its `http.route` all the same. `amqplib` would
 * double the spans that the message bus makes for every driver alike, under names that the conventions gave up
 * long ago, and would write its own trace headers over those of the bus.
 */
const ENABLED_INSTRUMENTATIONS = 'http,express,undici,pino,runtime-node'

function createInstrumentations(serviceName: string) {
  setEnvironmentDefault('OTEL_NODE_ENABLED_INSTRUMENTATIONS', ENABLED_INSTRUMENTATIONS)
  return getNodeAutoInstrumentations({
    '@opentelemetry/instrumentation-http': {
      ignoreIncomingRequestHook: isUntracedRequest,
      requireParentforOutgoingSpans: true,
      applyCustomAttributesOnSpan: (span, request) => nameRootSpan(serviceName, span, request),
    },
    '@opentelemetry/instrumentation-express': { ignoreLayersType: EXPRESS_LAYER_TYPES },
    '@opentelemetry/instrumentation-undici': { requireParentforSpans: true },
    '@opentelemetry/instrumentation-pino': { disableLogSending: true },
  })
}

function ignore(): void {}
