import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { DeadLetterReport, QueueReport } from '#shared/contracts'
import { AppError, toProblem } from '#shared/errors'
import { runCommand } from './cli/command'
import { recordingTerminal } from './cli/testing/recording-terminal'
import { queuesCommand } from './queues'
import { freePort } from './supervisor/testing/free-port'
import { type ServedReply, type ServedRequest, serve } from './testing/serve'

const rate = (per_second: number, total: number) => ({ per_second, total })

const jobs: QueueReport = {
  name: 'processing.jobs',
  ready: 12,
  delayed: 3,
  in_flight: 16,
  consumers: 1,
  paused_consumers: [],
  oldest_age_ms: 61_000,
  dead_letters: 250,
  dead_letter_queue: 'processing.jobs.dlq',
  rates: {
    published: rate(50, 3_000),
    delivered: rate(49.5, 2_990),
    acked: rate(48, 2_700),
    retried: rate(1, 40),
    dead_lettered: rate(0.5, 250),
  },
  limits: { length_max: 100_000, ttl_ms: null, priorities: false },
}

const events: QueueReport = {
  ...jobs,
  name: 'events.storage',
  delayed: null,
  in_flight: null,
  oldest_age_ms: null,
  dead_letters: 0,
  rates: { published: rate(7, 70), delivered: null, acked: null, retried: null, dead_lettered: null },
  limits: { length_max: 10, ttl_ms: 5_000, priorities: true },
}

function aDeadLetter(message_id: string, overrides: Partial<DeadLetterReport> = {}): DeadLetterReport {
  return {
    message_id,
    trace_id: 'a'.repeat(32),
    reason: 'not-retryable',
    code: 'query-invalid',
    detail: 'no such field',
    attempts: 1,
    enqueued_at: '2025-03-12T10:20:00.000Z',
    dead_at: '2025-03-12T10:20:01.000Z',
    content_type: 'application/json',
    headers: {},
    body: { text: 'x'.repeat(500) },
    body_base64: null,
    body_bytes: 511,
    truncated: false,
    ...overrides,
  }
}

const ok = (body: unknown): ServedReply => ({ status: 200, body })

/** A queue service with dead letters of those ids; it replays what it has. */
function aService(ids: readonly string[]) {
  const left = [...ids]
  return ({ method, path, body }: ServedRequest): ServedReply => {
    if (path === '/queues') return ok({ driver: 'sqlite', queues: [jobs, events] })
    if (path === '/queues/processing.jobs') return ok({ ...jobs, dead_letters: left.length })
    if (path.startsWith('/queues/processing.jobs/dead-letters')) {
      const { searchParams } = new URL(path, 'http://queue')
      const from = Number(searchParams.get('after') ?? 0)
      const size = Math.min(2, Number(searchParams.get('limit') ?? 2))
      const shown = left.slice(from, from + size)
      const next = from + size < left.length ? String(from + size) : null
      return ok({ queue: jobs.name, dead_letters: shown.map((id) => aDeadLetter(id)), next })
    }
    if (`${method} ${path}` === 'POST /queues/processing.jobs/purge') {
      return ok({ queue: jobs.name, ...(body as object), purged: 7 })
    }
    if (`${method} ${path}` === 'POST /queues/processing.jobs/replay') {
      const { message_ids, limit = Number.POSITIVE_INFINITY } = body as {
        message_ids?: string[]
        limit?: number
      }
      const chosen = (message_ids ?? left).filter((id) => left.includes(id)).slice(0, limit)
      for (const id of chosen) left.splice(left.indexOf(id), 1)
      const not_replayed = (message_ids ?? []).filter((id) => !chosen.includes(id))
      return ok({ queue: jobs.name, message_ids: chosen, not_replayed, dead_letters: left.length })
    }
    const problem = new AppError('queue-not-found', { detail: 'there is no such queue' })
    return { status: 404, body: toProblem(problem) }
  }
}

async function run(
  t: TestContext,
  args: readonly string[],
  {
    ids = [],
    answer = aService(ids),
    token,
  }: {
    ids?: readonly string[]
    answer?: (request: ServedRequest) => ServedReply
    token?: string
  } = {},
) {
  const service = await serve(t, answer)
  const { terminal, output, warnings } = recordingTerminal()
  const environment = {
    QUEUE_SERVICE_URL: service.url,
    GATEWAY_PORT: '1',
    ...(token !== undefined && { ADMIN_TOKEN: token }),
  }
  const code = await runCommand(queuesCommand, args, { terminal, environment })
  return { code, output: output(), warnings: warnings(), requests: service.requests }
}

const changes = (requests: readonly ServedRequest[]) =>
  requests.filter(({ method }) => method === 'POST').map(({ path, body }) => [path, body])

test('list prints a line a queue, and a dash for what nobody can tell', async (t) => {
  const { code, output } = await run(t, ['list'])

  assert.equal(code, 0)
  assert.deepEqual(
    output.split('\n').map((line) => line.split(/ {2,}/)),
    [
      ['queue', 'ready', 'delayed', 'in flight', 'consumers', 'dead', 'oldest', 'in/s', 'done/s'],
      ['processing.jobs', '12', '3', '16', '1', '250', '1 min', '50', '48'],
      ['events.storage', '12', '–', '–', '1', '0', '–', '7', '–'],
    ],
  )
})

test('show prints all of one queue', async (t) => {
  const { code, output } = await run(t, ['show', 'processing.jobs'])

  assert.equal(code, 0)
  assert.match(output, /^in flight +16$/m)
  assert.match(output, /^dead-lettered +0\.5\/s over the last minute, 250 in all$/m)
  assert.match(output, /^may wait +100000 messages, for ever$/m)
})

test('--json prints what the service said', async (t) => {
  const { output: list } = await run(t, ['list', '--json'])
  const { output: one } = await run(t, ['show', 'processing.jobs', '--json'])
  const { output: purged } = await run(t, ['purge', 'processing.jobs', '--yes', '--json'])

  assert.deepEqual(JSON.parse(list), { driver: 'sqlite', queues: [jobs, events] })
  assert.equal(JSON.parse(one).name, 'processing.jobs')
  assert.deepEqual(JSON.parse(purged), { queue: 'processing.jobs', dead_letters: false, purged: 7 })
})

test('dead-letters tells what was given up and why, page after page up to the limit', async (t) => {
  const ids = ['m1', 'm2', 'm3', 'm4', 'm5']

  const three = await run(t, ['dead-letters', 'processing.jobs', '--limit', '3'], { ids })
  const all = await run(t, ['dead-letters', 'processing.jobs', '--json'], { ids })

  assert.equal(three.code, 0)
  assert.deepEqual(three.output.match(/^m\d$/gm), ['m1', 'm2', 'm3'])
  assert.match(three.output, /^ {2}why +query-invalid: no such field$/m)
  assert.match(three.output, /^ {2}given up +2025-03-12T10:20:01\.000Z, not-retryable after 1 attempt$/m)
  assert.ok(three.output.split('\n').every((line) => line.length <= 100))
  assert.match(three.output, /Shown are 3 of 5; --limit shows more\.$/)
  const read = JSON.parse(all.output)
  assert.deepEqual(
    read.dead_letters.map((one: DeadLetterReport) => one.message_id),
    ids,
  )
  assert.equal(read.has_more, false)
})

test('of a broker that has no pages the first is shown, and that there is more', async (t) => {
  const answer = ({ path }: ServedRequest) => {
    const limit = Number(new URL(path, 'http://queue').searchParams.get('limit') ?? 20)
    if (!path.includes('/dead-letters')) return ok(jobs)
    const dead_letters = Array.from({ length: limit }, (_, index) => aDeadLetter(`m${index}`))
    return ok({ queue: jobs.name, dead_letters, next: null })
  }

  const first = await run(t, ['dead-letters', 'processing.jobs'], { answer })
  const fifty = await run(t, ['dead-letters', 'processing.jobs', '--limit', '50', '--json'], { answer })

  assert.match(first.output, /Shown are 20 of 250; --limit shows more\.$/)
  const { dead_letters, has_more } = JSON.parse(fifty.output)
  assert.deepEqual([dead_letters.length, has_more], [50, true])
})

test('a body that is no JSON is shown as base64, and none is said to be none', async (t) => {
  const deadLetter = aDeadLetter('m1', { body: null, body_base64: '/////w==', body_bytes: 4 })
  const answer = ({ path }: ServedRequest) =>
    path.endsWith('/dead-letters')
      ? ok({ queue: jobs.name, dead_letters: [deadLetter], next: null })
      : ok({ ...jobs, dead_letters: 1 })

  const shown = await run(t, ['dead-letters', 'processing.jobs'], { answer })
  const none = await run(t, ['dead-letters', 'processing.jobs'])

  assert.match(shown.output, /^ {2}body +4 bytes, base64 \/\/\/\/\/w==$/m)
  assert.equal(none.output, 'processing.jobs has no dead letters.')
})

test('what strangers wrote into a dead letter does not reach the terminal as a command', async (t) => {
  const hostile = aDeadLetter('id\u001b]0;mine\u0007', {
    code: 'odd\u001b[2J',
    detail: 'no\nsuch\u009b31m field',
    body: 'a\u009bb',
  })
  const { output } = await run(t, ['dead-letters', 'processing.jobs'], {
    answer: ({ path }) =>
      path.includes('dead-letters')
        ? ok({ queue: jobs.name, dead_letters: [hostile], next: null })
        : ok({ ...jobs, dead_letters: 1 }),
  })

  assert.match(output, /^id\\u001b\]0;mine\\u0007$/m)
  assert.match(output, / odd\\u001b\[2J: no\\u000asuch\\u009b31m field$/m)
  assert.doesNotMatch(output.replaceAll('\n', ''), /\p{Cc}/u)
})

test('purge wants to be told twice, and says what it would drop', async (t) => {
  const unsure = await run(t, ['purge', 'processing.jobs'])
  const waiting = await run(t, ['purge', 'processing.jobs', '--yes'])
  const dead = await run(t, ['purge', 'processing.jobs', '--dead-letters', '--yes'])

  assert.equal(unsure.code, 2)
  assert.match(
    unsure.warnings,
    /^purge drops every waiting message of processing\.jobs for good; --yes does it/,
  )
  assert.deepEqual(unsure.requests, [])
  assert.equal(waiting.output, 'Dropped 7 waiting messages of processing.jobs.')
  assert.equal(dead.output, 'Dropped 7 dead letters of processing.jobs.')
  assert.deepEqual(
    [waiting, dead].flatMap(({ requests }) => changes(requests)),
    [
      ['/queues/processing.jobs/purge', { dead_letters: false }],
      ['/queues/processing.jobs/purge', { dead_letters: true }],
    ],
  )
})

test('replay puts back all there were, in steps, or as many as the limit says', async (t) => {
  const ids = Array.from({ length: 250 }, (_, index) => `m${index}`)

  const all = await run(t, ['replay', 'processing.jobs'], { ids })
  const some = await run(t, ['replay', 'processing.jobs', '--limit', '120', '--json'], { ids })

  assert.equal(all.code, 0)
  assert.equal(all.output, 'Replayed 250 dead letters of processing.jobs, 0 left.')
  const limits = (requests: readonly ServedRequest[]) =>
    changes(requests).map(([, body]) => (body as { limit: number }).limit)
  assert.deepEqual(limits(all.requests), [100, 100, 50])
  assert.deepEqual(limits(some.requests), [100, 20])
  const { message_ids, not_replayed, dead_letters } = JSON.parse(some.output)
  assert.deepEqual([message_ids, not_replayed, dead_letters], [ids.slice(0, 120), [], 130])
})

test('replay of what fails again at once ends with those there were', async (t) => {
  let asked = 0
  const answer = ({ method }: ServedRequest) => {
    if (method === 'GET') return ok({ ...jobs, dead_letters: 3 })
    asked += 1
    return ok({ queue: jobs.name, message_ids: ['m1', 'm2', 'm3'], not_replayed: [], dead_letters: 3 })
  }

  const { output } = await run(t, ['replay', 'processing.jobs'], { answer })

  assert.equal(asked, 1)
  assert.equal(output, 'Replayed 3 dead letters of processing.jobs, 3 left.')
})

test('replay of ids that are no dead letters names them, with exit code 1', async (t) => {
  const { code, output, warnings, requests } = await run(
    t,
    ['replay', 'processing.jobs', '--id', 'm2', '--id', 'nobody'],
    { ids: ['m1', 'm2'] },
  )

  assert.equal(code, 1)
  assert.equal(output, 'Replayed 1 dead letter of processing.jobs, 1 left.')
  assert.equal(warnings, 'not replayed: nobody')
  assert.deepEqual(changes(requests), [['/queues/processing.jobs/replay', { message_ids: ['m2', 'nobody'] }]])
})

test('the token goes with every call, and one that is refused is told where it comes from', async (t) => {
  const refuse = () => ({
    status: 401,
    body: toProblem(new AppError('unauthorized', { detail: 'the token is not the one that is expected' })),
  })

  const taken = await run(t, ['purge', 'processing.jobs', '--yes'], { token: 'operators-only' })
  const refused = await run(t, ['purge', 'processing.jobs', '--yes'], { answer: refuse })

  assert.deepEqual(
    taken.requests.map(({ headers }) => headers.authorization),
    ['Bearer operators-only'],
  )
  assert.equal(refused.code, 1)
  assert.match(refused.warnings, /^401 unauthorized: .*\n.*ADMIN_TOKEN$/)
  assert.equal(refused.requests[0]?.headers.authorization, undefined)
})

for (const [args, message] of [
  [[], /expected one of list, show, dead-letters, purge, replay, found none/],
  [['drop'], /expected one of .*, not "drop"/],
  [['list', 'processing.jobs'], /list shows every queue; show processing\.jobs shows one/],
  [['show'], /the name of a queue is needed/],
  [['show', 'a', 'b'], /unexpected argument "b"/],
  [['show', 'a', '--yes'], /--yes is for purge, not for show/],
  [['purge', 'a', '--id', 'm1'], /--id is for replay, not for purge/],
  [['list', '--limit', '5'], /--limit is for dead-letters and replay, not for list/],
  [['replay', 'a', '--limit', '0'], /--limit takes a whole number of at least 1, not "0"/],
  [['replay', 'a', '--limit', 'all'], /--limit takes a whole number of at least 1, not "all"/],
  [['list', '--url', 'nowhere'], /--url takes an address/],
] as const) {
  test(`"${args.join(' ')}" is exit code 2 and asks nobody`, async (t) => {
    const { code, warnings, requests } = await run(t, args)

    assert.equal(code, 2)
    assert.match(warnings, message)
    assert.deepEqual(requests, [])
  })
}

test('an unknown queue and a service that does not run are a line each, with exit code 1', async (t) => {
  const unknown = await run(t, ['show', 'nothing'])
  const { terminal, warnings } = recordingTerminal()
  const url = `http://127.0.0.1:${await freePort()}`
  const absent = await runCommand(queuesCommand, ['list', '--url', url], { terminal, environment: {} })

  assert.deepEqual([unknown.code, unknown.warnings], [1, '404 queue-not-found: there is no such queue'])
  assert.equal(absent, 1)
  assert.match(warnings(), /^nothing answers at .*start\.sh/)
})
