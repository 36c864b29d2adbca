import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface ServedRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Parsed when it is JSON, else the text. */
  readonly body: unknown
}

export interface ServedReply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON unless it is text. */
  readonly body: unknown
}

export interface TestServer {
  readonly url: string
  readonly port: number
  /** What was asked, in order. */
  readonly requests: readonly ServedRequest[]
}

/** An HTTP server on a free port that answers what `answer` says, until the test ends. */
export async function serve(
  t: TestContext,
  answer: (request: ServedRequest) => ServedReply | Promise<ServedReply>,
): Promise<TestServer> {
  const requests: ServedRequest[] = []
  const server = createServer(async (incoming, response) => {
    const text = (await incoming.setEncoding('utf8').toArray()).join('')
    const request = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: parse(text),
    }
    requests.push(request)
    const { status, headers = {}, body } = await answer(request)
    const type = typeof body === 'string' ? 'text/plain' : 'application/json'
    response.writeHead(status, { 'content-type': type, ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, requests }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
