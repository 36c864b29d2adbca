import type { ClientConfig } from '#shared/config'
import {
  CHAT_REQUESTS_QUEUE,
  CHAT_RESPONSES_QUEUE,
  chatRequestSchema,
  PROCESSING_QUEUE,
  processingJobSchema,
} from '#shared/contracts'
import { createServiceClient } from '#shared/http'
import {
  type ConsumeOptions,
  createMessageBus,
  type MessageBus,
  type MessageBusOptions,
  type MessagingConfig,
  type Subscription,
} from '#shared/messaging'
import type { ServiceStats } from '#shared/monitoring'
import { type Logger, SPANS } from '#shared/telemetry'
import { createAnswerChatRequest } from './answer-chat-request'
import type { PoolConfig } from './config'
import { createProcessBackgroundMessage } from './process-background-message'

/** The queues that workers work off, each by calling a service. */
export const POOL_QUEUES = [PROCESSING_QUEUE, CHAT_REQUESTS_QUEUE] as const

export type PoolQueue = (typeof POOL_QUEUES)[number]

export interface PoolOptions {
  readonly bus: MessageBus
  readonly config: PoolConfig &
    Pick<MessagingConfig, 'RETRY_DELAYS_MS'> &
    Omit<ClientConfig, 'SERVICE_TIMEOUT_MS'> & { readonly HOST: string }
  readonly stats: ServiceStats
  readonly logger: Logger
}

/** How much of a queue one process works off. */
export interface PoolShare {
  /** Subscriptions of the queue. */
  readonly consumers: number
  /** Messages that each of them holds. */
  readonly prefetch: number
  /** Messages that are handled at the same time, by all of them together. */
  readonly concurrency: number
}

export interface Pool {
  subscribe(queue: PoolQueue, share: PoolShare): Promise<readonly Subscription[]>
  close(): void
}

/** Names of the spans around what the pool takes and sends, the same in every process. */
const POOL_SPAN_NAMES = {
  [PROCESSING_QUEUE]: { send: SPANS.ADD_TO_QUEUE, process: SPANS.PROCESS_BACKGROUND_MESSAGE },
  [CHAT_REQUESTS_QUEUE]: { send: SPANS.ADD_CHAT_REQUEST, process: SPANS.ANSWER_CHAT_REQUEST },
  [CHAT_RESPONSES_QUEUE]: { send: SPANS.ADD_CHAT_RESPONSE },
} as const satisfies MessageBusOptions['spanNames']

interface PoolBusOptions
  extends Pick<MessageBusOptions, 'driver' | 'observers'>,
    Pick<PoolOptions, 'logger'> {
  readonly config: Pick<
    MessagingConfig,
    'RETRY_DELAYS_MS' | 'RETRY_JITTER' | 'QUEUE_LEASE_MS' | 'WORKER_PAUSE_MS' | 'WORKER_PAUSE_MAX_MS'
  >
}

/** The bus of a process that has workers, wherever its messages are. */
export function createPoolBus({ driver, config, observers = [], logger }: PoolBusOptions): MessageBus {
  return createMessageBus({
    driver,
    retryDelaysMs: config.RETRY_DELAYS_MS,
    retryJitter: config.RETRY_JITTER,
    leaseMs: config.QUEUE_LEASE_MS,
    pauses: { firstMs: config.WORKER_PAUSE_MS, maxMs: config.WORKER_PAUSE_MAX_MS },
    spanNames: POOL_SPAN_NAMES,
    observers,
    logger,
  })
}

/** What is done with the messages of each queue; the one table for the queue service and for workers elsewhere. */
export function createPool({ bus, config, stats, logger }: PoolOptions): Pool {
  const processing = createServiceClient('processing', { config, timeoutMs: config.PROCESSING_TIMEOUT_MS })
  const gateway = createServiceClient('gateway', { config, timeoutMs: config.ANSWER_TIMEOUT_MS })
  const attemptsMax = config.RETRY_DELAYS_MS.length + 1
  const chat = createAnswerChatRequest({ gateway, bus, attemptsMax, stats })

  const table: Readonly<Record<PoolQueue, (share: ConsumerShare) => Promise<Subscription>>> = {
    [PROCESSING_QUEUE]: (share) =>
      bus.subscribe({
        queue: PROCESSING_QUEUE,
        schema: processingJobSchema,
        handler: createProcessBackgroundMessage({ processing, stats, logger }),
        ...share,
      }),
    [CHAT_REQUESTS_QUEUE]: (share) =>
      bus.subscribe({
        queue: CHAT_REQUESTS_QUEUE,
        schema: chatRequestSchema,
        handler: chat.handle,
        onGivenUp: chat.giveUp,
        ...share,
      }),
  }

  return {
    subscribe: (queue, share) => Promise.all(toConsumerShares(share).map((one) => table[queue](one))),
    close() {
      processing.close()
      gateway.close()
    },
  }
}

type ConsumerShare = Required<Pick<ConsumeOptions<unknown>, 'prefetch' | 'concurrency'>>

/**
 * The share of each consumer: the concurrency is divided among them as evenly as it goes, and a consumer that
 * would get none of it is left out.
 */
export function toConsumerShares({ consumers, prefetch, concurrency }: PoolShare): ConsumerShare[] {
  const count = Math.min(consumers, concurrency)
  return Array.from({ length: count }, (_, index) => {
    const part = Math.floor(concurrency / count) + (index < concurrency % count ? 1 : 0)
    return { prefetch, concurrency: Math.min(part, prefetch) }
  })
}
