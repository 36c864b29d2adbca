import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { type ErrorCode, toAppError } from '#shared/errors'
import type { CallOptions, HttpClient } from '#shared/http'
import type { BusLogger } from '../../bus-logger'
import type { DriverConnection } from '../../driver'

/** Codes of failures to get an answer. With any other the queue service has answered. */
const AWAY: ReadonlySet<ErrorCode> = new Set([
  'service-unavailable',
  'connection-lost',
  'service-timeout',
  'shutting-down',
])

export function isAway(error: unknown): boolean {
  return AWAY.has(toAppError(error).code)
}

/**
 * Calls to the queue service, outside of any trace: what is polled and batched belongs to no one request. It tells
 * the log when the service goes away and when it is back, each once.
 */
export class QueueService {
  readonly #http: HttpClient
  readonly #logger: BusLogger
  #awayBecause: string | undefined

  constructor(http: HttpClient, logger: BusLogger) {
    this.#http = http
    this.#logger = logger
  }

  get connection(): DriverConnection {
    if (this.#awayBecause === undefined) return { state: 'connected' }
    return { state: 'disconnected', detail: this.#awayBecause }
  }

  get<Body>(path: string, options: CallOptions<Body>): Promise<Body> {
    return this.#call(() => this.#http.get(path, options), options.signal)
  }

  /** Twice when a connection was closed under it, unless told otherwise. */
  post<Body>(path: string, body: unknown, options: CallOptions<Body>): Promise<Body> {
    return this.#call(() => this.#http.post(path, body, { idempotent: true, ...options }), options.signal)
  }

  close(): void {
    this.#http.close()
  }

  async #call<Body>(call: () => Promise<Body>, signal: AbortSignal | undefined): Promise<Body> {
    try {
      const body = await context.with(ROOT_CONTEXT, call)
      this.#isThere()
      return body
    } catch (error) {
      // A call that we end ourselves says nothing of the service.
      if (!isAway(error)) this.#isThere()
      else if (!signal?.aborted) this.#isGone(toAppError(error).message)
      throw error
    }
  }

  #isThere(): void {
    if (this.#awayBecause === undefined) return
    this.#awayBecause = undefined
    this.#logger.info({}, 'queue service is reached again')
  }

  #isGone(reason: string): void {
    if (this.#awayBecause === undefined) this.#logger.warn({ reason }, 'queue service cannot be reached')
    this.#awayBecause = reason
  }
}
