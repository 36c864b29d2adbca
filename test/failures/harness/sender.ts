import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import type { ProcessingJob } from '#shared/contracts'
import { type Every, isAmong } from './every'
import { aSentMessage, type SentMessage, traceparentOf } from './sent-message'
import { type Confirmation, TRAFFIC, type Traffic, type TrafficName } from './traffic'

export interface SendOptions {
  readonly traffic: TrafficName
  readonly count: number
  /** Messages due a second, whether or not earlier ones were confirmed, up to `IN_FLIGHT_MAX`. */
  readonly ratePerSecond: number
  /** Messages that are sent a second time though they were confirmed. */
  readonly repeated?: Every
  /** Messages whose job is another, such as one that no service can work on. */
  readonly variant?: Every & { readonly changes: Partial<ProcessingJob> }
}

/** What a message met with: confirmed, or told to come later. */
export type SendEvent = 'accepted' | 'refused'

/** Most messages that are not confirmed yet: with the service away, the sender waits. */
const IN_FLIGHT_MAX = 64

/** Before a message is sent again that was not confirmed, or not taken. */
const PAUSE_MS = { unanswered: 200, refused: 500 } as const

const ANSWER_WITHIN_MS = 10_000

/** After this a message stays unconfirmed, and the counts say so. */
const CONFIRMED_WITHIN_MS = 120_000

/**
 * Sends as a careful sender does: at its own rate (open loop), each message under its own id and in its own
 * trace, and again under the same id until it is confirmed.
 *
 * @param url of the service that the traffic goes to
 * @returns the ledger: what was sent, in order, and what became of it
 * @throws Error on an answer that is neither a confirmation nor one of its refusals
 */
export async function sendAll(
  url: string,
  options: SendOptions,
  onEvent: (event: SendEvent) => void,
): Promise<SentMessage[]> {
  const ledger: SentMessage[] = []
  const inFlight = new Set<Promise<void>>()
  const startedAt = performance.now()
  for (let index = 0; index < options.count; index++) {
    const aheadMs = startedAt + (index * 1_000) / options.ratePerSecond - performance.now()
    if (aheadMs > 1) await wait(aheadMs)
    while (inFlight.size >= IN_FLIGHT_MAX) await Promise.race(inFlight)
    const delivery = new Delivery(url, options, index, onEvent)
    ledger.push(delivery.message)
    const sending = delivery.sendUntilConfirmed().then(() => void inFlight.delete(sending))
    inFlight.add(sending)
  }
  await Promise.all(inFlight)
  return ledger
}

const agent = new Agent({ keepAlive: true })

/** One message on its way to its confirmation. */
class Delivery {
  readonly message: SentMessage
  readonly #url: string
  readonly #traffic: Traffic
  readonly #body: string
  /** How often it is to be confirmed. */
  readonly #times: number
  readonly #onEvent: (event: SendEvent) => void

  constructor(url: string, options: SendOptions, index: number, onEvent: (event: SendEvent) => void) {
    const { traffic, repeated, variant } = options
    this.message = aSentMessage(index)
    this.#traffic = TRAFFIC[traffic]
    this.#url = url + this.#traffic.path
    const changes = variant !== undefined && isAmong(variant, index) ? variant.changes : {}
    this.#body = JSON.stringify(this.#traffic.toBody(this.message.id, index, changes))
    this.#times = repeated !== undefined && isAmong(repeated, index) ? 2 : 1
    this.#onEvent = onEvent
  }

  async sendUntilConfirmed(): Promise<void> {
    const deadline = performance.now() + CONFIRMED_WITHIN_MS
    while (this.message.confirmations < this.#times && performance.now() < deadline) {
      const outcome = await this.#send()
      if (outcome !== 'accepted') await wait(PAUSE_MS[outcome])
    }
    if (this.message.confirmations > 0) this.#onEvent('accepted')
  }

  async #send(): Promise<SendEvent | 'unanswered'> {
    const answer = await this.#post()
    if (answer === undefined) return 'unanswered'
    if (answer.status === 202) {
      this.#confirm(this.#traffic.readConfirmation(JSON.parse(answer.text), answer.headers))
      return 'accepted'
    }
    if (!this.#traffic.refusals.has(answer.status)) {
      throw new Error(`${this.#traffic.path} answered ${answer.status}: ${answer.text}`)
    }
    this.message.refusals += 1
    this.#onEvent('refused')
    return 'refused'
  }

  #confirm({ isDuplicate, rowId }: Confirmation): void {
    this.message.confirmations += 1
    if (isDuplicate) this.message.duplicates += 1
    if (rowId !== undefined) this.message.rowId = rowId
  }

  /** Undefined when there was no answer. */
  async #post() {
    try {
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(this.#body),
        traceparent: traceparentOf(this.message),
        ...this.#traffic.toHeaders(this.message.id),
      }
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
      const outgoing = request(this.#url, { method: 'POST', headers, agent, signal }).end(this.#body)
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
      return { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) }
    } catch (error) {
      // Nobody listened, so that the message cannot have been taken.
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') this.message.unanswered += 1
      return undefined
    }
  }
}
