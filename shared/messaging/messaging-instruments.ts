import type { Attributes } from '@opentelemetry/api'
import { toAppError } from '#shared/errors'
import { ATTR, createCounter, createHistogram, METRICS } from '#shared/telemetry'
import type {
  BusObserver,
  DeliveryEvent,
  HandledEvent,
  PublishedEvent,
  PublishFailedEvent,
  SettledEvent,
} from './bus-observer'

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
  readonly #sent = createCounter(METRICS.MESSAGING_CLIENT_SENT_MESSAGES)
  readonly #consumed = createCounter(METRICS.MESSAGING_CLIENT_CONSUMED_MESSAGES)
  readonly #operationDuration = createHistogram(METRICS.MESSAGING_CLIENT_OPERATION_DURATION)
  readonly #processDuration = createHistogram(METRICS.MESSAGING_PROCESS_DURATION)

  /** @param system what `messaging.system.name` says */
  constructor(system: string) {
    this.#system = system
  }

  published({ destination, durationMs }: PublishedEvent): void {
    this.#recordSend(destination, durationMs, {})
  }

  publishFailed({ destination, error, durationMs }: PublishFailedEvent): void {
    this.#recordSend(destination, durationMs, { [ATTR.ERROR_TYPE]: error.code })
  }

  delivered({ queue }: DeliveryEvent): void {
    this.#consumed.add(1, this.#toAttributes('process', 'process', queue))
  }

  handled({ queue, durationMs, error }: HandledEvent): void {
    this.#processDuration.record(durationMs / MS_PER_SECOND, {
      ...this.#toAttributes('process', 'process', queue),
      ...(error !== undefined && { [ATTR.ERROR_TYPE]: toAppError(error).code }),
    })
  }

  settled({ queue, outcome, durationMs }: SettledEvent): void {
    this.#operationDuration.record(
      durationMs / MS_PER_SECOND,
      this.#toAttributes(SETTLING[outcome], 'settle', queue),
    )
  }

  #recordSend(destination: PublishedEvent['destination'], durationMs: number, outcome: Attributes): void {
    const name = 'queue' in destination ? destination.queue : destination.exchange
    const attributes = { ...this.#toAttributes('send', 'send', name), ...outcome }
    this.#sent.add(1, attributes)
    this.#operationDuration.record(durationMs / MS_PER_SECOND, attributes)
  }

  #toAttributes(operation: string, type: string, destination: string): Attributes {
    return {
      [ATTR.MESSAGING_SYSTEM_NAME]: this.#system,
      [ATTR.MESSAGING_OPERATION_NAME]: operation,
      [ATTR.MESSAGING_OPERATION_TYPE]: type,
      [ATTR.MESSAGING_DESTINATION_NAME]: destination,
    }
  }
}
