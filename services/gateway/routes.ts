import { type Response, Router } from 'express'
import { feedbackBodySchema, idSchema, questionSchema, type TextLimits } from '#shared/contracts'
import { AppError } from '#shared/errors'
import { parseBody } from '#shared/http'
import type { MeshHealth } from './check-downstream'
import type { CollectStats } from './collect-stats'
import type { GenerateQuery } from './generate-query'
import type { GetRequest } from './get-request'
import type { SubmitFeedback } from './submit-feedback'

export interface GatewayUseCases {
  readonly generateQuery: GenerateQuery
  readonly getRequest: GetRequest
  readonly submitFeedback: SubmitFeedback
  readonly collectStats: CollectStats
  /** Health of the gateway itself and of all behind it, in the shape of every service's `/health`. */
  readonly reportHealth: () => Promise<MeshHealth & Record<string, unknown>>
  readonly reportStats: () => Record<string, unknown>
}

export function gatewayRoutes(useCases: GatewayUseCases, limits: TextLimits): Router {
  const router = Router()
  const question = questionSchema(limits)
  const feedback = feedbackBodySchema(limits)

  router.post('/api/generate-query', async (request, response) => {
    const asked = parseBody(question, request)
    response.json(await useCases.generateQuery(asked, abortedWhenClosed(response)))
  })
  router.get('/api/requests/:request_id', async (request, response) => {
    response.json(await useCases.getRequest(knownId(request.params.request_id)))
  })
  router.post('/api/feedback', async (request, response) => {
    response.status(201).json(await useCases.submitFeedback(parseBody(feedback, request)))
  })
  router.get('/api/stats', async (_request, response) => {
    response.json({ ...useCases.reportStats(), services: await useCases.collectStats() })
  })
  router.get('/api/health', async (_request, response) => {
    const health = await useCases.reportHealth()
    response.status(health.status === 'unhealthy' ? 503 : 200).json(health)
  })
  return router
}

/** Aborts when the client goes before it has its answer. */
function abortedWhenClosed(response: Response): AbortSignal {
  const abandoned = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished)
      abandoned.abort(new AppError('request-aborted', { detail: 'the client went away' }))
  })
  return abandoned.signal
}

/** An id that cannot be one is as unknown as any other. */
function knownId(id: string): string {
  if (idSchema.safeParse(id).success) return id
  throw new AppError('request-not-found', { detail: 'no request has such an id' })
}
