import type { Server, ServerResponse } from 'node:http'

/**
 * Makes a server able to end its connections without breaking a request. `server.close()` alone leaves alone
 * every connection that is in use, and its client goes on using it: under load it would never end, and at the
 * deadline requests would be cut off.
 *
 * @returns what begins the end: idle connections are closed, and every answer from now on says that its
 * connection closes behind it
 */
export function createConnectionCloser(server: Server): () => void {
  const unanswered = new Set<ServerResponse>()
  let isClosing = false

  server.prependListener('request', (_request, response) => {
    if (isClosing) response.setHeader('connection', 'close')
    unanswered.add(response)
    response.once('close', () => {
      unanswered.delete(response)
      // Its head had been sent before the end began, so the connection was not told.
      if (isClosing) server.closeIdleConnections()
    })
  })

  return () => {
    isClosing = true
    for (const response of unanswered) if (!response.headersSent) response.setHeader('connection', 'close')
    server.closeIdleConnections()
  }
}
