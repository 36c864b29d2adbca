import { ATTR, withSpan } from '#shared/telemetry'
import type { QueryGenerator } from './query-generator'

/** Runs a generator in a span of its own, with what came out of it. */
export function createTracedGenerator(spanName: string, generator: QueryGenerator): QueryGenerator {
  return {
    engine: generator.engine,
    generate: (request) =>
      withSpan(spanName, { attributes: { [ATTR.GENERATION_ENGINE]: generator.engine } }, async (span) => {
        const result = await generator.generate(request)
        span.setAttributes({
          [ATTR.GENERATION_OUTCOME]: result.outcome,
          [ATTR.GENERATION_ATTEMPTS]: result.attempts,
          ...(result.repaired === true && { [ATTR.VALIDATION_REPAIRED]: true }),
          ...(result.usage !== undefined && {
            [ATTR.OPENAI_TOKENS_USED]: result.usage.inputTokens + result.usage.outputTokens,
          }),
        })
        return result
      }),
  }
}
