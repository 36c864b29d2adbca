import { AppError, toAppError } from '#shared/errors'

/**
 * For a public answer that cannot do without another service: whatever that failed with, the mesh is unavailable. A
 * worker is told the failure itself, because it matters to it whether its question was looked at.
 */
export async function needed<Result>(call: Promise<Result>): Promise<Result> {
  try {
    return await call
  } catch (error) {
    const { code, detail, service, status } = toAppError(error)
    const meansTheSameHere = status < 500 || code === 'service-unavailable' || code === 'shutting-down'
    // What names no service failed right here.
    if (meansTheSameHere || service === undefined) throw error
    throw new AppError('service-unavailable', {
      service,
      detail: detail ?? `${service} failed: ${code}`,
      cause: error,
    })
  }
}
