import { Router } from 'express'
import { questionSchema, type TextLimits } from '#shared/contracts'
import { parseBody } from '#shared/http'
import { fieldCatalogueSchema } from './catalogue/field-catalogue'
import type { GenerateDataPrimeQuery } from './generate-dataprime-query'

export function queryRoutes(generate: GenerateDataPrimeQuery, limits: TextLimits): Router {
  const router = Router()
  const question = questionSchema(limits).extend({ catalogue: fieldCatalogueSchema.nullish() })

  router.post('/generate', async (request, response) => {
    const asked = parseBody(question, request)
    // A model need not finish an answer that nobody waits for any longer.
    const abandoned = new AbortController()
    response.once('close', () => abandoned.abort())
    response.json(await generate(asked, abandoned.signal))
  })
  return router
}
