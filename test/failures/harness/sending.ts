import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { SenderData, SenderReport } from './sender-thread'
import type { SentMessage } from './sent-message'

/** What a scenario sees of its sender while that is sending. */
export class Sending {
  /** The ledger, when every message was confirmed or given up. */
  readonly done: Promise<readonly SentMessage[]>
  readonly #waiters = new Set<{ readonly count: number; readonly resolve: () => void }>()
  readonly #worker: Worker
  readonly #refused = Promise.withResolvers<void>()
  #acceptedCount = 0

  constructor(data: SenderData) {
    const worker = new Worker(path.join(__dirname, 'sender-thread.js'), { workerData: data })
    this.#worker = worker
    const { promise, resolve, reject } = Promise.withResolvers<readonly SentMessage[]>()
    this.done = promise
    // Awaited at the end of a run; until then nobody may be listening.
    promise.catch(() => {})
    worker.once('error', reject)
    worker.on('message', (report: SenderReport) => {
      if (report === 'refused') this.#refused.resolve()
      else if (report === 'accepted') this.#countAccepted()
      else resolve(report.ledger)
    })
  }

  /** Resolves when so many messages have been confirmed: the moment to break something under load. */
  async accepted(count: number): Promise<void> {
    if (this.#acceptedCount >= count) return
    const reached = new Promise<void>((resolve) => this.#waiters.add({ count, resolve }))
    await Promise.race([reached, this.done])
    if (this.#acceptedCount < count) throw new Error(`only ${this.#acceptedCount} messages were accepted`)
  }

  /** Resolves when a message was refused for the first time. */
  async refused(): Promise<void> {
    await Promise.race([
      this.#refused.promise,
      this.done.then(() => Promise.reject(new Error('no message was refused'))),
    ])
  }

  /** Sends nothing more: of a run that failed, messages would be sent again for as long as one may take. */
  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #countAccepted(): void {
    this.#acceptedCount += 1
    for (const waiter of this.#waiters) {
      if (waiter.count > this.#acceptedCount) continue
      this.#waiters.delete(waiter)
      waiter.resolve()
    }
  }
}
