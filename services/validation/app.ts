import { textLimits } from '#shared/config'
import type { ServiceApp, ServiceDeps } from '#shared/service'
import type { Config } from './config'
import { createFormatDataPrimeQuery } from './format-dataprime-query'
import { validationRoutes } from './routes'
import { createValidateDataPrimeQuery } from './validate-dataprime-query'

export function createApp({ config, stats }: ServiceDeps<Config>): ServiceApp {
  const useCases = { validate: createValidateDataPrimeQuery(stats), format: createFormatDataPrimeQuery() }
  return { routes: validationRoutes(useCases, textLimits(config)) }
}
