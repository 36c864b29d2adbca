import type { Response } from 'express'

export interface EventStreamOptions {
  /** How long a client that loses the stream should wait before it comes again. */
  readonly retryMs: number
  /** How often a comment is sent, so that nobody on the way takes the silence for an end. */
  readonly heartbeatMs: number
}

export interface ServerSentEvent {
  readonly id: number | string
  readonly name: string
  /** Sent as JSON. */
  readonly data: unknown
}

/** A response of type `text/event-stream`. */
export interface EventStream {
  send(event: ServerSentEvent): void
  /** Ends the response. Harmless when the client has gone. */
  end(): void
}

/**
 * Begins an event stream (HTML Living Standard §9.2). Its connection is closed with it: a shutdown would wait for
 * one that is kept.
 */
export function openEventStream(response: Response, options: EventStreamOptions): EventStream {
  response.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    Connection: 'close',
    // Proxies that collect what they pass on would hold events back.
    'X-Accel-Buffering': 'no',
  })
  response.flushHeaders()
  response.write(`retry: ${options.retryMs}\n\n`)
  const heartbeat = setInterval(() => {
    // A client that does not read gets no more of them, so that they do not pile up here.
    if (!response.writableNeedDrain) response.write(': heartbeat\n\n')
  }, options.heartbeatMs)
  response.once('close', () => clearInterval(heartbeat))

  return {
    send({ id, name, data }) {
      if (!response.destroyed) response.write(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
    },
    end() {
      clearInterval(heartbeat)
      response.end()
    },
  }
}
