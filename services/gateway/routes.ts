import { Router } from 'express'
import { chatBodySchema, feedbackBodySchema, questionSchema } from '#shared/contracts'
import { abortedWhenClosed, parseBody } from '#shared/http'
import { addChatRoutes, type ChatRouteOptions, type ChatUseCases, toAcceptedReply } from './chat-routes'
import type { MeshHealth } from './check-downstream'
import type { CollectPathways } from './collect-pathways'
import type { CollectStats } from './collect-stats'
import type { GenerateQuery } from './generate-query'
import { needed } from './needed'
import { prefers, RESPOND_ASYNC } from './prefer'
import type { SubmitFeedback } from './submit-feedback'

export interface GatewayUseCases extends ChatUseCases {
  readonly generateQuery: GenerateQuery
  readonly submitFeedback: SubmitFeedback
  readonly collectStats: CollectStats
  readonly collectPathways: CollectPathways
  /** Health of the gateway itself and of all behind it, in the shape of every service's `/health`. */
  readonly reportHealth: () => Promise<MeshHealth & Record<string, unknown>>
  readonly reportStats: () => Record<string, unknown>
}

export function gatewayRoutes(useCases: GatewayUseCases, options: ChatRouteOptions): Router {
  const router = Router()
  const question = questionSchema(options)
  const chatBody = chatBodySchema(options)
  const feedback = feedbackBodySchema(options)

  router.post('/api/generate-query', async (request, response) => {
    if (prefers(RESPOND_ASYNC, request.headers)) {
      const body = parseBody(chatBody, request)
      await useCases.answerOnce('generate-query', request, response, async (claim) => {
        const reply = toAcceptedReply(await useCases.acceptChatRequest(body, claim))
        return { ...reply, headers: { ...reply.headers, 'Preference-Applied': RESPOND_ASYNC } }
      })
      return
    }
    const asked = parseBody(question, request)
    const signal = abortedWhenClosed(response)
    await useCases.answerOnce('generate-query', request, response, async (claim) => ({
      body: await needed(useCases.generateQuery(asked, signal, claim)),
    }))
  })
  addChatRoutes(router, useCases, options)
  router.post('/api/feedback', async (request, response) => {
    response.status(201).json(await useCases.submitFeedback(parseBody(feedback, request)))
  })
  router.get('/api/stats', async (_request, response) => {
    response.json({ ...useCases.reportStats(), services: await useCases.collectStats() })
  })
  router.get('/api/pathways', async (_request, response) => {
    response.json(await useCases.collectPathways())
  })
  router.get('/api/health', async (_request, response) => {
    const health = await useCases.reportHealth()
    response.status(health.status === 'unhealthy' ? 503 : 200).json(health)
  })
  return router
}
