import { type AnalyseOptions, analyse, type Diagnostic, hasErrors, print, repair } from '#dataprime'
import { describeRepair, withTextSamples } from '#shared/contracts'
import type { GenerationOutcome, GenerationUsage, QueryGenerator } from '../query-generator'
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
 * Generation by a model. What comes back is only accepted when it parses and passes the checks. An invalid
 * query is repaired where its meaning is clear, which costs no second call and tells every change among the
 * assumptions; what cannot be repaired is sent back with its diagnostics for the next attempt.
 *
 * @throws GenerationFailure when no attempt gives a usable answer; it says how many were made
 */
export function createOpenAiGenerator(options: OpenAiGeneratorOptions): QueryGenerator {
  return {
    engine: 'openai',
    async generate(request) {
      // Not strict: a field that the catalogue lacks makes no query invalid.
      const analysis = { catalogue: withTextSamples(request.catalogue) }
      let messages = questionMessages(request, options.catalogueFieldsMax)
      let usage: GenerationUsage | undefined
      for (let attempts = 1; ; attempts++) {
        const attempt = await askModel(options.completeChat, messages, analysis, request.signal)
        usage = addUsage(usage, attempt.completion?.usage)
        if (attempt.kind === 'answer') {
          return {
            ...attempt.outcome,
            engine: 'openai',
            model: attempt.completion.model,
            ...(usage !== undefined && { usage }),
            attempts: attempt.repaired ? attempts + 1 : attempts,
            repaired: attempt.repaired,
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
  | {
      readonly kind: 'answer'
      readonly outcome: GenerationOutcome
      readonly repaired: boolean
      readonly completion: ChatCompletion
    }
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
  analysis: AnalyseOptions,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  let completion: ChatCompletion | undefined
  try {
    completion = await completeChat(messages, signal)
    return judge(completion, analysis)
  } catch (error) {
    return {
      kind: 'failed',
      failure: toGenerationFailure(error),
      ...(completion !== undefined && { completion }),
    }
  }
}

function judge(completion: ChatCompletion, analysis: AnalyseOptions): Attempt {
  if (completion.refusal !== null) {
    return toAnswer({ outcome: 'refused', reason: completion.refusal }, completion)
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
      return toAnswer({ outcome: 'refused', reason: answer.explanation }, completion)
    case 'clarify':
      return toAnswer({ outcome: 'clarify', question: answer.explanation }, completion)
    case 'query':
      return judgeQuery(answer, completion, analysis)
  }
}

function toAnswer(outcome: GenerationOutcome, completion: ChatCompletion, repaired = false): Attempt {
  return { kind: 'answer', outcome, repaired, completion }
}

function judgeQuery(answer: ModelAnswer, completion: ChatCompletion, analysis: AnalyseOptions): Attempt {
  const text = answer.query ?? ''
  const { query, diagnostics } = analyse(text, analysis)
  const { explanation, assumptions } = answer
  if (!hasErrors(diagnostics)) {
    return toAnswer({ outcome: 'query', query: print(query), explanation, assumptions }, completion)
  }
  const repaired = repair(text, analysis)
  if (repaired.valid) {
    const outcome = {
      outcome: 'query',
      query: print(analyse(repaired.query).query),
      explanation,
      assumptions: [...assumptions, ...repaired.edits.map(describeRepair)],
    } as const
    return toAnswer(outcome, completion, true)
  }
  const failure = new GenerationFailure('the model’s query is not valid DataPrime', true)
  return { kind: 'invalid', answer, diagnostics, failure, completion }
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
