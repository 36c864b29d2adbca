import { AppError } from '#shared/errors'

/** @throws AppError `invalid-request` for a lease that is longer than a worker may ask for, at once or by extending it */
export function assertLease(leaseMs: number, leaseMaxMs: number): void {
  if (leaseMs <= leaseMaxMs) return
  const message = `expected at most ${leaseMaxMs} ms`
  throw new AppError('invalid-request', {
    detail: `/lease_ms: ${message}`,
    errors: [{ pointer: '/lease_ms', message }],
  })
}
