import { type Span, SpanKind } from '@opentelemetry/api'
import OpenAI from 'openai'
import { ATTR, capturesMessageContent, withSpan } from '#shared/telemetry'
import type { GenerationUsage } from '../query-generator'
import { toGenerationFailure } from './generation-failure'
import { modelAnswerJsonSchema } from './model-answer'

export type ChatMessage = OpenAI.Chat.ChatCompletionMessageParam

export interface ChatModelOptions {
  readonly apiKey: string | undefined
  /** OpenAI's own unless given. */
  readonly baseUrl: string | undefined
  readonly model: string
  readonly timeoutMs: number
  readonly outputTokensMax: number
}

export interface ChatCompletion {
  readonly content: string | null
  /** The model's own words when it declined to answer. */
  readonly refusal: string | null
  readonly finishReason: string
  readonly model: string
  readonly usage: GenerationUsage | undefined
}

export type CompleteChat = (messages: readonly ChatMessage[], signal?: AbortSignal) => Promise<ChatCompletion>

/**
 * Asks the model once. The span is the one of the GenAI semantic conventions; the HTTP request below it comes
 * from the instrumentation. Retrying is the caller's business, so that every attempt is a span of its own.
 */
export function createChatModel(options: ChatModelOptions): CompleteChat {
  const client = new OpenAI({
    // Local servers want no key, the client does.
    apiKey: options.apiKey ?? 'none',
    ...(options.baseUrl !== undefined && { baseURL: options.baseUrl }),
    timeout: options.timeoutMs,
    maxRetries: 0,
    logLevel: 'off',
  })
  const server = new URL(client.baseURL)

  return (messages, signal) =>
    withSpan(
      `chat ${options.model}`,
      { kind: SpanKind.CLIENT, attributes: requestAttributes(options, server) },
      async (span) => {
        if (capturesMessageContent()) span.setAttribute(ATTR.GEN_AI_INPUT_MESSAGES, JSON.stringify(messages))
        const completion = await client.chat.completions
          .create(
            {
              model: options.model,
              messages: [...messages],
              max_completion_tokens: options.outputTokensMax,
              response_format: {
                type: 'json_schema',
                json_schema: { name: 'dataprime_answer', strict: true, schema: modelAnswerJsonSchema },
              },
            },
            { ...(signal !== undefined && { signal }) },
          )
          .catch((error: unknown) => {
            // Here, so that no word of the API reaches the span or the log.
            throw toGenerationFailure(error)
          })
        describeResponse(span, completion)
        return toChatCompletion(completion)
      },
    )
}

function requestAttributes(options: ChatModelOptions, server: URL) {
  return {
    [ATTR.GEN_AI_OPERATION_NAME]: 'chat',
    [ATTR.GEN_AI_PROVIDER_NAME]: 'openai',
    [ATTR.GEN_AI_REQUEST_MODEL]: options.model,
    [ATTR.GEN_AI_REQUEST_MAX_TOKENS]: options.outputTokensMax,
    [ATTR.GEN_AI_OUTPUT_TYPE]: 'json',
    [ATTR.SERVER_ADDRESS]: server.hostname,
    [ATTR.SERVER_PORT]: Number(server.port) || (server.protocol === 'https:' ? 443 : 80),
  }
}

/** Compatible servers leave out what they do not know, whatever the types say. */
function describeResponse(span: Span, completion: Partial<OpenAI.Chat.ChatCompletion>): void {
  const { usage, choices } = completion
  if (typeof completion.model === 'string') span.setAttribute(ATTR.GEN_AI_RESPONSE_MODEL, completion.model)
  if (typeof completion.id === 'string') span.setAttribute(ATTR.GEN_AI_RESPONSE_ID, completion.id)
  if (Array.isArray(choices)) {
    const reasons = choices.map((choice) => String(choice.finish_reason ?? 'unknown'))
    span.setAttribute(ATTR.GEN_AI_RESPONSE_FINISH_REASONS, reasons)
  }
  if (usage != null) {
    span.setAttribute(ATTR.GEN_AI_USAGE_INPUT_TOKENS, usage.prompt_tokens)
    span.setAttribute(ATTR.GEN_AI_USAGE_OUTPUT_TOKENS, usage.completion_tokens)
    span.setAttribute(ATTR.OPENAI_TOKENS_USED, usage.prompt_tokens + usage.completion_tokens)
  }
  if (capturesMessageContent()) {
    span.setAttribute(
      ATTR.GEN_AI_OUTPUT_MESSAGES,
      JSON.stringify(choices?.map((choice) => choice.message) ?? []),
    )
  }
}

function toChatCompletion(completion: Partial<OpenAI.Chat.ChatCompletion>): ChatCompletion {
  const choice = completion.choices?.[0]
  return {
    content: choice?.message?.content ?? null,
    refusal: choice?.message?.refusal ?? null,
    finishReason: choice?.finish_reason ?? 'unknown',
    model: completion.model ?? 'unknown',
    usage:
      completion.usage == null
        ? undefined
        : { inputTokens: completion.usage.prompt_tokens, outputTokens: completion.usage.completion_tokens },
  }
}
