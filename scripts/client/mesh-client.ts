import { z } from 'zod'
import {
  type Answer,
  answerSchema,
  type ChatAccepted,
  type ChatStatus,
  chatAcceptedSchema,
  chatStatusSchema,
  type FeedbackBody,
  feedbackStoredSchema,
  type PathwayGraph,
  pathwayGraphSchema,
  type Question,
  type RequestStatus,
  requestStatusSchema,
} from '#shared/contracts'
import { type CallOptions, callHttp, type HttpReply } from './http-call'
import { readReply } from './read-reply'

const feedbackAnswerSchema = feedbackStoredSchema.extend({ success: z.boolean() })

const statsSchema = z.looseObject({
  counters: z.record(z.string(), z.number()),
  services: z.record(z.string(), z.looseObject({})),
})

export type FeedbackAnswer = z.output<typeof feedbackAnswerSchema>
export type MeshStats = z.output<typeof statsSchema>

/** The gateway's endpoints, as a client outside the mesh sees them. Failures are a `CommandError` each. */
export interface MeshClient {
  readonly url: string
  ask(question: Question): Promise<Answer>
  /** Asks a question that is answered later. */
  chat(question: Question): Promise<ChatAccepted>
  /** Where such a question stands, with its answer, for which the mesh waits up to `waitMs`. */
  poll(requestId: string, waitMs: number): Promise<ChatStatus>
  request(requestId: string): Promise<RequestStatus>
  giveFeedback(feedback: FeedbackBody): Promise<FeedbackAnswer>
  stats(): Promise<MeshStats>
  pathways(): Promise<PathwayGraph>
  /** Any call, whatever its answer. */
  call(path: string, options?: CallOptions): Promise<HttpReply>
}

export function createMeshClient(url: string): MeshClient {
  const call = (path: string, options?: CallOptions) => callHttp(`${url}${path}`, options)
  return {
    url,
    call,
    ask: async (question) => readReply(answerSchema, await call('/api/generate-query', { body: question })),
    chat: async (question) => readReply(chatAcceptedSchema, await call('/api/chat', { body: question })),
    poll: async (requestId, waitMs) => {
      const path = `/api/chat/poll/${encodeURIComponent(requestId)}?wait_ms=${waitMs}`
      return readReply(chatStatusSchema, await call(path))
    },
    request: async (requestId) =>
      readReply(requestStatusSchema, await call(`/api/requests/${encodeURIComponent(requestId)}`)),
    giveFeedback: async (feedback) =>
      readReply(feedbackAnswerSchema, await call('/api/feedback', { body: feedback })),
    stats: async () => readReply(statsSchema, await call('/api/stats')),
    pathways: async () => readReply(pathwayGraphSchema, await call('/api/pathways')),
  }
}
