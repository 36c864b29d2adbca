import type { Response } from 'express'
import { AppError } from '#shared/errors'

/** Aborts when the client goes before it has its answer. */
export function abortedWhenClosed(response: Response): AbortSignal {
  const abandoned = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished)
      abandoned.abort(new AppError('request-aborted', { detail: 'the client went away' }))
  })
  return abandoned.signal
}
