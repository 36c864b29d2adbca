import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ChatAccepted, ChatStatus, Conversation } from '#shared/contracts'
import type { Problem } from '#shared/errors'
import { answered, ask, chat, getJson, poll, postJson, processed, QUESTION } from '../support/ask'
import { openEventStream } from '../support/event-stream'
import { eventually } from '../support/eventually'
import { type Mesh, startMesh } from '../support/mesh'
import { storedRows } from '../support/stored-rows'

const HEARTBEAT_MS = 100
const STREAMS_MAX = 3

describe('a question that is answered later', () => {
  let mesh: Mesh

  before(async () => {
    mesh = await startMesh({
      env: { SSE_HEARTBEAT_MS: String(HEARTBEAT_MS), SSE_STREAMS_MAX: String(STREAMS_MAX) },
    })
  })

  after(() => mesh?.stop())

  const problemOf = (path: string) => getJson<Problem>(mesh.url + path)
  const conversation = async (id: string) =>
    (await getJson<Conversation>(`${mesh.url}/api/conversations/${id}`)).body

  describe('POST /api/chat', () => {
    test('accepts it at once, and a poll answers it like generate-query does', async () => {
      const { status, headers, body } = await chat(mesh.url)

      assert.equal(status, 202)
      assert.deepEqual(Object.keys(body).sort(), ['conversation_id', 'request_id', 'status', 'trace_id'])
      assert.equal(body.status, 'accepted')
      assert.equal(headers.get('location'), `/api/requests/${body.request_id}`)
      assert.equal(headers.get('x-trace-id'), body.trace_id)

      const later = await answered(mesh.url, body.request_id)
      const atOnce = (await ask(mesh.url)).body
      assert.deepEqual(
        [later.answer?.query, later.answer?.intent, later.answer?.explanation, later.answer?.success],
        [atOnce.query, atOnce.intent, atOnce.explanation, true],
      )
      assert.equal(later.answer?.request_id, body.request_id)
      assert.equal(later.answer?.conversation_id, body.conversation_id)
      assert.equal(later.answer?.trace_id, body.trace_id)
      assert.equal(later.query, atOnce.query)
      assert.equal(later.late, false)
    })

    test('can be asked after as soon as it is accepted', async () => {
      const { body } = await chat(mesh.url)
      const { status, body: request } = await getJson<ChatStatus>(
        `${mesh.url}/api/requests/${body.request_id}`,
      )

      assert.equal(status, 200)
      assert.ok(['accepted', 'processing', 'answered', 'processed'].includes(request.status), request.status)
      assert.equal(request.user_input, QUESTION)
      assert.equal(request.conversation_id, body.conversation_id)
      assert.ok(!('answer' in request))
    })

    test('is analysed and stored in the background under the same id', async () => {
      const { body } = await chat(mesh.url)

      const request = await processed(mesh.url, body.request_id)

      assert.equal(request.trace_id, body.trace_id)
      assert.ok(request.insights?.complexity != null)
      const rows = storedRows(
        mesh,
        'storage.db',
        `SELECT chat.status, chat.trace_id, chat.attempts, chat.conversation_id, result.trace_id AS result_trace
          FROM chat_requests AS chat JOIN processed_requests AS result USING (request_id) WHERE request_id = ?`,
        body.request_id,
      )
      assert.deepEqual(rows, [
        {
          status: 'answered',
          trace_id: body.trace_id,
          attempts: 1,
          conversation_id: body.conversation_id,
          result_trace: body.trace_id,
        },
      ])
    })

    test('a refusal is an answer', async () => {
      const { body } = await chat(mesh.url, { user_input: 'bake me a chocolate cake' })

      const { answer, query } = await answered(mesh.url, body.request_id)

      assert.deepEqual([answer?.outcome, answer?.success, query], ['refused', false, null])
    })
  })

  test('Prefer: respond-async makes generate-query answer later, and says so', async () => {
    const { status, headers, body } = await postJson<ChatAccepted>(
      `${mesh.url}/api/generate-query`,
      { user_input: QUESTION, conversation_id: 'preferred' },
      { prefer: 'wait=1, respond-async' },
    )

    assert.equal(status, 202)
    assert.equal(headers.get('preference-applied'), 'respond-async')
    assert.equal(headers.get('location'), `/api/requests/${body.request_id}`)
    assert.equal(body.conversation_id, 'preferred')
    assert.equal((await answered(mesh.url, body.request_id)).answer?.success, true)

    const atOnce = await ask(mesh.url, QUESTION, { prefer: 'handling=lenient' })
    assert.equal(atOnce.status, 200)
    assert.equal(atOnce.headers.get('preference-applied'), null)
  })

  test('what cannot be answered at once is not accepted for later either', async () => {
    const { status, body } = await postJson<Problem>(
      `${mesh.url}/api/generate-query`,
      { user_input: ' ', timezone: 'Moon/Base' },
      { prefer: 'respond-async' },
    )

    assert.deepEqual([status, body.code], [400, 'invalid-request'])
    assert.deepEqual(body.errors?.map(({ pointer }) => pointer).sort(), ['/timezone', '/user_input'])
  })

  describe('GET /api/chat/poll/:request_id', () => {
    test('waits for the answer when told to', async () => {
      const { body } = await chat(mesh.url)

      const { answer, status } = await poll(mesh.url, body.request_id, 30_000)

      assert.equal(answer?.success, true, status)
    })

    test('knows requests that were answered at once, which have no answer to give again', async () => {
      const { body } = await ask(mesh.url)
      await processed(mesh.url, body.request_id)

      const request = await poll(mesh.url, body.request_id)

      assert.deepEqual([request.status, request.answer, request.query], ['processed', null, body.query])
    })

    test('of an unknown id is a 404, also when it may wait', async () => {
      for (const id of ['unknown-1', '%20', 'a%2Fb']) {
        const { status, body } = await problemOf(`/api/chat/poll/${id}?wait_ms=5000`)
        assert.deepEqual([status, body.code], [404, 'request-not-found'], id)
      }
    })

    for (const wait of ['soon', '-1', '1.5']) {
      test(`refuses to wait ${wait}`, async () => {
        const { body } = await chat(mesh.url)

        const { status, body: problem } = await problemOf(`/api/chat/poll/${body.request_id}?wait_ms=${wait}`)

        assert.deepEqual([status, problem.code], [400, 'invalid-request'])
        assert.equal(problem.errors?.[0]?.pointer, '/wait_ms')
      })
    }
  })

  describe('GET /api/requests/:request_id/events', () => {
    const eventsOf = (id: string) => `${mesh.url}/api/requests/${id}/events`

    test('tells everything that happens, ends, and has nothing more to tell', async () => {
      const { body } = await chat(mesh.url)

      const stream = await openEventStream(eventsOf(body.request_id))
      await stream.ended

      assert.equal(stream.status, 200)
      assert.equal(stream.headers['content-type'], 'text/event-stream; charset=utf-8')
      assert.match(stream.text(), /^retry: \d+\n\n/)
      const events = stream.events()
      assert.deepEqual(
        events.map(({ name }) => name),
        ['accepted', 'processing', 'answered', 'processed'],
      )
      const ids = events.map(({ id }) => Number(id))
      assert.deepEqual(ids, [...new Set(ids)].sort(), 'ids grow')
      for (const { name, data } of events) {
        assert.equal(data.status, name)
        assert.equal(data.request_id, body.request_id)
      }
      const answer = (await poll(mesh.url, body.request_id)).answer
      assert.ok(answer !== null)
      assert.deepEqual(events[2]?.data.answer, answer)
      assert.ok(events[3]?.data.insights !== null)

      const again = await openEventStream(eventsOf(body.request_id), { 'last-event-id': String(ids.at(-1)) })
      assert.equal(again.status, 204)
    })

    test('goes on after the last event that the client has seen', async () => {
      const { body } = await chat(mesh.url)
      await processed(mesh.url, body.request_id)
      const all = await openEventStream(eventsOf(body.request_id))
      await all.ended
      const [, second] = all.events()

      const rest = await openEventStream(eventsOf(body.request_id), { 'last-event-id': second?.id ?? '' })
      await rest.ended

      assert.deepEqual(rest.events(), all.events().slice(2))
    })

    test('follows a question that was answered at once through its background work', async () => {
      const { body } = await ask(mesh.url)

      const stream = await openEventStream(eventsOf(body.request_id))
      await stream.ended

      assert.deepEqual([stream.events()[0]?.name, stream.events().at(-1)?.name], ['accepted', 'processed'])
    })

    test('of an unknown id is a problem, not a stream', async () => {
      const { status, body } = await problemOf('/api/requests/unknown-1/events')

      assert.deepEqual([status, body.code], [404, 'request-not-found'])
    })

    test('has headers alone for HEAD', async () => {
      const { body } = await chat(mesh.url)
      const response = await fetch(eventsOf(body.request_id), { method: 'HEAD' })

      assert.equal(response.status, 200)
      assert.equal(await response.text(), '')
    })
  })

  describe('a conversation', () => {
    test('of questions that are sent together is answered in the order of their acceptance', async () => {
      const conversation_id = 'together'
      const questions = ['errors of the last hour by service', 'make it the last 3 days', 'only the top 3']
      const accepted: ChatAccepted[] = []
      for (const user_input of questions) {
        accepted.push((await chat(mesh.url, { user_input, conversation_id })).body)
      }

      const answers = await Promise.all(
        accepted.map(async ({ request_id }) => (await answered(mesh.url, request_id)).answer),
      )

      // Each follows up on the one before it: what was narrowed down stays so.
      const first = (await ask(mesh.url, questions[0])).body
      assert.equal(answers[0]?.query, first.query)
      let previous_query = first.query
      for (const [index, user_input] of questions.entries()) {
        if (index === 0) continue
        const expected = await postJson<{ query: string }>(`${mesh.url}/api/generate-query`, {
          user_input,
          previous_query,
        })
        assert.equal(answers[index]?.query, expected.body.query, user_input)
        previous_query = expected.body.query
      }
      assert.match(answers[2]?.query ?? '', /^source logs last 3d\b.*\blimit 3$/s)
    })

    test('lists its turns in order, those answered at once among them', async () => {
      const conversation_id = 'mixed'
      const turns: string[] = []
      const first = (await chat(mesh.url, { conversation_id })).body
      turns.push(first.request_id)
      await answered(mesh.url, first.request_id)
      await processed(mesh.url, first.request_id)
      const second = (
        await postJson<{ request_id: string }>(`${mesh.url}/api/generate-query`, {
          user_input: 'errors of the last 2 hours',
          conversation_id,
        })
      ).body
      turns.push(second.request_id)
      await processed(mesh.url, second.request_id)
      const third = (await chat(mesh.url, { user_input: 'only the payments service', conversation_id })).body
      turns.push(third.request_id)
      const followUp = await answered(mesh.url, third.request_id)
      await processed(mesh.url, third.request_id)

      const { conversation_id: id, turns: listed } = await conversation(conversation_id)

      assert.equal(id, conversation_id)
      assert.deepEqual(
        listed.map(({ request_id, status }) => [request_id, status]),
        turns.map((turn) => [turn, 'processed']),
      )
      assert.deepEqual(
        listed.map(({ user_input }) => user_input),
        [QUESTION, 'errors of the last 2 hours', 'only the payments service'],
      )
      assert.deepEqual(listed[2]?.answer, followUp.answer)
      assert.match(
        followUp.query ?? '',
        /^source logs last 2h\b.*'payments'/s,
        'it follows up on the turn answered at once',
      )
    })

    test('keeps a previous query that is given, and its own words', async () => {
      const conversation_id = 'given'
      const first = (await chat(mesh.url, { conversation_id })).body
      await answered(mesh.url, first.request_id)
      const { body } = await chat(mesh.url, {
        user_input: 'only the top 3',
        conversation_id,
        previous_query: 'source spans last 5m | countby $l.serviceName',
      })

      const { query } = await answered(mesh.url, body.request_id)

      assert.match(query ?? '', /^source spans last 5m\b.*\b3\b/s)
    })

    test('that nobody had has no turns, and one that cannot be is a 404', async () => {
      assert.deepEqual(await conversation('nobody-1'), {
        conversation_id: 'nobody-1',
        turns: [],
        next_after: null,
      })

      const { status, body } = await problemOf('/api/conversations/a%20b')
      assert.deepEqual([status, body.code], [404, 'conversation-not-found'])
    })

    test('is read page by page, within limits', async () => {
      const { turns } = await conversation('together')
      const [first, ...rest] = turns
      const page = (
        await getJson<Conversation>(
          `${mesh.url}/api/conversations/together?limit=2&after=${first?.created_at}`,
        )
      ).body
      assert.deepEqual(page.turns, rest.slice(0, 2))

      for (const [query, pointer] of [
        ['limit=0', '/limit'],
        ['limit=100000', '/limit'],
        ['after=yesterday', '/after'],
      ]) {
        const { status, body } = await problemOf(`/api/conversations/together?${query}`)
        assert.deepEqual([status, body.errors?.[0]?.pointer], [400, pointer], query)
      }
    })
  })

  describe('an open event stream', () => {
    /** Processing stands still, so that streams wait for the background work and have nothing to tell. */
    async function whileNothingHappens(work: (requestId: string) => Promise<void>): Promise<void> {
      const processing = mesh.pidOf('processing')
      process.kill(processing, 'SIGSTOP')
      try {
        const { body } = await chat(mesh.url)
        await answered(mesh.url, body.request_id)
        await work(body.request_id)
      } finally {
        process.kill(processing, 'SIGCONT')
      }
    }

    test('says that it lives, and there are no more of them than may be', async () => {
      await whileNothingHappens(async (requestId) => {
        const url = `${mesh.url}/api/requests/${requestId}/events`
        const open = await Promise.all(Array.from({ length: STREAMS_MAX }, () => openEventStream(url)))
        await eventually('heartbeats', () => open.every((one) => one.text().includes(': heartbeat\n\n')))

        const refused = await fetch(url)
        const problem = (await refused.json()) as Problem
        assert.deepEqual([refused.status, problem.code, problem.retryable], [503, 'streams-exhausted', true])
        assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/)

        open[0]?.close()
        const next = await eventually('the place of the one that left is free', async () => {
          const stream = await openEventStream(url)
          return stream.status === 200 && stream
        })
        for (const stream of [...open.slice(1), next]) stream.close()
      })
    })
  })
})
