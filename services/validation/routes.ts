import { Router } from 'express'
import { type TextLimits, validateBodySchema } from '#shared/contracts'
import { parseBody } from '#shared/http'
import type { FormatDataPrimeQuery } from './format-dataprime-query'
import type { ValidateDataPrimeQuery } from './validate-dataprime-query'

export interface ValidationUseCases {
  readonly validate: ValidateDataPrimeQuery
  readonly format: FormatDataPrimeQuery
}

export function validationRoutes(useCases: ValidationUseCases, limits: TextLimits): Router {
  const router = Router()
  const body = validateBodySchema(limits)

  router.post('/validate', (request, response) => {
    response.json(useCases.validate(parseBody(body, request).query))
  })
  router.post('/format', (request, response) => {
    response.json(useCases.format(parseBody(body, request).query))
  })
  return router
}
