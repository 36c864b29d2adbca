import { analyse, type Diagnostic, hasErrors, print } from '#dataprime'
import type {
  GenerationOutcome,
  GenerationRequest,
  GenerationUsage,
  QueryGenerator,
} from '../query-generator'
import type { ChatCompletion, ChatMessage, CompleteChat } from './chat-completion'
import { GenerationFailure, toGenerationFailure } from './generation-failure'
import { type ModelAnswer, parseModelAnswer } from './model-answer'
import { correctionMessages, questionMessages } from './prompt'

export interface OpenAiGeneratorOptions {
  readonly completeChat: CompleteChat
  readonly attemptsMax: number
  readonly catalogueFieldsMax: number
}

/**
 * Generation by a model. What comes back is only accepted when it parses and passes the checks; an invalid
 * query is sent back with its diagnostics for the next attempt.
 *
 * @throws GenerationFailure when no attempt gives a usable answer; it says how many were made
 */
export function createOpenAiGenerator(options: OpenAiGeneratorOptions): QueryGenerator {
  return {
    engine: 'openai',
    async generate(request) {
      let messages = questionMessages(request, options.catalogueFieldsMax)
      let usage: GenerationUsage | undefined
      for (let attempts = 1; ; attempts++) {
        const attempt = await askModel(options.completeChat, messages, request)
        usage = addUsage(usage, attempt.completion?.usage)
        if (attempt.kind === 'answer') {
          return {
            ...attempt.outcome,
            engine: 'openai',
            model: attempt.completion.model,
            ...(usage !== undefined && { usage }),
            attempts,
            warnings: [],
          }
        }
        if (!attempt.failure.isWorthAnotherAttempt || attempts >= options.attemptsMax) {
          throw attempt.failure.after(attempts)
        }
        if (attempt.kind === 'invalid') {
          messages = [...messages, ...correctionMessages(attempt.answer, attempt.diagnostics)]
        }
      }
    },
  }
}

type Attempt =
  | { readonly kind: 'answer'; readonly outcome: GenerationOutcome; readonly completion: ChatCompletion }
  | {
      readonly kind: 'invalid'
      readonly answer: ModelAnswer
      readonly diagnostics: readonly Diagnostic[]
      readonly failure: GenerationFailure
      readonly completion: ChatCompletion
    }
  | { readonly kind: 'failed'; readonly failure: GenerationFailure; readonly completion?: ChatCompletion }

async function askModel(
  completeChat: CompleteChat,
  messages: readonly ChatMessage[],
  request: GenerationRequest,
): Promise<Attempt> {
  let completion: ChatCompletion | undefined
  try {
    completion = await completeChat(messages, request.signal)
    return judge(completion)
  } catch (error) {
    return {
      kind: 'failed',
      failure: toGenerationFailure(error),
      ...(completion !== undefined && { completion }),
    }
  }
}

function judge(completion: ChatCompletion): Attempt {
  if (completion.refusal !== null) {
    return { kind: 'answer', outcome: { outcome: 'refused', reason: completion.refusal }, completion }
  }
  if (completion.content === null && completion.finishReason === 'unknown') {
    throw new GenerationFailure('the model’s API answered with no chat completion', true)
  }
  if (completion.content === null || completion.finishReason === 'length') {
    throw new GenerationFailure('the model’s answer is incomplete', true)
  }
  const answer = parseModelAnswer(completion.content)
  switch (answer.outcome) {
    case 'refused':
      return { kind: 'answer', outcome: { outcome: 'refused', reason: answer.explanation }, completion }
    case 'clarify':
      return { kind: 'answer', outcome: { outcome: 'clarify', question: answer.explanation }, completion }
    case 'query':
      return judgeQuery(answer, completion)
  }
}

function judgeQuery(answer: ModelAnswer, completion: ChatCompletion): Attempt {
  const { query, diagnostics } = analyse(answer.query ?? '')
  if (hasErrors(diagnostics)) {
    const failure = new GenerationFailure('the model’s query is not valid DataPrime', true)
    return { kind: 'invalid', answer, diagnostics, failure, completion }
  }
  const { explanation, assumptions } = answer
  return {
    kind: 'answer',
    outcome: { outcome: 'query', query: print(query), explanation, assumptions },
    completion,
  }
}

function addUsage(
  sum: GenerationUsage | undefined,
  more: GenerationUsage | undefined,
): GenerationUsage | undefined {
  if (sum === undefined || more === undefined) return sum ?? more
  return {
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
  }
}
