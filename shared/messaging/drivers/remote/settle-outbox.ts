import {
  type FailedStep,
  type SettlementJson,
  type SettleResult,
  settledSchema,
  WORKER_STEPS_MAX,
} from '#shared/contracts'
import type { Clock } from '../../clock'
import type { Settlement } from '../../driver'
import { fromFailedStep } from '../../wire-json'
import { backoffMs } from './backoff'
import { isAway, type QueueService } from './queue-service'
import { TurnBatch } from './turn-batch'

interface Entry {
  readonly settlement: SettlementJson
  /** When the lease has run out, on the monotonic clock. */
  readonly leaseEndsAt: () => number
}

/** Well below any limit on bodies; a settlement has some hundred bytes. */
const BYTES_MAX = 500_000
const SETTLEMENT_BYTES = 1_000

/**
 * Settles leases, those of one turn of the event loop together. What finds the queue service away is tried again
 * for as long as the lease may stand, because an ack that is lost is work done twice; after that it is stale.
 */
export class SettleOutbox {
  readonly #service: QueueService
  readonly #clock: Clock
  readonly #batch: TurnBatch<Entry, SettleResult>
  readonly #waiting = new Set<Promise<unknown>>()
  #closed = false

  constructor(service: QueueService, clock: Clock) {
    this.#service = service
    this.#clock = clock
    this.#batch = new TurnBatch({
      countMax: WORKER_STEPS_MAX,
      bytesMax: BYTES_MAX,
      sizeOf: () => SETTLEMENT_BYTES,
      run: (entries) => this.#send(entries),
    })
  }

  /** @throws AppError when the queue service refuses it, or cannot keep it */
  settle(settlement: SettlementJson, leaseEndsAt: () => number): Promise<Settlement> {
    const settling = this.#settle({ settlement, leaseEndsAt })
    const done: Promise<unknown> = settling.then(ignore, ignore).then(() => this.#waiting.delete(done))
    this.#waiting.add(done)
    return settling
  }

  /** Resolves when all that was asked for until now is settled; nothing is tried again from now on. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#waiting)
  }

  async #settle(entry: Entry): Promise<Settlement> {
    for (let failures = 0; ; ) {
      try {
        const result = await this.#batch.add(entry)
        if (result.outcome !== 'error') return result.outcome
        throw fromFailedStep(result satisfies FailedStep, 'queue_service')
      } catch (error) {
        if (!isAway(error) || this.#closed) throw error
        failures += 1
        const waitMs = backoffMs(failures)
        if (this.#clock.elapsed() + waitMs >= entry.leaseEndsAt()) return 'stale'
        await new Promise<void>((resolve) => this.#clock.schedule(waitMs, resolve))
      }
    }
  }

  async #send(entries: readonly Entry[]): Promise<readonly SettleResult[]> {
    const settlements = entries.map(({ settlement }) => settlement)
    const { results } = await this.#service.post('/queues/settle', { settlements }, { schema: settledSchema })
    return results
  }
}

function ignore(): void {}
