import type { ClaimBody, ClaimedJson, EndClaimsBody } from '#shared/contracts'
import { AppError } from '#shared/errors'
import {
  type ClaimableDriver,
  type ClaimedMessage,
  type Clock,
  type DeliveryEvent,
  toWireJson,
} from '#shared/messaging'
import type { Logger } from '#shared/telemetry'
import { assertLease } from './assert-lease'
import type { WorkerRegistry } from './worker-registry'

export interface ClaimLimits {
  /** Messages in one answer. */
  readonly countMax: number
  /** Bytes of the bodies in one answer, unless one message alone has more. */
  readonly bytesMax: number
  /** How long a claim waits for a message. */
  readonly waitMaxMs: number
  readonly leaseMaxMs: number
  /** Claims that wait at a time. */
  readonly waitingMax: number
}

export interface ClaimMessagesDeps {
  readonly driver: ClaimableDriver
  /** Whose leases they are. */
  readonly owner: string
  readonly registry: WorkerRegistry
  readonly limits: ClaimLimits
  readonly clock: Pick<Clock, 'now'>
  readonly logger: Pick<Logger, 'warn'>
  /** Told of every message that is handed over. */
  readonly delivered: (event: Pick<DeliveryEvent, 'queue'>) => void
  /** @throws AppError `queue-not-found` */
  readonly assertKnown: (queue: string) => Promise<void>
  /** Ends every wait when it aborts. */
  readonly stopping: AbortSignal
}

export interface ClaimMessages {
  /**
   * Hands messages to a worker, as soon as there is one or with none after a wait. `hand` is given the answer and
   * says whether it reached the worker; if not, the messages are given back. `gone` aborts when the worker goes
   * away while it waits.
   *
   * @throws AppError `invalid-request` · `queue-not-found` · `rate-limited`: too many wait already · as `ClaimableDriver.claim`
   */
  claim(
    queue: string,
    body: ClaimBody,
    hand: (answer: ClaimedJson) => Promise<boolean>,
    gone: AbortSignal,
  ): Promise<void>
  /** A worker takes nothing more: its claims that wait are answered at once. */
  end(queue: string, body: EndClaimsBody): void
}

const TOO_MANY_RETRY_AFTER_SECONDS = 1

export function createClaimMessages(deps: ClaimMessagesDeps): ClaimMessages {
  const { driver, owner, registry, limits, clock, logger, delivered, stopping, assertKnown } = deps
  /** By queue and worker: a worker that claims again has given up its claim before. */
  const waiting = new Map<string, AbortController>()

  function assertAllowed({ lease_ms }: ClaimBody): void {
    // Answered with nothing, a worker would ask again at once.
    if (stopping.aborted) throw new AppError('shutting-down', { detail: 'the service is shutting down' })
    assertLease(lease_ms, limits.leaseMaxMs)
    if (waiting.size < limits.waitingMax) return
    throw new AppError('rate-limited', {
      detail: `${limits.waitingMax} claims wait already, the limit`,
      retryAfterSeconds: TOO_MANY_RETRY_AFTER_SECONDS,
    })
  }

  async function take(queue: string, body: ClaimBody, gone: AbortSignal): Promise<readonly ClaimedMessage[]> {
    const key = keyOf(queue, body.worker)
    waiting.get(key)?.abort()
    const ended = new AbortController()
    // From the first moment on, so that a word to end finds it.
    waiting.set(key, ended)
    try {
      await assertKnown(queue)
      return await driver.claim(queue, {
        count: Math.min(body.count, limits.countMax),
        bytesMax: limits.bytesMax,
        leaseMs: body.lease_ms,
        waitMs: Math.min(body.wait_ms, limits.waitMaxMs),
        signal: AbortSignal.any([gone, ended.signal, stopping]),
      })
    } finally {
      if (waiting.get(key) === ended) waiting.delete(key)
    }
  }

  async function giveBack(claimed: readonly ClaimedMessage[]): Promise<void> {
    const released = await Promise.allSettled(
      claimed.map((claim) => driver.settle(claim, { action: 'release' })),
    )
    // Their leases run out; that costs them an attempt.
    const failed = released.filter(({ status }) => status === 'rejected').length
    if (failed > 0)
      logger.warn({ queue: claimed[0]?.queue, failed }, 'claimed messages could not be given back')
  }

  return {
    async claim(queue, body, hand, gone) {
      assertAllowed(body)
      registry.seen(body.worker, queue, Math.min(body.wait_ms, limits.waitMaxMs))
      const claimed = body.count === 0 ? [] : await take(queue, body, gone)
      const messages = claimed.map(({ sequence, delivery, attempt, message }) => ({
        sequence,
        delivery,
        attempt,
        message: toWireJson(message),
      }))
      if (await hand({ owner, messages })) for (const { queue: from } of claimed) delivered({ queue: from })
      else await giveBack(claimed)
    },
    end(queue, { worker, paused }) {
      waiting.get(keyOf(queue, worker))?.abort()
      registry.left(worker, queue, paused, clock.now())
    },
  }
}

function keyOf(queue: string, worker: string): string {
  return `${queue}\n${worker}`
}
