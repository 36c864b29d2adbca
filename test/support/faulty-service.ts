import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { AppError, type ErrorCode, PROBLEM_MEDIA_TYPE, toProblem } from '#shared/errors'
import { closeServer } from './otlp-receiver'

export interface FaultyService {
  readonly url: string
  /** Requests that were answered with a problem, by path. */
  readonly refused: readonly string[]
  /** Answers every request with this problem from now on. */
  failWith(code: ErrorCode, detail: string): void
  /** Keeps every request without an answer from now on; what it returns answers those with `body`. */
  hold(): (body: unknown) => void
  /** Keeps every request from now on; what it returns passes them, and all that follow, on to the service at `url`. */
  holdBefore(url: string): () => void
  /** Passes every request on to the service at `url` from now on, headers included. */
  passTo(url: string): void
  close(): Promise<void>
}

/** Stands before a service and is its fault: what it does not pass on it answers with a problem. */
export async function startFaultyService(): Promise<FaultyService> {
  const refused: string[] = []
  let answer = failing(refused, new AppError('internal-error', { detail: 'the test has said nothing yet' }))
  const server = createServer((request, response) => {
    // A client that went away, or a service behind that did.
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused,
    failWith(code, detail) {
      answer = failing(refused, new AppError(code, { detail }))
    },
    hold() {
      const released = Promise.withResolvers<unknown>()
      answer = async (request, response) => {
        await buffer(request)
        const body = JSON.stringify(await released.promise)
        response.writeHead(200, { 'content-type': 'application/json' }).end(body)
      }
      return released.resolve
    },
    holdBefore(url) {
      const released = Promise.withResolvers<void>()
      const pass = passing(url)
      answer = async (request, response) => {
        await released.promise
        await pass(request, response)
      }
      return released.resolve
    },
    passTo(url) {
      answer = passing(url)
    },
    close: () => closeServer(server),
  }
}

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

function failing(refused: string[], error: AppError): Answer {
  return async (request, response) => {
    await buffer(request)
    refused.push(request.url ?? '')
    response.writeHead(error.status, { 'content-type': PROBLEM_MEDIA_TYPE })
    response.end(JSON.stringify(toProblem(error)))
  }
}

/** Headers that belong to one connection. */
const OF_THE_CONNECTION = new Set(['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding'])

function passing(url: string): Answer {
  return async (request, response) => {
    const { method = 'GET' } = request
    const headers = Object.entries(request.headers).filter(([name]) => !OF_THE_CONNECTION.has(name))
    const body = await buffer(request)
    const answer = await fetch(url + (request.url ?? ''), {
      method,
      headers: headers.map(([name, value]) => [name, String(value)] as [string, string]),
      ...(method !== 'GET' && { body: new Uint8Array(body) }),
    })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  }
}
