import { type AppError, type FieldError, toAppError } from './app-error'
import { errorCatalogue } from './error-catalogue'

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

/** RFC 9457 problem details with the mesh's extensions. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly instance?: string
  readonly code: string
  readonly trace_id: string | null
  readonly retryable: boolean
  readonly service?: string
  readonly errors?: readonly FieldError[]
}

/**
 * The problem body of an error. An unexpected error becomes `internal-error` without any detail, so that
 * nothing internal leaves the process.
 */
export function toProblem(error: unknown, at: { instance?: string; traceId?: string } = {}): Problem {
  const appError: AppError = toAppError(error)
  return {
    type: `/problems/${appError.code}`,
    title: errorCatalogue[appError.code].title,
    status: appError.status,
    ...(appError.detail !== undefined && { detail: appError.detail }),
    ...(at.instance !== undefined && { instance: at.instance }),
    code: appError.code,
    trace_id: at.traceId ?? null,
    retryable: appError.retryable,
    ...(appError.service !== undefined && { service: appError.service }),
    ...(appError.errors.length > 0 && { errors: appError.errors }),
  }
}
