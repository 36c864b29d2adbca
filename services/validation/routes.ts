import { Router } from 'express'
import { formatBodySchema, type TextLimits, validateBodySchema, withTextSamples } from '#shared/contracts'
import { parseBody } from '#shared/http'
import type { FormatDataPrimeQuery } from './format-dataprime-query'
import type { ValidateDataPrimeQuery } from './validate-dataprime-query'

export interface ValidationUseCases {
  readonly validate: ValidateDataPrimeQuery
  readonly format: FormatDataPrimeQuery
}

export function validationRoutes(useCases: ValidationUseCases, limits: TextLimits): Router {
  const router = Router()
  const validateBody = validateBodySchema(limits)
  const formatBody = formatBodySchema(limits)

  router.post('/validate', (request, response) => {
    const { query, strict, catalogue } = parseBody(validateBody, request)
    const options = {
      ...(strict != null && { strict }),
      ...(catalogue != null && { catalogue: withTextSamples(catalogue) }),
    }
    response.json(useCases.validate(query, options))
  })
  router.post('/format', (request, response) => {
    response.json(useCases.format(parseBody(formatBody, request).query))
  })
  return router
}
