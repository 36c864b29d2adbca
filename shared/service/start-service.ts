import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Router } from 'express'
import type { z } from 'zod'
import {
  type BaseConfig,
  ConfigError,
  loadConfig,
  packageVersion,
  SERVICES,
  type ServiceKey,
  WORKER,
} from '#shared/config'
import type { PathwayReport } from '#shared/contracts'
import { AppError } from '#shared/errors'
import { createServiceStats, type HealthCheck, monitoringRoutes, type ServiceStats } from '#shared/monitoring'
import { DatabaseOpenError } from '#shared/sqlite'
import {
  createLogger,
  type Logger,
  observeExportStatus,
  telemetryConfigSchema,
  telemetryRuntime,
} from '#shared/telemetry'
import { within } from '#shared/timing'
import { createConnectionCloser } from './connection-closer'
import { createHttpServer } from './create-server'
import { EXIT } from './exit-codes'

export interface ServiceDeps<Config> {
  readonly config: Config
  readonly logger: Logger
  readonly stats: ServiceStats
  /** Aborts when the service is about to close: whoever only waits, such as a long poll, answers with what there is. */
  readonly stopping: AbortSignal
  /** Aborts, with the error to answer with, when a shutdown cannot wait for what is in flight any longer. */
  readonly shutdown: AbortSignal
}

/** What a service is made of. It never listens, reads no environment and knows no signal. */
export interface ServiceApp {
  readonly routes: Router
  readonly healthChecks?: readonly HealthCheck[]
  /** Added to the service's `stats`. */
  stats?(): Promise<Record<string, unknown>> | Record<string, unknown>
  /** What the service can tell of pathways beside what its own process has seen. */
  pathways?(): Promise<PathwayReport>
  /** Called once the service listens: consumers start here. */
  start?(): Promise<void> | void
  /**
   * Called when a shutdown begins, while requests are still answered: consumers end here whose work calls the very
   * service that they are part of. It must end within `timeoutMs`.
   */
  drain?(timeoutMs: number): Promise<void>
  /** Called on shutdown after the last request was answered; it must end within `timeoutMs`. */
  stop?(timeoutMs: number): Promise<void> | void
}

export interface ServiceDefinition<Schema extends z.ZodObject> {
  readonly name: ServiceKey | 'worker'
  readonly configSchema: Schema
  createApp(deps: ServiceDeps<Readonly<z.output<Schema>>>): Promise<ServiceApp> | ServiceApp
}

/**
 * Runs a service until it is told to stop: configuration, logging, health, errors and graceful shutdown are
 * the same for all six. A start that fails prints why and exits: 78 for a bad configuration, else 1.
 */
export async function startService<Schema extends z.ZodObject>(
  definition: ServiceDefinition<Schema>,
): Promise<void> {
  const { serviceName, portVariable } = definition.name === 'worker' ? WORKER : SERVICES[definition.name]
  const config = loadConfigOrExit(definition.configSchema.extend(telemetryConfigSchema.shape)) as Readonly<
    z.output<Schema>
  >
  const base = config as unknown as BaseConfig & Record<string, unknown>
  const logger = createLogger({
    service: serviceName,
    level: base.LOG_LEVEL,
    format: base.LOG_FORMAT ?? (process.stdout.isTTY ? 'pretty' : 'json'),
  })
  observeExportStatus(({ signal, exporter, failing, reason }) => {
    if (failing) logger.warn({ exporter, reason }, `${signal} are not reaching their collector`)
    else logger.info({ exporter }, `${signal} are reaching their collector again`)
  })

  const stats = createServiceStats()
  const stopping = new AbortController()
  const shutdown = new AbortController()
  const app = await orExit(logger, async () =>
    definition.createApp({ config, logger, stats, stopping: stopping.signal, shutdown: shutdown.signal }),
  )
  const life: Life = { phase: 'starting' }
  const server = createHttpServer({
    routes: app.routes,
    monitoring: monitoringRoutes({
      service: serviceName,
      version: packageVersion(),
      checks: app.healthChecks ?? [],
      stats,
      serviceStats: () => app.stats?.() ?? {},
      pathways: async () => (await app.pathways?.()) ?? { snapshots: [], queues: null },
      healthTimeoutMs: base.HEALTH_TIMEOUT_MS,
      eventLoopDelayMaxMs: base.EVENT_LOOP_DELAY_MAX_MS,
      isReady: () => life.phase === 'running',
    }),
    stats,
    logger,
    bodySizeMaxBytes: base.BODY_SIZE_MAX_BYTES,
  })
  const closeConnections = createConnectionCloser(server)
  await orExit(logger, () => listen(server, base.HOST, Number(base[portVariable]), portVariable))
  await orExit(logger, async () => app.start?.())
  life.phase = 'running'
  const { port } = server.address() as AddressInfo
  logger.info({ host: base.HOST, port }, 'service is ready')

  const timeoutMs = base.SHUTDOWN_TIMEOUT_MS
  stopOnSignals({ server, closeConnections, app, logger, life, stopping, shutdown, timeoutMs })
}

/** A service starts, runs, and stops; it never goes back. */
interface Life {
  phase: 'starting' | 'running' | 'stopping'
}

function loadConfigOrExit<Schema extends z.ZodObject>(schema: Schema): Readonly<z.output<Schema>> {
  try {
    return loadConfig(schema)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(EXIT.CONFIG)
  }
}

async function orExit<Result>(logger: Logger, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    // What is wrong outside the program is said in a line; a stack would only bury it.
    const isExplained = error instanceof ConfigError || error instanceof DatabaseOpenError
    logger.fatal(isExplained ? { reason: error.message } : { err: error }, 'service cannot start')
    await telemetryRuntime()?.shutdown()
    process.exit(error instanceof ConfigError ? EXIT.CONFIG : EXIT.FAILURE)
  }
}

function listen(server: Server, host: string, port: number, portVariable: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error)
      const problem = `${portVariable}: port ${port} on ${host} is taken by another program; set ${portVariable} to a free one`
      reject(new ConfigError([problem]))
    })
    server.listen({ host, port, backlog: 1_024 }, () => resolve())
  })
}

interface Running {
  readonly server: Server
  readonly closeConnections: () => void
  readonly app: ServiceApp
  readonly logger: Logger
  readonly life: Life
  readonly stopping: AbortController
  readonly shutdown: AbortController
  readonly timeoutMs: number
}

function stopOnSignals(running: Running): void {
  const { logger, life } = running
  const stop = (reason: string, exitCode: number) => {
    if (life.phase === 'stopping') return
    life.phase = 'stopping'
    logger.info({ reason }, 'service is stopping')
    void shutDown(running).then(() => process.exit(exitCode))
  }
  process.on('SIGTERM', () => stop('SIGTERM', EXIT.OK))
  process.on('SIGINT', () => stop('SIGINT', EXIT.OK))
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception')
    stop('uncaught exception', EXIT.FAILURE)
  })
}

/** Parts of the time for a shutdown that are kept for its last steps, whatever the first one takes. */
const FLUSH_RESERVE_MS = 1_500
const ABORT_GRACE_MS = 250

/**
 * Consumers that need the service are drained, then there are no new connections, the requests in flight are answered,
 * other consumers are drained, spans are flushed. All of it has one deadline: a process that is told to stop does, and
 * what was not answered in time gets a `shutting-down` problem and has its spans.
 */
async function shutDown(running: Running): Promise<void> {
  const { app, logger, stopping, timeoutMs } = running
  const deadline = performance.now() + timeoutMs
  const remainingMs = (reserve: number) => Math.max(0, deadline - performance.now() - reserve)
  try {
    // What is left for the requests in flight is enough for all but those that hang.
    const drainMs = remainingMs(FLUSH_RESERVE_MS + 2 * ABORT_GRACE_MS)
    const drained = Promise.resolve(app.drain?.(drainMs)).catch((error: unknown) => {
      logger.error({ err: error }, 'consumers were not drained')
    })
    await within(drainMs, drained, undefined)
    // In one turn, so that what is answered because of it says that its connection closes.
    stopping.abort()
    await closeServer(running, remainingMs(FLUSH_RESERVE_MS))
    const stopMs = Math.max(ABORT_GRACE_MS, remainingMs(FLUSH_RESERVE_MS))
    await within(stopMs, Promise.resolve(app.stop?.(stopMs)), undefined)
  } catch (error) {
    logger.error({ err: error }, 'shutdown was not clean')
  }
  await telemetryRuntime()?.shutdown(Math.max(ABORT_GRACE_MS, remainingMs(0)))
}

async function closeServer(
  { server, closeConnections, shutdown }: Running,
  timeoutMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  closeConnections()
  await within(Math.max(0, timeoutMs - ABORT_GRACE_MS), closed, undefined)
  shutdown.abort(new AppError('shutting-down', { detail: 'the service is shutting down' }))
  await within(ABORT_GRACE_MS, closed, undefined)
  server.closeAllConnections()
}
