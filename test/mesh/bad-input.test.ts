import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ServiceKey } from '#shared/config'
import { ask, postJson, processed } from '../support/ask'
import { type Mesh, startMesh } from '../support/mesh'
import { storedRows } from '../support/stored-rows'

interface Problem {
  readonly status: number
  readonly code: string
  readonly errors: readonly { readonly pointer: string; readonly message: string }[]
}

interface BadBody {
  readonly what: string
  readonly body: string
  readonly status: number
  readonly pointer: string
}

/** Bodies that no endpoint can take, whatever it wants. */
const NONSENSE: readonly BadBody[] = [
  { what: 'broken JSON', body: '{"user_input": "err', status: 400, pointer: '' },
  { what: 'a bare word', body: 'hello', status: 400, pointer: '' },
  { what: 'null', body: 'null', status: 400, pointer: '' },
  { what: 'an array', body: '[]', status: 400, pointer: '' },
  { what: 'a number', body: '42', status: 400, pointer: '' },
  { what: '2 MB', body: JSON.stringify({ user_input: 'x'.repeat(2_000_000) }), status: 413, pointer: '' },
]

const json = (value: unknown) => JSON.stringify(value)

/** What is no question, whoever asks it. */
const BAD_QUESTIONS: readonly BadBody[] = [
  { what: 'an empty object', body: '{}', status: 400, pointer: '/user_input' },
  { what: 'a number as question', body: json({ user_input: 7 }), status: 400, pointer: '/user_input' },
  { what: 'a blank question', body: json({ user_input: ' \n ' }), status: 400, pointer: '/user_input' },
  {
    what: 'control characters',
    body: json({ user_input: 'err\u0000ors\u0007' }),
    status: 400,
    pointer: '/user_input',
  },
  {
    what: 'a lone surrogate',
    body: '{"user_input":"errors \\ud800"}',
    status: 400,
    pointer: '/user_input',
  },
  {
    what: 'a 100 kB question',
    body: json({ user_input: 'error '.repeat(17_000) }),
    status: 400,
    pointer: '/user_input',
  },
  {
    what: 'an unknown zone',
    body: json({ user_input: 'errors', timezone: 'Moon/Base' }),
    status: 400,
    pointer: '/timezone',
  },
  {
    what: 'a vague clock',
    body: json({ user_input: 'errors', now: 'yesterday' }),
    status: 400,
    pointer: '/now',
  },
  {
    what: 'an id with blanks',
    body: json({ user_input: 'errors', conversation_id: 'a b' }),
    status: 400,
    pointer: '/conversation_id',
  },
  {
    what: 'a catalogue of numbers',
    body: json({ user_input: 'errors', catalogue: { logs: [1] } }),
    status: 400,
    pointer: '/catalogue/logs/0',
  },
]

/** Every endpoint that takes a body, with its own bad fields. */
const ENDPOINTS: readonly { key: ServiceKey; endpoint: string; bad: readonly BadBody[] }[] = [
  {
    key: 'gateway',
    endpoint: '/api/generate-query',
    bad: BAD_QUESTIONS,
  },
  {
    key: 'gateway',
    endpoint: '/api/chat',
    bad: [
      ...BAD_QUESTIONS,
      {
        what: 'no time at all',
        body: json({ user_input: 'errors', timeout_ms: 0 }),
        status: 400,
        pointer: '/timeout_ms',
      },
      {
        what: 'more time than there is',
        body: json({ user_input: 'errors', timeout_ms: 1e9 }),
        status: 400,
        pointer: '/timeout_ms',
      },
      {
        what: 'a time in words',
        body: json({ user_input: 'errors', timeout_ms: 'soon' }),
        status: 400,
        pointer: '/timeout_ms',
      },
    ],
  },
  {
    key: 'gateway',
    endpoint: '/answer',
    bad: [
      { what: 'an empty object', body: '{}', status: 400, pointer: '/request_id' },
      {
        what: 'a question that is none',
        body: json({ question: {} }),
        status: 400,
        pointer: '/question/user_input',
      },
    ],
  },
  {
    key: 'gateway',
    endpoint: '/api/feedback',
    bad: [
      {
        what: 'no rating',
        body: json({ user_input: 'a', generated_query: 'b' }),
        status: 400,
        pointer: '/rating',
      },
      {
        what: 'a rating of 9',
        body: json({ user_input: 'a', generated_query: 'b', rating: 9 }),
        status: 400,
        pointer: '/rating',
      },
      {
        what: 'an odd thumb',
        body: json({ user_input: 'a', generated_query: 'b', feedback_type: 'meh' }),
        status: 400,
        pointer: '/feedback_type',
      },
      {
        what: 'no query',
        body: json({ user_input: 'a', rating: 3 }),
        status: 400,
        pointer: '/generated_query',
      },
    ],
  },
  {
    key: 'query',
    endpoint: '/generate',
    bad: [{ what: 'an empty object', body: '{}', status: 400, pointer: '/user_input' }],
  },
  {
    key: 'validation',
    endpoint: '/validate',
    bad: [
      { what: 'an empty object', body: '{}', status: 400, pointer: '/query' },
      {
        what: 'a 100 kB query',
        body: json({ query: 'source logs '.repeat(9_000) }),
        status: 400,
        pointer: '/query',
      },
    ],
  },
  {
    key: 'validation',
    endpoint: '/format',
    bad: [{ what: 'a number', body: json({ query: 1 }), status: 400, pointer: '/query' }],
  },
  {
    key: 'queue',
    endpoint: '/enqueue',
    bad: [
      { what: 'an empty object', body: '{}', status: 400, pointer: '/payload' },
      {
        what: 'an unknown queue',
        body: json({ queue: 'nowhere', payload: {} }),
        status: 400,
        pointer: '/queue',
      },
      { what: 'an empty payload', body: json({ payload: {} }), status: 400, pointer: '/payload/request_id' },
    ],
  },
  {
    key: 'queue',
    endpoint: '/enqueue',
    bad: [
      {
        what: 'the payload of another queue',
        body: json({ queue: 'chat_requests', payload: { request_id: 'r-1', user_input: 'errors' } }),
        status: 400,
        pointer: '/payload/question',
      },
    ],
  },
  {
    key: 'queue',
    endpoint: '/events',
    bad: [
      { what: 'an empty object', body: '{}', status: 400, pointer: '/event_type' },
      {
        what: 'an event of an odd type',
        body: json({ event_type: 'Query generated', service: 'a', data: {} }),
        status: 400,
        pointer: '/event_type',
      },
      {
        what: 'an event of the mesh without its data',
        body: json({ event_type: 'feedback.submitted', service: 'a', data: {} }),
        status: 400,
        pointer: '/data/rating',
      },
      { what: 'a batch that is no list', body: json({ events: {} }), status: 400, pointer: '/events' },
      { what: 'an empty batch', body: json({ events: [] }), status: 400, pointer: '/events' },
      {
        what: 'a batch of 1,001',
        body: json({ events: Array.from({ length: 1_001 }, () => ({})) }),
        status: 400,
        pointer: '/events',
      },
      {
        what: 'a batch of nothing but nonsense',
        body: json({ events: [7, { event_type: 'a.b' }] }),
        status: 400,
        pointer: '/events/1/service',
      },
    ],
  },
  {
    key: 'queue',
    endpoint: '/queues/processing.jobs/purge',
    bad: [
      {
        what: 'a word for a flag',
        body: json({ dead_letters: 'all' }),
        status: 400,
        pointer: '/dead_letters',
      },
    ],
  },
  {
    key: 'queue',
    endpoint: '/queues/processing.jobs/replay',
    bad: [
      { what: 'a limit of none', body: json({ limit: 0 }), status: 400, pointer: '/limit' },
      { what: 'an empty list', body: json({ message_ids: [] }), status: 400, pointer: '/message_ids' },
    ],
  },
  {
    key: 'processing',
    endpoint: '/process',
    bad: [{ what: 'an empty object', body: '{}', status: 400, pointer: '/request_id' }],
  },
  {
    key: 'storage',
    endpoint: '/processing-data',
    bad: [{ what: 'an empty object', body: '{}', status: 400, pointer: '/request_id' }],
  },
  {
    key: 'storage',
    endpoint: '/chat-requests',
    bad: [{ what: 'an empty object', body: '{}', status: 400, pointer: '/conversation_id' }],
  },
  {
    key: 'storage',
    endpoint: '/chat-requests/begin',
    bad: [{ what: 'an empty object', body: '{}', status: 400, pointer: '/wait_ms' }],
  },
  {
    key: 'storage',
    endpoint: '/idempotency/begin',
    bad: [
      {
        what: 'a scope with blanks',
        body: json({ scope: 'a b', key: 'k', fingerprint: 'f', holder: 'h' }),
        status: 400,
        pointer: '/scope',
      },
    ],
  },
  {
    key: 'storage',
    endpoint: '/idempotency/end',
    bad: [{ what: 'an empty object', body: '{}', status: 400, pointer: '/reply' }],
  },
  {
    key: 'storage',
    endpoint: '/feedback',
    bad: [{ what: 'an empty object', body: '{}', status: 400, pointer: '/user_input' }],
  },
]

describe('bad input', () => {
  let mesh: Mesh

  before(async () => {
    mesh = await startMesh()
  })

  after(async () => {
    await mesh?.stop()
  })

  for (const { key, endpoint, bad } of ENDPOINTS) {
    for (const { what, body, status, pointer } of [...NONSENSE, ...bad]) {
      test(`${what} to ${key} ${endpoint} is a ${status} with a pointer`, async () => {
        const response = await postJson<Problem>(mesh.urlOf(key) + endpoint, body)

        assert.equal(response.status, status)
        assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/)
        assert.equal(response.body.status, status)
        const pointers = response.body.errors.map((error) => error.pointer)
        assert.ok(pointers.includes(pointer), `pointers are ${JSON.stringify(pointers)}`)
        assert.ok(response.body.errors.every(({ message }) => message.length > 0))
      })
    }

    test(`no body at all to ${key} ${endpoint} is a 400`, async () => {
      const response = await fetch(mesh.urlOf(key) + endpoint, { method: 'POST' })
      const problem = (await response.json()) as Problem

      assert.equal(response.status, 400)
      assert.deepEqual(problem.errors, [{ pointer: '', message: 'expected a JSON body, found none' }])
    })

    test(`text to ${key} ${endpoint} is a 415, another method a 405`, async () => {
      const url = mesh.urlOf(key) + endpoint
      const text = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: 'errors',
      })
      assert.equal(text.status, 415)
      await text.text()

      const other = await fetch(url, { method: 'DELETE' })
      assert.equal(other.status, 405)
      assert.equal(other.headers.get('allow'), 'POST')
      await other.text()
    })
  }

  test('unknown paths and ids are 404 problems', async () => {
    for (const url of [
      `${mesh.url}/api/nothing`,
      `${mesh.url}/api/requests/nothing`,
      `${mesh.url}/api/requests/%00`,
      `${mesh.url}/api/requests/nothing/events`,
      `${mesh.url}/api/chat/poll/nothing`,
      `${mesh.url}/api/conversations/a%20b`,
      `${mesh.urlOf('queue')}/status/nothing`,
      `${mesh.urlOf('queue')}/queues/nothing`,
      `${mesh.urlOf('queue')}/queues/nothing/dead-letters`,
      `${mesh.urlOf('storage')}/requests/nothing`,
      `${mesh.urlOf('storage')}/progress/nothing`,
    ]) {
      const response = await fetch(url)
      assert.equal(response.status, 404, url)
      assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/, url)
      await response.text()
    }
  })

  for (const [key, path] of [
    ['gateway', '/api/requests/%E0%A4%A'],
    ['gateway', '/api/requests/%E0%A4%A/events'],
    ['gateway', '/api/chat/poll/%E0%A4%A'],
    ['gateway', '/api/conversations/%E0%A4%A'],
    ['gateway', '/docs/%E0%A4%A'],
    ['queue', '/status/%E0%A4%A'],
    ['queue', '/queues/%E0%A4%A'],
    ['queue', '/queues/%E0%A4%A/dead-letters'],
    ['storage', '/requests/%E0%A4%A'],
    ['storage', '/progress/%E0%A4%A'],
    ['storage', '/conversations/%E0%A4%A'],
    ['validation', '/%E0%A4%A'],
  ] as const) {
    test(`an address that cannot be decoded, ${key} ${path}, is the caller's error`, async () => {
      const response = await fetch(mesh.urlOf(key) + path)
      const problem = (await response.json()) as Problem

      assert.ok([400, 404].includes(response.status), `answered ${response.status}`)
      assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/)
      assert.equal(problem.status, response.status)
    })
  }

  for (const [query, pointer] of [
    ['limit=abc', '/limit'],
    ['limit=0', '/limit'],
    ['limit=1.5', '/limit'],
    ['limit=1000000', '/limit'],
    ['limit=1&limit=2', '/limit'],
    ['before=never', '/before'],
    ['before=2025-03-12', '/before'],
  ] as const) {
    test(`storage /history?${query} is a 400 that points at ${pointer}`, async () => {
      const response = await fetch(`${mesh.urlOf('storage')}/history?${query}`)
      const problem = (await response.json()) as Problem

      assert.equal(response.status, 400)
      assert.deepEqual(
        problem.errors.map((error) => error.pointer),
        [pointer],
      )
    })
  }

  test('unknown fields are ignored', async () => {
    const { status, body } = await postJson<{ success: boolean; request_id: string }>(
      `${mesh.url}/api/generate-query`,
      {
        user_input: 'errors of the last hour by service',
        colour: 'red',
        __proto__: { x: 1 },
        constructor: 1,
      },
    )

    assert.equal(status, 200)
    assert.equal(body.success, true)
    await processed(mesh.url, body.request_id)
  })

  test('leaves nothing behind: only what was asked well is stored', async () => {
    const { body } = await ask(mesh.url)
    await processed(mesh.url, body.request_id)

    const ids = (file: 'storage.db' | 'queue.db', sql: string) =>
      storedRows<{ id: string }>(mesh, file, sql).map(({ id }) => id)
    const stored = ids('storage.db', 'SELECT request_id AS id FROM processed_requests')
    assert.deepEqual(ids('storage.db', 'SELECT feedback_id AS id FROM feedback'), [])
    // Finished messages are kept for a while, so whatever was ever enqueued is still here.
    const enqueued = ids('queue.db', "SELECT id FROM message WHERE queue = 'processing.jobs'")
    assert.deepEqual(enqueued.sort(), stored.toSorted())
    const others = ids('queue.db', "SELECT id FROM message WHERE queue <> 'processing.jobs'")
    assert.deepEqual(
      others.filter((id) => !stored.some((requestId) => id.startsWith(`${requestId}.query.`))),
      [],
    )
    // The question above and the one with unknown fields.
    assert.equal(stored.length, 2)
    assert.ok(stored.includes(body.request_id))
  })
})
