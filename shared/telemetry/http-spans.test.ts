import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { isUntracedRequest } from './http-spans'

function isUntraced(line: string): boolean {
  const [method, url] = line.split(' ')
  return isUntracedRequest({ method, url } as IncomingMessage)
}

const UNTRACED = [
  'GET /health',
  'GET /health/ready?x=1',
  'HEAD /metrics',
  'GET /openapi.json',
  'GET /status/r-1',
  'GET /queues',
  'GET /queues/processing.jobs/dead-letters',
  'GET /api/requests/r-1/',
  'POST /queues/settle',
  'POST /queues/processing.jobs/claim',
  'POST /queues/processing.jobs/claim/end',
  'POST /queues/chat_responses/messages',
  'POST /exchanges/events/messages',
  'GET /driver/messages/m-1',
  'POST /driver/queues/processing.jobs/purge',
]

const TRACED = [
  'POST /health',
  'GET /openapixjson',
  'POST /api/generate-query',
  'POST /enqueue',
  'POST /events',
  'GET /queues/settle/claim/end',
  'POST /queues/processing.jobs/purge',
  'POST /queues/processing.jobs/replay',
  'DELETE /queues/settle',
]

for (const line of UNTRACED) test(`${line} makes no span`, () => assert.equal(isUntraced(line), true))

for (const line of TRACED) test(`${line} makes a span`, () => assert.equal(isUntraced(line), false))
