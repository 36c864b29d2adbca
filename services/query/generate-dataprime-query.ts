import { hasErrors, parse } from '#dataprime'
import type { FieldCatalogue, Generation, Question } from '#shared/contracts'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, SPANS, withSpan, withSpanSync } from '#shared/telemetry'
import type { CatalogueIndex } from './generation/embedded/link/catalogue-index'
import type { IndexOf } from './generation/embedded/link/catalogue-index-cache'
import type { GenerationResult, QueryGenerator } from './generation/query-generator'
import { classifyIntent } from './intent/classify-intent'
import type { IntentClassification } from './intent/intent'

export interface GenerateDeps {
  readonly generator: QueryGenerator
  /** Used when the request brings no catalogue of its own. */
  readonly catalogue: FieldCatalogue
  /** Prepares a catalogue for the classification; shared with the embedded engine. */
  readonly indexOf: IndexOf
  readonly stats: ServiceStats
}

export type GenerateDataPrimeQuery = (question: Question, signal?: AbortSignal) => Promise<Generation>

/** Classifies the question, generates, and answers in the shape that crosses the service border. */
export function createGenerateDataPrimeQuery(deps: GenerateDeps): GenerateDataPrimeQuery {
  return (question, signal) =>
    withSpan(
      SPANS.GENERATE_QUERY,
      { attributes: { [ATTR.USER_INPUT_LENGTH]: question.user_input.length } },
      async (span) => {
        const catalogue = question.catalogue ?? deps.catalogue
        const intent = classify(question, deps.indexOf(catalogue))
        const result = await deps.generator.generate({
          userInput: question.user_input,
          now: question.now == null ? new Date() : new Date(question.now),
          timezone: question.timezone ?? 'UTC',
          catalogue,
          intent,
          ...(question.previous_query != null && { previousQuery: question.previous_query }),
          ...(signal !== undefined && { signal }),
        })
        const generation = toGeneration(intent, result, warningsAbout(question))
        span.setAttributes({
          [ATTR.INTENT_TYPE]: generation.intent,
          [ATTR.INTENT_CONFIDENCE]: generation.intent_confidence,
          [ATTR.GENERATION_ENGINE]: generation.engine,
          [ATTR.GENERATION_OUTCOME]: generation.outcome,
          [ATTR.GENERATION_ATTEMPTS]: generation.attempts,
          [ATTR.GENERATION_FALLBACK]: generation.engine !== deps.generator.engine,
          ...(generation.query !== null && { [ATTR.QUERY_GENERATED]: generation.query }),
          ...(generation.usage !== undefined && { [ATTR.OPENAI_TOKENS_USED]: generation.usage.total_tokens }),
        })
        count(deps.stats, generation)
        return generation
      },
    )
}

function classify(question: Question, index: CatalogueIndex): IntentClassification {
  return withSpanSync(SPANS.CLASSIFY_INTENT, {}, (span) => {
    const intent = classifyIntent(question.user_input, index, question.previous_query ?? undefined)
    span.setAttributes({ [ATTR.INTENT_TYPE]: intent.intent, [ATTR.INTENT_CONFIDENCE]: intent.confidence })
    return intent
  })
}

function toGeneration(
  intent: IntentClassification,
  result: GenerationResult,
  warnings: readonly string[],
): Generation {
  return {
    outcome: result.outcome,
    query: result.outcome === 'query' ? result.query : null,
    intent: intent.intent,
    intent_confidence: intent.confidence,
    keywords_found: [...intent.keywordsFound],
    explanation: explanationOf(result),
    assumptions: result.outcome === 'query' ? [...result.assumptions] : [],
    engine: result.engine,
    ...(result.model !== undefined && { model: result.model }),
    ...(result.usage !== undefined && {
      usage: {
        input_tokens: result.usage.inputTokens,
        output_tokens: result.usage.outputTokens,
        total_tokens: result.usage.inputTokens + result.usage.outputTokens,
      },
    }),
    attempts: result.attempts,
    warnings: [...warnings, ...result.warnings],
  }
}

/** A previous query that does not parse cannot be changed; the question is answered without it. */
function warningsAbout({ previous_query: previousQuery }: Question): string[] {
  if (previousQuery == null || !hasErrors(parse(previousQuery).diagnostics)) return []
  return ['previous_query is not valid DataPrime and was left out']
}

function explanationOf(result: GenerationResult): string {
  switch (result.outcome) {
    case 'query':
      return result.explanation
    case 'refused':
      return result.reason
    case 'clarify':
      return result.question
  }
}

function count(stats: ServiceStats, generation: Generation): void {
  stats.increment(`outcome_${generation.outcome}`)
  stats.increment(`engine_${generation.engine}`)
  stats.increment(`intent_${generation.intent}`)
  if (generation.usage !== undefined) stats.increment('model_tokens', generation.usage.total_tokens)
}
