import { randomBytes } from 'node:crypto'
import { type Answer, answerSchema } from '#shared/contracts'
import type { HttpReply } from '../client/http-call'
import type { InspectorClient } from '../client/inspector-client'
import type { MeshAddress } from '../client/mesh-address'
import type { MeshClient } from '../client/mesh-client'
import { readReply } from '../client/read-reply'

/** What the checks work on: the mesh, and one answered question that several of them look at. */
export interface SmokeSession {
  readonly mesh: MeshClient
  /** Null when traces go elsewhere. */
  readonly inspector: InspectorClient | null
  readonly address: MeshAddress
  /** How long background work and traces may take. */
  readonly timeoutMs: number
  /** The question, asked when it is first needed. */
  answered(): Promise<{ readonly reply: HttpReply; readonly answer: Answer }>
}

export const QUESTION = 'Show me errors from the last hour grouped by service'

export function createSession(parts: Omit<SmokeSession, 'answered'>): SmokeSession {
  let asked: ReturnType<SmokeSession['answered']> | undefined
  const ask = async () => {
    const reply = await parts.mesh.call('/api/generate-query', { body: { user_input: QUESTION } })
    return { reply, answer: readReply(answerSchema, reply) }
  }
  return {
    ...parts,
    answered() {
      asked ??= ask()
      return asked
    },
  }
}

/** A trace context as a caller with tracing of its own would send it. */
export function aTraceContext(): { traceId: string; traceparent: string } {
  const traceId = randomBytes(16).toString('hex')
  return { traceId, traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` }
}
