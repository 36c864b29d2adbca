import { randomUUID } from 'node:crypto'
import amqplib from 'amqplib'

export interface BarePublisher {
  /** Publishes `body` for `durationMs` with `window` unconfirmed at a time; how many a second were confirmed. */
  rate(durationMs: number): Promise<number>
  close(): Promise<void>
}

/** What the bus and the driver write beside the id of a message, so that the library has the same to encode. */
function propertiesOf(messageId: string) {
  return {
    messageId,
    contentType: 'application/json',
    headers: { 'x-mesh-pathway': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA', 'x-enqueued-at': 1_741_774_800_123 },
    timestamp: 1_741_774_800,
    persistent: true,
    mandatory: true,
  }
}

/** The client library with nothing around it: what a publisher of ours is measured against. */
export async function openBarePublisher(
  url: string,
  { queue, body, window }: { readonly queue: string; readonly body: Buffer; readonly window: number },
): Promise<BarePublisher> {
  const connection = await amqplib.connect(url, { noDelay: true })
  const channel = await connection.createConfirmChannel()
  const rate = (durationMs: number) =>
    new Promise<number>((resolve, reject) => {
      const startedAt = performance.now()
      let confirmed = 0
      let inFlight = 0
      const publish = () => {
        inFlight++
        channel.sendToQueue(queue, body, propertiesOf(randomUUID()), (error) => {
          inFlight--
          if (error !== null) return reject(error)
          confirmed++
          const tookMs = performance.now() - startedAt
          if (tookMs < durationMs) publish()
          else if (inFlight === 0) resolve(confirmed / (tookMs / 1_000))
        })
      }
      for (let count = 0; count < window; count++) publish()
    })
  return {
    rate,
    close: async () => {
      await channel.close()
      await connection.close()
    },
  }
}
