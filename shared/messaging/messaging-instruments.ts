import type { Attributes } from '@opentelemetry/api'
import { type ErrorCode, toAppError } from '#shared/errors'
import { ATTR, type BoundCounter, bindCounter, createHistogram, METRICS } from '#shared/telemetry'
import type {
  BusObserver,
  DeliveryEvent,
  HandledEvent,
  PublishedEvent,
  PublishFailedEvent,
  SettledEvent,
} from './bus-observer'
import type { Destination } from './message-bus'

const MS_PER_SECOND = 1_000

/** What settles a delivery, by its outcome. */
const SETTLING: Readonly<Record<SettledEvent['outcome'], string>> = {
  acked: 'ack',
  retried: 'nack',
  released: 'release',
  'dead-lettered': 'dead_letter',
}

/** The metrics of the messaging conventions, with their attributes; ids are not among them. */
export class MessagingInstruments implements BusObserver {
  readonly #system: string
  readonly #operationDuration = createHistogram(METRICS.MESSAGING_CLIENT_OPERATION_DURATION)
  readonly #processDuration = createHistogram(METRICS.MESSAGING_PROCESS_DURATION)
  /** By destination and what came of it. */
  readonly #sent = new Map<string, BoundCounter>()
  /** By queue. */
  readonly #consumed = new Map<string, BoundCounter>()

  /** @param system what `messaging.system.name` says */
  constructor(system: string) {
    this.#system = system
  }

  published({ destination, durationMs }: PublishedEvent): void {
    this.#recordSend(nameOf(destination), durationMs)
  }

  publishFailed({ destination, error, durationMs }: PublishFailedEvent): void {
    this.#recordSend(nameOf(destination), durationMs, error.code)
  }

  delivered({ queue }: DeliveryEvent): void {
    const counter =
      this.#consumed.get(queue) ??
      bindCounter(METRICS.MESSAGING_CLIENT_CONSUMED_MESSAGES, this.#toAttributes('process', 'process', queue))
    this.#consumed.set(queue, counter)
    counter.add(1)
  }

  handled({ queue, durationMs, error }: HandledEvent): void {
    const errorType = error === undefined ? undefined : toAppError(error).code
    const attributes = this.#toAttributes('process', 'process', queue, errorType)
    this.#processDuration.record(durationMs / MS_PER_SECOND, attributes)
  }

  settled({ queue, outcome, durationMs }: SettledEvent): void {
    const attributes = this.#toAttributes(SETTLING[outcome], 'settle', queue)
    this.#operationDuration.record(durationMs / MS_PER_SECOND, attributes)
  }

  #recordSend(destination: string, durationMs: number, errorType?: ErrorCode): void {
    const attributes = this.#toAttributes('send', 'send', destination, errorType)
    const key = `${destination} ${errorType}`
    const counter = this.#sent.get(key) ?? bindCounter(METRICS.MESSAGING_CLIENT_SENT_MESSAGES, attributes)
    this.#sent.set(key, counter)
    counter.add(1)
    this.#operationDuration.record(durationMs / MS_PER_SECOND, attributes)
  }

  #toAttributes(operation: string, type: string, destination: string, errorType?: ErrorCode): Attributes {
    return {
      [ATTR.MESSAGING_SYSTEM_NAME]: this.#system,
      [ATTR.MESSAGING_OPERATION_NAME]: operation,
      [ATTR.MESSAGING_OPERATION_TYPE]: type,
      [ATTR.MESSAGING_DESTINATION_NAME]: destination,
      ...(errorType !== undefined && { [ATTR.ERROR_TYPE]: errorType }),
    }
  }
}

function nameOf(destination: Destination): string {
  return 'queue' in destination ? destination.queue : destination.exchange
}
