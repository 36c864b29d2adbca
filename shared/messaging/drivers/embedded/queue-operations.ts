import { AppError } from '#shared/errors'
import { toDeadLetter } from '../../dead-letter-record'
import type { DeadLetterPage, DeadLetterPageRequest, ReplaySelection } from '../../driver'
import type { EmbeddedDriver } from './embedded-driver'
import type { Intake } from './intake'
import type { MessageStore } from './message-store'

/** Most messages that are purged or replayed in one transaction: it bounds how long the event loop is held. */
const STEP_MAX = 500

/** What operators do with the messages of a queue. */
export class QueueOperations {
  readonly #driver: EmbeddedDriver
  readonly #store: MessageStore
  readonly #intake: Intake

  constructor(driver: EmbeddedDriver, store: MessageStore, intake: Intake) {
    this.#driver = driver
    this.#store = store
    this.#intake = intake
  }

  purge(queue: string): Promise<number> {
    const until = this.#store.lastSequence()
    return inSteps(Number.POSITIVE_INFINITY, (limit) =>
      this.#driver.transact((store) => store.purge(queue, { until, limit })),
    )
  }

  async deadLetters(queue: string, { limit, after }: DeadLetterPageRequest): Promise<DeadLetterPage> {
    const page = this.#store.deadLetters(queue, { after: parsePageMark(after), limit: limit + 1 })
    const shown = page.slice(0, limit)
    return {
      deadLetters: shown.map(({ message }) => toDeadLetter(message)),
      next: page.length > limit ? String(shown.at(-1)?.sequence) : undefined,
    }
  }

  async replay(queue: string, { messageIds, limit, headers }: ReplaySelection): Promise<readonly string[]> {
    // What fails again meanwhile is a younger dead letter and stays one.
    const until = this.#store.lastSequence()
    const replayed: string[] = []
    await inSteps(limit, async (stepMax) => {
      const moving = this.#driver.transact((store) => {
        const wait = this.#intake.waitIn(queue, this.#driver.time())
        const room = Math.min(stepMax, this.#intake.roomIn(queue))
        return store.replay(queue, { until, limit: room, messageIds, headers, wait })
      })
      this.#driver.wake(queue)
      const moved = await moving
      replayed.push(...moved)
      return moved.length
    })
    this.#driver.lookAgainAtNextDue()
    return replayed
  }
}

/** Repeats `step` until it finds less than it may take, or `max` is reached; the sum of what it found. */
async function inSteps(max: number, step: (limit: number) => Promise<number>): Promise<number> {
  let total = 0
  while (total < max) {
    const limit = Math.min(STEP_MAX, max - total)
    const count = await step(limit)
    total += count
    if (count < limit) break
  }
  return total
}

/** The place in the order of arrival after which a page of dead letters begins. */
function parsePageMark(after: string | undefined): number {
  if (after === undefined) return 0
  if (!/^\d{1,15}$/.test(after)) {
    throw new AppError('invalid-request', { detail: `${JSON.stringify(after)} is no mark of a page` })
  }
  return Number(after)
}
