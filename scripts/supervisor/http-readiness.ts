import { get } from 'node:http'

/**
 * Asks `url` and tells whether it answers 200. Plain `node:http` on purpose: it costs the starting machine
 * less than `fetch` does.
 */
export function isHttpReady(url: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, signal, timeout: 1_000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })
}
