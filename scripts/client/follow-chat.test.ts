import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freePort } from '../supervisor/testing/free-port'
import { anAnswer, aRequest } from '../testing/recorded-answers'
import { type ServedReply, serve } from '../testing/serve'
import { followChat } from './follow-chat'
import { UnreachableError } from './http-call'

const accepted = { request_id: 'r-1' }

function stream(...events: readonly (readonly [id: number, name: string, data: unknown])[]): ServedReply {
  const body = events.map(
    ([id, name, data]) => `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`,
  )
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: body.join('') }
}

const answered = { ...aRequest({ status: 'answered' }), answer: anAnswer() }

/** A clock on which pauses take no time but count. */
function aQuickClock() {
  let time = 0
  return {
    now: () => time,
    sleep: async (ms: number) => {
      time += ms
    },
  }
}

test('goes on where it was when a stream ends before the answer', async (t) => {
  const replies = [stream([1, 'accepted', {}], [2, 'processing', {}]), stream([5, 'answered', answered])]
  const server = await serve(t, () => replies.shift() ?? { status: 204, body: '' })
  const names: string[] = []

  const end = await followChat(server, accepted, {
    onEvent: ({ name }) => names.push(name),
    clock: aQuickClock(),
  })

  assert.deepEqual(names, ['accepted', 'processing', 'answered'])
  assert.deepEqual(end, { answer: anAnswer(), status: null })
  assert.deepEqual(
    server.requests.map(({ path, headers }) => [path, headers['last-event-id']]),
    [
      ['/api/requests/r-1/events', undefined],
      ['/api/requests/r-1/events', '2'],
    ],
  )
})

for (const status of ['failed', 'timed_out'] as const) {
  test(`ends without an answer when the request is ${status}`, async (t) => {
    const data = aRequest({ status, reason: 'bad-gateway: odd' })
    const server = await serve(t, () => stream([4, status, data]))

    const end = await followChat(server, accepted, { onEvent: () => undefined })

    assert.deepEqual(end, { answer: null, status: data })
  })
}

test('gives up on a gateway that stays away', async () => {
  const clock = aQuickClock()
  const mesh = { url: `http://127.0.0.1:${await freePort()}` }

  await assert.rejects(
    followChat(mesh, accepted, { onEvent: () => undefined, patienceMs: 3_000, clock }),
    UnreachableError,
  )
  assert.ok(clock.now() > 3_000)
})
