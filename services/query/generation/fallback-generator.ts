import type { Logger } from '#shared/telemetry'
import { GenerationFailure } from './openai/generation-failure'
import type { QueryGenerator } from './query-generator'

/**
 * Answers with `fallback` when `primary` cannot, and says so in a warning. Only a `GenerationFailure` is
 * covered: any other error is a defect and must be seen.
 */
export function createFallbackGenerator(
  primary: QueryGenerator,
  fallback: QueryGenerator,
  logger: Logger,
): QueryGenerator {
  return {
    engine: primary.engine,
    async generate(request) {
      try {
        return await primary.generate(request)
      } catch (error) {
        if (!(error instanceof GenerationFailure)) throw error
        logger.warn(
          { err: error, attempts: error.attempts },
          'the embedded engine answers instead of the model',
        )
        const result = await fallback.generate(request)
        return {
          ...result,
          attempts: result.attempts + error.attempts,
          warnings: [`answered by the embedded engine: ${error.message}`, ...result.warnings],
        }
      }
    },
  }
}
