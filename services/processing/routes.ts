import { Router } from 'express'
import { processingJobSchema } from '#shared/contracts'
import { parseBody } from '#shared/http'
import type { ProcessQueryData } from './process-query-data'

export function processingRoutes(processQueryData: ProcessQueryData): Router {
  const router = Router()
  router.post('/process', async (request, response) => {
    response.json(await processQueryData(parseBody(processingJobSchema, request)))
  })
  return router
}
