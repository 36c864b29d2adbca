import { type ErrorCode, errorCatalogue } from './error-catalogue'

/** One bad field: an RFC 6901 pointer into the body ('' is the whole body) and what is wrong there. */
export interface FieldError {
  readonly pointer: string
  readonly message: string
}

export interface AppErrorOptions {
  /** What happened this time, for a human. */
  readonly detail?: string
  readonly cause?: unknown
  readonly errors?: readonly FieldError[]
  /** `service.name` of the service that failed, when it is not the one that answers. */
  readonly service?: string
  /** Seconds after which a retry is worthwhile; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number
}

/** An expected failure. Callers act on `code`, never on the message. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly retryable: boolean
  readonly detail: string | undefined
  readonly errors: readonly FieldError[]
  readonly service: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    const entry = errorCatalogue[code]
    super(options.detail ?? entry.title, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.status = entry.status
    this.retryable = entry.retryable
    this.detail = options.detail
    this.errors = options.errors ?? []
    this.service = options.service
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** The error as an `AppError`; anything unexpected becomes `internal-error` with the original as its cause. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('internal-error', { cause: error })
}
