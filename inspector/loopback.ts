import type { RequestHandler } from 'express'
import { isLoopback } from '#shared/config'
import { AppError } from '#shared/errors'

/**
 * Refuses requests that name another host than this machine. A web page whose name was made to resolve to
 * 127.0.0.1 (DNS rebinding) would else read the traces, for its own requests are same-origin to a browser.
 */
export const requireLoopbackHost: RequestHandler = (request, _response, next) => {
  const host = request.headers.host ?? ''
  if (!isLoopback(host.replace(/:\d*$/, ''))) {
    throw new AppError('invalid-request', {
      detail: `the Host header names "${host}", but the inspector answers on loopback only; use 127.0.0.1 or localhost, or set HOST`,
    })
  }
  next()
}
