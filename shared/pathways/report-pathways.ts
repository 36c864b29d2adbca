import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import type { z } from 'zod'
import { pathwaysTakenSchema } from '#shared/contracts'
import type { PathwayRegistry } from './pathway-registry'
import { processPathways } from './process-pathways'

/** The part of an `HttpClient` of the queue service that reporting needs. */
export interface ReportClient {
  post<Body>(
    path: string,
    body: unknown,
    options: { readonly schema: z.ZodType<Body>; readonly idempotent: boolean },
  ): Promise<Body>
}

export interface ReportOptions {
  readonly intervalMs: number
  /** Told of a report that did not arrive; the next one has all that it had. */
  readonly onError: (error: unknown) => void
  /** That of this process unless told otherwise. */
  readonly registry?: PathwayRegistry
}

export interface PathwayReporting {
  /** Reports once more and then no longer. Never rejects. */
  stop(): Promise<void>
}

/**
 * Tells the queue service every `intervalMs` what this process has seen: for processes without a port, which
 * the gateway cannot ask. Its calls are in no trace.
 */
export function reportPathways(
  client: ReportClient,
  { intervalMs, onError, registry = processPathways() }: ReportOptions,
): PathwayReporting {
  const report = () =>
    context.with(ROOT_CONTEXT, () =>
      client
        .post('/pathways', registry.snapshot(), { schema: pathwaysTakenSchema, idempotent: true })
        .then(() => undefined, onError),
    )
  // One at a time: an older report must not come after a newer one.
  let reporting: Promise<void> | undefined
  const reportOnce = () => {
    reporting ??= report().finally(() => {
      reporting = undefined
    })
    return reporting
  }
  const timer = setInterval(reportOnce, intervalMs)
  // What it reports is no reason for a process to stay.
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await reporting
      await reportOnce()
    },
  }
}
