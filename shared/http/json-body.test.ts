import assert from 'node:assert/strict'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import express from 'express'
import { z } from 'zod'
import { createLogger } from '#shared/telemetry'
import { answerWithProblem } from './error-handling'
import { jsonBody } from './json-body'
import { parseBody } from './parse-body'

describe('a JSON body', () => {
  let server: Server
  let url: string

  before(async () => {
    const app = express()
    const logger = createLogger({ service: 'test', level: 'silent', format: 'json' })
    app.use(...jsonBody({ sizeMaxBytes: 2_000_000 }))
    app.post('/', (request, response) => {
      response.json(parseBody(z.object({ values: z.array(z.string()) }), request))
    })
    app.use(answerWithProblem(logger))
    await new Promise<void>((resolve) => {
      server = app.listen(0, '127.0.0.1', () => resolve())
    })
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })

  after(() => {
    server.close()
    server.closeAllConnections()
  })

  async function post(body: string) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    return { status: response.status, text: await response.text() }
  }

  test('that is nested too deeply is refused before anything is built from it', async () => {
    const { status, text } = await post('['.repeat(100_000) + ']'.repeat(100_000))

    assert.equal(status, 400)
    assert.match(text, /nesting/)
  })

  test('may hold brackets and quotes inside its strings', async () => {
    const values = ['['.repeat(200), '\\"{'.repeat(200), '"'.repeat(200)]

    const { status, text } = await post(JSON.stringify({ values }))

    assert.equal(status, 200)
    assert.deepEqual(JSON.parse(text), { values })
  })

  test('with very many bad fields names some and counts the rest', async () => {
    const { status, text } = await post(JSON.stringify({ values: Array.from({ length: 5_000 }, () => 1) }))

    const problem = JSON.parse(text)
    assert.equal(status, 400)
    assert.equal(problem.errors.length, 20)
    assert.equal(problem.errors[0].pointer, '/values/0')
    assert.match(problem.detail, /and 4999 more/)
  })
})
