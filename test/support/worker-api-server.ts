import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { Router } from 'express'
import { answerWithProblem, jsonBody, refuseUnknownRoutes } from '#shared/http'
import type { Clock, MessageDriver, Topology } from '#shared/messaging'
import { createLogger } from '#shared/telemetry'
import { QueueRates } from '../../services/queue/queue-rates'
import { createWorkerApi, type WorkerApiOptions } from '../../services/queue/workers/create-worker-api'
import { createWorkerRegistry, type WorkerRegistry } from '../../services/queue/workers/worker-registry'
import { closeServer } from './otlp-receiver'

export const LIMITS: WorkerApiOptions['limits'] = {
  countMax: 500,
  bytesMax: 8_388_608,
  waitMaxMs: 30_000,
  leaseMaxMs: 600_000,
  waitingMax: 1_000,
  stepsMax: 1_000,
  pageMax: 100,
  replayMax: 1_000,
}

const logger = createLogger({ service: 'worker-api', level: 'silent', format: 'json' })

export interface WorkerApiServer {
  readonly url: string
  readonly registry: WorkerRegistry
  readonly server: Server
  /** Ends what waits, as the service does when it is told to stop. */
  stop(): void
  /** Closes it with all its connections; the driver stays open. */
  close(): Promise<void>
  /** Listens again where it did, as after a network was mended: the same process with the same leases. */
  reopen(): Promise<void>
}

export interface WorkerApiServerOptions
  extends Partial<Omit<WorkerApiOptions, 'driver' | 'limits' | 'clock' | 'registry'>> {
  readonly driver: MessageDriver
  readonly clock: Clock
  readonly topology: Topology
  readonly limits?: Partial<WorkerApiOptions['limits']>
  readonly port?: number
  readonly bodySizeMaxBytes?: number
}

/** The queue service's door for workers, in this process, over any driver. */
export async function startWorkerApiServer(options: WorkerApiServerOptions): Promise<WorkerApiServer> {
  const { driver, clock, topology, limits, port = 0, bodySizeMaxBytes = 16_777_216, ...others } = options
  const stopping = new AbortController()
  const registry = createWorkerRegistry(clock)
  const api = createWorkerApi({
    driver,
    registry,
    clock,
    limits: { ...LIMITS, ...limits },
    adminToken: undefined,
    assertKnown: async () => {},
    rates: new QueueRates({ clock, topology, seesEveryDelivery: true }),
    logger,
    stopping: stopping.signal,
    ...others,
  })
  const router = Router()
  api.addRoutes(router)
  const app = express()
  app.use(
    ...jsonBody({ sizeMaxBytes: bodySizeMaxBytes }),
    router,
    refuseUnknownRoutes([router]),
    answerWithProblem(logger),
  )
  const server = createServer(app)
  const listen = (on: number) => new Promise<void>((resolve) => server.listen(on, '127.0.0.1', resolve))
  await listen(port)
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}`,
    registry,
    server,
    stop: () => stopping.abort(),
    close: () => closeServer(server),
    reopen: () => listen(address.port),
  }
}
