import OpenAI from 'openai'
import { ZodError } from 'zod'

/** Why the model gave nothing usable. */
export class GenerationFailure extends Error {
  constructor(
    message: string,
    /** False when asking again cannot help: a wrong key, an unknown model. */
    readonly isWorthAnotherAttempt: boolean,
    options?: ErrorOptions,
    /** Attempts made before giving up. */
    readonly attempts = 1,
  ) {
    super(message, options)
    this.name = 'GenerationFailure'
  }

  /** The same failure as the end of so many attempts. */
  after(attempts: number): GenerationFailure {
    return new GenerationFailure(this.message, this.isWorthAnotherAttempt, { cause: this.cause }, attempts)
  }
}

/** In words that may reach a user: nothing of keys, headers or bodies. */
export function toGenerationFailure(error: unknown): GenerationFailure {
  if (error instanceof GenerationFailure) return error
  if (error instanceof OpenAI.APIConnectionTimeoutError) {
    return new GenerationFailure('the model did not answer in time', true, { cause: error })
  }
  if (error instanceof OpenAI.APIUserAbortError) {
    return new GenerationFailure('the model was not waited for any longer', false, { cause: error })
  }
  if (error instanceof OpenAI.APIConnectionError) {
    return new GenerationFailure('the model cannot be reached', true, { cause: error })
  }
  if (error instanceof OpenAI.APIError) {
    const status = typeof error.status === 'number' ? error.status : 0
    const isWorthAnotherAttempt = status === 408 || status === 409 || status === 429 || status >= 500
    return new GenerationFailure(`the model’s API answered with status ${status}`, isWorthAnotherAttempt, {
      cause: error,
    })
  }
  if (error instanceof SyntaxError || error instanceof ZodError) {
    return new GenerationFailure('the model’s answer has not the shape it was asked for', true, {
      cause: error,
    })
  }
  return new GenerationFailure('the model’s answer could not be read', true, { cause: error })
}
