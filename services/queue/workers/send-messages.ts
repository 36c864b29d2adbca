import type { PublishResult, SendResult, WireMessageJson } from '#shared/contracts'
import { type ClaimableDriver, fromWireJson, type PublishedEvent, toFailedStep } from '#shared/messaging'

export interface SendMessagesDeps {
  readonly driver: ClaimableDriver
  /** Told of every message that is safe. */
  readonly published: (event: Pick<PublishedEvent, 'destination' | 'duplicate'>) => void
}

/** Takes messages that workers publish, each by itself, and tells what became of it. Neither rejects. */
export interface SendMessages {
  toQueue(queue: string, messages: readonly WireMessageJson[]): Promise<SendResult[]>
  toExchange(
    exchange: string,
    messages: readonly { readonly routing_key: string; readonly message: WireMessageJson }[],
  ): Promise<PublishResult[]>
}

export function createSendMessages({ driver, published }: SendMessagesDeps): SendMessages {
  return {
    toQueue: (queue, messages) =>
      Promise.all(
        messages.map(async (json): Promise<SendResult> => {
          try {
            const { duplicate, queueSize } = await driver.send(queue, fromWireJson(json))
            published({ destination: { queue }, duplicate })
            return { outcome: 'sent', duplicate, queue_size: queueSize ?? null }
          } catch (error) {
            return toFailedStep(error)
          }
        }),
      ),
    toExchange: (exchange, messages) =>
      Promise.all(
        messages.map(async ({ routing_key: routingKey, message }): Promise<PublishResult> => {
          try {
            const { isRouted, duplicate } = await driver.publish(exchange, routingKey, fromWireJson(message))
            published({ destination: { exchange, routingKey }, duplicate })
            return { outcome: 'published', is_routed: isRouted, duplicate }
          } catch (error) {
            return toFailedStep(error)
          }
        }),
      ),
  }
}
