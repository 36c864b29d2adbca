import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { closeServer } from './otlp-receiver'

export interface Call {
  readonly requestId: string
  readonly attempt: number
  /** When it came, on the monotonic clock. */
  readonly at: number
  /** What became of it: `gone` when the worker went away before its answer. */
  end: 'pending' | 'answered' | 'gone'
}

export interface ProcessingStub {
  readonly url: string
  /** Every job that was brought, in order. */
  readonly calls: readonly Call[]
  /** Ids of the jobs that were answered, with how often. */
  answered(): ReadonlyMap<string, number>
  /** Most jobs that were here at the same time. */
  readonly mostAtOnce: number
  /** How long each job takes from now on; undefined is for ever. */
  takes(milliseconds: number | undefined): void
  /** Keeps every job from now on; what it returns answers those, and lets jobs take as long as before. */
  holds(): () => void
  /** Takes no jobs from now on, and says so. */
  refuses(status: number, retryAfterSeconds: number): void
  /** When jobs were refused, on the monotonic clock. */
  readonly refusedAt: readonly number[]
  close(): Promise<void>
}

/** Stands where the processing service would: it keeps a record of each job it is brought, and is done with it. */
export async function startProcessingStub(): Promise<ProcessingStub> {
  const calls: Call[] = []
  const refusedAt: number[] = []
  let tookMs: number | undefined = 0
  let held = Promise.resolve()
  let refusal: { readonly status: number; readonly retryAfterSeconds: number } | undefined
  let mostAtOnce = 0
  const server = createServer(async (request, response) => {
    const { request_id, attempt } = (await json(request)) as { request_id: string; attempt: number }
    if (refusal !== undefined) {
      refusedAt.push(performance.now())
      response.writeHead(refusal.status, { 'retry-after': String(refusal.retryAfterSeconds) }).end('not now')
      return
    }
    const call: Call = { requestId: request_id, attempt, at: performance.now(), end: 'pending' }
    calls.push(call)
    mostAtOnce = Math.max(mostAtOnce, calls.filter(({ end }) => end === 'pending').length)
    response.once('close', () => {
      if (call.end === 'pending') call.end = 'gone'
    })
    if (tookMs === undefined) return
    await Promise.all([wait(tookMs), held])
    if (call.end !== 'pending') return
    call.end = 'answered'
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ request_id, stored: true }))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answered() {
      const counts = new Map<string, number>()
      for (const { requestId, end } of calls)
        if (end === 'answered') counts.set(requestId, (counts.get(requestId) ?? 0) + 1)
      return counts
    },
    get mostAtOnce() {
      return mostAtOnce
    },
    takes(milliseconds) {
      tookMs = milliseconds
      refusal = undefined
    },
    holds() {
      const released = Promise.withResolvers<void>()
      held = released.promise
      return released.resolve
    },
    refuses(status, retryAfterSeconds) {
      refusal = { status, retryAfterSeconds }
    },
    refusedAt,
    close: () => closeServer(server),
  }
}
