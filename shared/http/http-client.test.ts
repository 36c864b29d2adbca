import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, test } from 'node:test'
import { z } from 'zod'
import { AppError } from '#shared/errors'
import { createHttpClient, type HttpClient } from './http-client'

const answer = z.object({ ok: z.literal(true) })

describe('an HTTP client', () => {
  let server: Server | undefined
  let client: HttpClient | undefined

  afterEach(async () => {
    client?.close()
    server?.closeAllConnections()
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)))
    server = undefined
  })

  async function clientOf(listener: RequestListener, timeoutMs = 60_000): Promise<HttpClient> {
    const listening = createServer(listener)
    await new Promise<void>((resolve) => {
      listening.listen(0, '127.0.0.1', resolve)
    })
    server = listening
    const { port } = listening.address() as AddressInfo
    client = createHttpClient({
      service: 'callee',
      baseUrl: `http://127.0.0.1:${port}`,
      timeoutMs,
      socketsMax: 4,
    })
    return client
  }

  function failsWith(expected: { code: string; service?: string; detail?: RegExp }) {
    return (error: unknown) => {
      assert.ok(error instanceof AppError, String(error))
      assert.equal(error.code, expected.code)
      if (expected.service !== undefined) assert.equal(error.service, expected.service)
      if (expected.detail !== undefined) assert.match(error.detail ?? '', expected.detail)
      return true
    }
  }

  test('gives the answer in the shape of its schema', async () => {
    const http = await clientOf((_request, response) => {
      response.setHeader('content-type', 'application/json').end('{"ok":true,"more":1}')
    })

    assert.deepEqual(await http.post('/x', { a: 1 }, { schema: answer }), { ok: true })
  })

  test('turns a problem back into the error it was, with its fields and its service', async () => {
    const errors = [{ pointer: '/a', message: 'bad' }]
    const http = await clientOf((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/problem+json' })
      response.end(
        JSON.stringify({ code: 'invalid-request', detail: '/a: bad', errors, service: 'behind_it' }),
      )
    })

    await assert.rejects(http.get('/x', { schema: answer }), (error: unknown) => {
      assert.deepEqual((error as AppError).errors, errors)
      return failsWith({ code: 'invalid-request', service: 'behind_it', detail: /bad/ })(error)
    })
  })

  test('calls an error without a known code, and an answer of another shape, a bad gateway', async () => {
    const http = await clientOf((request, response) => {
      response.setHeader('content-type', 'application/json')
      if (request.url === '/shape') response.end('{"ok":false}')
      else response.writeHead(500).end('<h1>oops</h1>')
    })

    await assert.rejects(
      http.get('/error', { schema: answer }),
      failsWith({ code: 'bad-gateway', detail: /500/ }),
    )
    await assert.rejects(
      http.get('/shape', { schema: answer }),
      failsWith({ code: 'bad-gateway', detail: /shape/ }),
    )
  })

  test('keeps how long a callee wants to be left alone, in seconds or until a date', async () => {
    const at = new Date(Date.now() + 90_000).toUTCString()
    const answers: Record<string, [status: number, retryAfter: string, body: string]> = {
      '/problem': [429, '7', '{"code":"queue-full"}'],
      '/seconds': [429, '3', 'slow down'],
      '/date': [503, at, '<h1>back soon</h1>'],
      '/nonsense': [429, 'tomorrow', ''],
    }
    const http = await clientOf((request, response) => {
      const [status, retryAfter, body] = answers[request.url ?? ''] ?? [500, '', '']
      response.writeHead(status, { 'retry-after': retryAfter }).end(body)
    })
    const failure = (path: string) =>
      http.get(path, { schema: answer }).then(
        () => assert.fail(`${path} was answered`),
        (error: AppError) => error,
      )

    const [problem, seconds, date, nonsense] = await Promise.all(Object.keys(answers).map(failure))

    assert.deepEqual([problem?.code, problem?.retryAfterSeconds], ['queue-full', 7])
    assert.deepEqual([seconds?.code, seconds?.retryAfterSeconds], ['rate-limited', 3])
    assert.equal(date?.code, 'service-unavailable')
    const wait = date?.retryAfterSeconds ?? 0
    assert.ok(wait > 80 && wait <= 90, `${wait} s`)
    assert.deepEqual([nonsense?.code, nonsense?.retryAfterSeconds], ['rate-limited', undefined])
  })

  test('tells a callee that went away with the request from one that was never reached', async () => {
    const http = await clientOf((request) => request.socket.destroy())

    await assert.rejects(
      http.get('/x', { schema: answer }),
      failsWith({ code: 'connection-lost', service: 'callee', detail: /ECONNRESET/ }),
    )
  })

  test('names the service that does not answer in time', async () => {
    const http = await clientOf(() => undefined, 50)

    await assert.rejects(
      http.get('/x', { schema: answer }),
      failsWith({ code: 'service-timeout', service: 'callee', detail: /callee/ }),
    )
  })

  test('names the service that cannot be reached, and keeps sockets and headers out of the cause', async () => {
    const http = createHttpClient({
      service: 'callee',
      baseUrl: 'http://127.0.0.1:1',
      timeoutMs: 60_000,
      socketsMax: 1,
    })

    await assert.rejects(http.get('/x', { schema: answer }), (error: unknown) => {
      assert.deepEqual(Object.keys((error as AppError).cause as object), [])
      return failsWith({ code: 'service-unavailable', service: 'callee', detail: /ECONNREFUSED/ })(error)
    })
  })

  test('sends a call again when the kept connection was closed under it', async () => {
    let requests = 0
    const http = await clientOf((request, response) => {
      requests++
      if (requests === 2) request.socket.destroy()
      else response.setHeader('content-type', 'application/json').end('{"ok":true}')
    })
    await http.get('/first', { schema: answer })

    assert.deepEqual(await http.get('/second', { schema: answer }), { ok: true })
    assert.equal(requests, 3)
  })

  test('tells of a callee that ended over a request on a kept connection that it went away with it', async () => {
    let requests = 0
    const http = await clientOf((request, response) => {
      requests++
      if (requests === 1) response.setHeader('content-type', 'application/json').end('{"ok":true}')
      else server?.close(() => undefined) && request.socket.destroy()
    })
    await http.get('/first', { schema: answer })

    await assert.rejects(
      http.get('/second', { schema: answer }),
      failsWith({ code: 'connection-lost', service: 'callee', detail: /ECONNRESET/ }),
    )
    assert.equal(requests, 2)
  })

  test('stops waiting when it is told to', async () => {
    const http = await clientOf(() => undefined)
    const abandoned = new AbortController()
    const call = http.get('/x', { schema: answer, signal: abandoned.signal })
    abandoned.abort()

    await assert.rejects(call, failsWith({ code: 'service-unavailable', service: 'callee' }))
  })
})
