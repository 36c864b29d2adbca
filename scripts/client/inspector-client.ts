import { z } from 'zod'
import { callHttp, type HttpReply, UnreachableError } from './http-call'

const traceSchema = z.looseObject({
  trace_id: z.string(),
  services: z.array(z.string()),
  /** True when there is a parentless span and no span's parent is missing. */
  complete: z.boolean(),
  spans: z.array(
    z.looseObject({
      span_id: z.string(),
      parent_span_id: z.string().nullable(),
      service: z.string(),
      name: z.string(),
    }),
  ),
})

export type InspectedTrace = z.output<typeof traceSchema>

/** Reads traces from the local inspector. A trace it does not have, and an inspector that is none, are null. */
export interface InspectorClient {
  readonly url: string
  trace(traceId: string): Promise<InspectedTrace | null>
  /** The trace drawn in plain text. */
  waterfall(traceId: string, look: { columns: number; color: boolean }): Promise<string | null>
  /** False when nothing answers there, or something else does. */
  isThere(): Promise<boolean>
}

const TIMEOUT_MS = 5_000
/** The narrowest and the widest waterfall that the inspector draws. */
const COLUMNS = { min: 60, max: 400 }

export function createInspectorClient(url: string): InspectorClient {
  return {
    url,
    trace: async (traceId) =>
      traceSchema.safeParse((await tryCall(`${url}/api/traces/${traceId}`))?.body).data ?? null,
    async waterfall(traceId, { columns, color }) {
      const width = Math.min(COLUMNS.max, Math.max(COLUMNS.min, columns))
      const query = `width=${width}&color=${color ? 'always' : 'never'}`
      const reply = await tryCall(`${url}/traces/${traceId}?${query}`)
      return typeof reply?.body === 'string' ? reply.body : null
    },
    isThere: async () => {
      const body = (await tryCall(`${url}/api/traces?limit=1`))?.body
      return typeof body === 'object' && body !== null && 'traces' in body
    },
  }
}

async function tryCall(url: string): Promise<HttpReply | null> {
  try {
    const reply = await callHttp(url, { timeoutMs: TIMEOUT_MS })
    return reply.status === 200 ? reply : null
  } catch (error) {
    if (error instanceof UnreachableError) return null
    throw error
  }
}
