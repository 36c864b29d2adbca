import type { Answer, RequestStatus } from '#shared/contracts'
import type { MeshClient } from './mesh-client'
import { pollUntil } from './poll'

/**
 * Waits until the background work of an answer is stored or has failed, at most `timeoutMs`, and answers how
 * it stands. Null when there is none, because the queue could not take it.
 */
export async function waitForBackground(
  mesh: MeshClient,
  answer: Answer,
  timeoutMs: number,
): Promise<RequestStatus | null> {
  if (answer.message_id === null) return null
  return pollUntil(() => mesh.request(answer.request_id), isFinished, { timeoutMs })
}

export function isFinished({ status }: Pick<RequestStatus, 'status'>): boolean {
  return status === 'processed' || status === 'failed'
}
