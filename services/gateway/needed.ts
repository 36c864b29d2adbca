import { AppError, toAppError } from '#shared/errors'

/** For a service that the answer cannot do without: whatever it failed with, the mesh is unavailable. */
export async function needed<Result>(call: Promise<Result>): Promise<Result> {
  try {
    return await call
  } catch (error) {
    const { code, detail, service, status } = toAppError(error)
    const meansTheSameHere = status < 500 || code === 'service-unavailable' || code === 'shutting-down'
    if (meansTheSameHere) throw error
    throw new AppError('service-unavailable', {
      ...(service !== undefined && { service }),
      detail: detail ?? `${service ?? 'a service'} failed: ${code}`,
      cause: error,
    })
  }
}
