import type { Response } from 'express'
import { AppError } from '#shared/errors'

/** Aborts when the client goes before it has its answer; at once when it has gone already. */
export function abortedWhenClosed(response: Response): AbortSignal {
  const abandoned = new AbortController()
  const onClose = () => {
    if (!response.writableFinished)
      abandoned.abort(new AppError('request-aborted', { detail: 'the client went away' }))
  }
  // Who asks only after waiting for something else may have missed the one event that tells it.
  if (response.closed) onClose()
  else response.once('close', onClose)
  return abandoned.signal
}
