import { createHash, timingSafeEqual } from 'node:crypto'
import type { RequestHandler } from 'express'
import { AppError } from '#shared/errors'

/**
 * Lets requests pass that bring `token` as RFC 6750 says, and all requests when there is no token. Others get
 * `unauthorized` with a challenge. How long that takes tells nothing of the token, not even its length.
 */
export function requireBearer(token: string | undefined, realm: string): RequestHandler {
  if (token === undefined) return (_request, _response, next) => next()
  const expected = digestOf(token)
  return (request, response, next) => {
    const [, given] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? []
    if (given !== undefined && timingSafeEqual(digestOf(given), expected)) return next()
    const problem = given === undefined ? '' : ', error="invalid_token"'
    response.setHeader('WWW-Authenticate', `Bearer realm="${realm}"${problem}`)
    throw new AppError('unauthorized', {
      detail:
        given === undefined
          ? `${request.method} ${request.path} needs the header Authorization: Bearer <token>`
          : 'the token is not the one that is expected',
    })
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
