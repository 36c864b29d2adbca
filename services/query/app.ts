import { textLimits } from '#shared/config'
import type { ServiceApp, ServiceDeps } from '#shared/service'
import { SPANS } from '#shared/telemetry'
import { loadCatalogue } from './catalogue/load-catalogue'
import type { Config } from './config'
import { createGenerateDataPrimeQuery } from './generate-dataprime-query'
import { createEmbeddedGenerator } from './generation/embedded/create-embedded-generator'
import { createIndexCache } from './generation/embedded/link/catalogue-index-cache'
import { createFallbackGenerator } from './generation/fallback-generator'
import { createChatModel } from './generation/openai/chat-completion'
import { createOpenAiGenerator } from './generation/openai/openai-generator'
import type { QueryGenerator } from './generation/query-generator'
import { createTracedGenerator } from './generation/traced-generator'
import { queryRoutes } from './routes'

export function createApp({ config, logger, stats }: ServiceDeps<Config>): ServiceApp {
  const catalogue = loadCatalogue(config.CATALOGUE_FILE)
  const indexOf = createIndexCache(config.CATALOGUE_CACHE_MAX)
  // Prepared before the first question, which would else wait for it.
  indexOf(catalogue)
  const embedded = createTracedGenerator(SPANS.EMBEDDED_GENERATION, createEmbeddedGenerator(indexOf))
  const model = createModelGenerator(config)
  const generator = model === undefined ? embedded : createFallbackGenerator(model, embedded, logger)
  const generate = createGenerateDataPrimeQuery({
    generator,
    catalogue,
    indexOf,
    stats,
  })

  return {
    routes: queryRoutes(generate, textLimits(config)),
    healthChecks: [
      { name: 'generation', check: () => ({ status: 'healthy', detail: describeEngine(config) }) },
    ],
  }
}

/** Undefined without a key and a server: then the embedded engine answers. */
function createModelGenerator(config: Config): QueryGenerator | undefined {
  if (config.OPENAI_API_KEY === undefined && config.OPENAI_BASE_URL === undefined) return undefined
  const completeChat = createChatModel({
    apiKey: config.OPENAI_API_KEY,
    baseUrl: config.OPENAI_BASE_URL,
    model: config.OPENAI_MODEL,
    timeoutMs: config.OPENAI_TIMEOUT_MS,
    outputTokensMax: config.OPENAI_OUTPUT_TOKENS_MAX,
  })
  return createTracedGenerator(
    SPANS.OPENAI_GENERATION,
    createOpenAiGenerator({
      completeChat,
      attemptsMax: config.OPENAI_ATTEMPTS_MAX,
      catalogueFieldsMax: config.OPENAI_CATALOGUE_FIELDS_MAX,
    }),
  )
}

function describeEngine(config: Config): string {
  const hasModel = config.OPENAI_API_KEY !== undefined || config.OPENAI_BASE_URL !== undefined
  return hasModel ? `${config.OPENAI_MODEL}, else the embedded engine` : 'the embedded engine'
}
