import { packageVersion, SERVICES, textLimits } from '#shared/config'
import { createProcessChecks, runHealthChecks, worstOf } from '#shared/monitoring'
import type { ServiceApp, ServiceDeps } from '#shared/service'
import { createCheckDownstream } from './check-downstream'
import { createCollectStats } from './collect-stats'
import type { Config } from './config'
import { docsRoutes } from './docs-routes'
import { createDownstream, DOWNSTREAM_KEYS } from './downstream'
import { createGenerateQuery } from './generate-query'
import { createGetRequest } from './get-request'
import { createOpenApiDocument } from './openapi'
import { gatewayRoutes } from './routes'
import { createSubmitFeedback } from './submit-feedback'

export function createApp({ config, logger, stats, shutdown }: ServiceDeps<Config>): ServiceApp {
  const downstream = createDownstream(config, shutdown)
  const checkDownstream = createCheckDownstream(downstream, config.HEALTH_TIMEOUT_MS)
  const ownChecks = createProcessChecks(config.EVENT_LOOP_DELAY_MAX_MS)
  const startedAt = Date.now()
  const identity = () => ({
    service: SERVICES.gateway.serviceName,
    version: packageVersion(),
    uptime_s: (Date.now() - startedAt) / 1_000,
    timestamp: new Date().toISOString(),
  })

  const useCases = {
    generateQuery: createGenerateQuery({ config, downstream, stats, logger }),
    getRequest: createGetRequest(downstream),
    submitFeedback: createSubmitFeedback({ downstream, stats }),
    collectStats: createCollectStats(downstream),
    reportStats: () => ({ ...identity(), ...stats.snapshot() }),
    reportHealth: async () => {
      const [own, behind] = await Promise.all([
        runHealthChecks(ownChecks, config.HEALTH_TIMEOUT_MS),
        checkDownstream(),
      ])
      return {
        ...identity(),
        ...own,
        ...behind,
        status: worstOf([own.status, behind.status]),
        stats: stats.snapshot(),
      }
    },
  }

  const limits = textLimits(config)
  const routes = gatewayRoutes(useCases, limits)
  routes.use(docsRoutes(createOpenApiDocument(limits, packageVersion())))

  return {
    routes,
    stop() {
      for (const key of DOWNSTREAM_KEYS) downstream[key].close()
    },
  }
}
