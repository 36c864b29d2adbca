import OpenAI from 'openai'
import { ZodError } from 'zod'

/** Why the model gave nothing usable. */
export class GenerationFailure extends Error {
  constructor(
    message: string,
    /** False when asking again cannot help: a wrong key, an unknown model. */
    readonly isWorthAnotherAttempt: boolean,
    /** Attempts made before giving up. */
    readonly attempts = 1,
    /** For `error.type`: the status, or what else went wrong. */
    readonly errorType = 'invalid_answer',
  ) {
    super(message)
    this.name = 'GenerationFailure'
  }

  /** The same failure as the end of so many attempts. */
  after(attempts: number): GenerationFailure {
    return new GenerationFailure(this.message, this.isWorthAnotherAttempt, attempts, this.errorType)
  }
}

/**
 * In words that may reach a user, a log and a span. What the API or a server in between said is left out, the
 * original error included: it may hold a key, a header or the question.
 */
export function toGenerationFailure(error: unknown): GenerationFailure {
  if (error instanceof GenerationFailure) return error
  if (error instanceof OpenAI.APIConnectionTimeoutError) {
    return failure('the model did not answer in time', 'timeout')
  }
  if (error instanceof OpenAI.APIUserAbortError) {
    return failure('the model was not waited for any longer', 'aborted', false)
  }
  if (error instanceof OpenAI.APIConnectionError) {
    return failure('the model cannot be reached', 'unreachable')
  }
  if (error instanceof OpenAI.APIError) {
    return failureOfStatus(typeof error.status === 'number' ? error.status : 0)
  }
  if (error instanceof SyntaxError || error instanceof ZodError) {
    return failure('the model’s answer has not the shape it was asked for', 'invalid_answer')
  }
  return failure('the model’s answer could not be read', 'invalid_answer')
}

function failureOfStatus(status: number): GenerationFailure {
  const isWorthAnotherAttempt = status === 408 || status === 409 || status === 429 || status >= 500
  return failure(`the model’s API answered with status ${status}`, String(status), isWorthAnotherAttempt)
}

function failure(message: string, errorType: string, isWorthAnotherAttempt = true): GenerationFailure {
  return new GenerationFailure(message, isWorthAnotherAttempt, 1, errorType)
}
