import { z } from 'zod'
import { callHttp, UnreachableError } from '../client/http-call'
import type { LivingMesh } from './run-record'

export interface MemberStatus {
  readonly name: string
  readonly url: string
  /** Null while it waits for its restart. */
  readonly pid: number | null
  readonly restarts: number
  /** What its `/health` says, or `unreachable`. */
  readonly status: string
  readonly uptime_s: number | null
}

const HEALTH_TIMEOUT_MS = 3_000
const healthSchema = z.object({ status: z.string(), uptime_s: z.number() })

/** Asks every member of a mesh how it is, all at once. */
export function readMeshStatus({ record, members }: LivingMesh): Promise<MemberStatus[]> {
  return Promise.all(
    (record?.members ?? []).map(async ({ name, url, restarts }) => ({
      name,
      url,
      pid: members.find((living) => living.name === name)?.pid ?? null,
      restarts,
      ...(await readHealth(url)),
    })),
  )
}

async function readHealth(url: string): Promise<Pick<MemberStatus, 'status' | 'uptime_s'>> {
  try {
    const { status, body } = await callHttp(`${url}/health`, { timeoutMs: HEALTH_TIMEOUT_MS })
    const health = healthSchema.safeParse(body).data
    return { status: health?.status ?? `answers ${status}`, uptime_s: health?.uptime_s ?? null }
  } catch (error) {
    if (error instanceof UnreachableError) return { status: 'unreachable', uptime_s: null }
    throw error
  }
}
