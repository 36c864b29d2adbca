import type { Router } from 'express'
import { AppError } from '#shared/errors'
import { requireBearer } from '#shared/http'
import {
  type Clock,
  isClaimable,
  isDeadLetterQueue,
  type MessageDriver,
  systemClock,
} from '#shared/messaging'
import type { Logger } from '#shared/telemetry'
import type { QueueRates } from '../queue-rates'
import { type ClaimLimits, createClaimMessages } from './claim-messages'
import { addDriverRoutes } from './driver-routes'
import { createSendMessages } from './send-messages'
import { createSettleMessages } from './settle-messages'
import type { WorkerRegistry } from './worker-registry'
import { addWorkerRoutes, refuseWorkers } from './worker-routes'

export interface WorkerApiOptions {
  readonly driver: MessageDriver
  readonly registry: WorkerRegistry
  readonly limits: ClaimLimits & {
    readonly stepsMax: number
    readonly pageMax: number
    readonly replayMax: number
  }
  readonly adminToken: string | undefined
  readonly assertKnown: (queue: string) => Promise<void>
  /**
   * Whether workers may take from a queue and send to it: from all but those of dead letters, which operators alone
   * purge and replay.
   */
  readonly isOffered?: (queue: string) => boolean
  /** Counts what passes through. */
  readonly rates: Pick<QueueRates, 'published' | 'delivered' | 'settled'>
  readonly logger: Pick<Logger, 'warn'>
  readonly stopping: AbortSignal
  readonly clock?: Clock
}

export interface WorkerApi {
  addRoutes(router: Router): void
}

/** The door for workers in other processes. Where a broker keeps the messages, they are sent to it. */
export function createWorkerApi(options: WorkerApiOptions): WorkerApi {
  const { driver, registry, limits, adminToken, assertKnown, rates, logger, stopping } = options
  const { clock = systemClock, isOffered = (queue: string) => !isDeadLetterQueue(queue) } = options
  if (!isClaimable(driver)) {
    return { addRoutes: (router) => refuseWorkers(router, () => refuseFor(driver.system)) }
  }
  const owner = driver.leaseOwner
  const claimMessages = createClaimMessages({
    driver,
    owner,
    registry,
    limits,
    clock,
    logger,
    delivered: (event) => rates.delivered(event),
    assertKnown,
    stopping,
  })
  const settleMessages = createSettleMessages({
    driver,
    owner,
    leaseMaxMs: limits.leaseMaxMs,
    settled: (event) => rates.settled(event),
  })
  const sendMessages = createSendMessages({ driver, published: (event) => rates.published(event) })
  return {
    addRoutes(router) {
      const useCases = { claimMessages, settleMessages, sendMessages, assertKnown, isOffered }
      addWorkerRoutes(router, useCases, limits)
      addDriverRoutes(router, {
        driver,
        countWorkers: (queue) => registry.ofQueue(queue).filter(({ paused }) => paused === undefined).length,
        requireAdmin: requireBearer(adminToken, 'queue operations'),
        limits,
      })
    },
  }
}

function refuseFor(system: string): never {
  throw new AppError('claims-not-offered', {
    detail: `messages are kept by ${system}; workers take them from there, with the QUEUE_URL of this service`,
  })
}
