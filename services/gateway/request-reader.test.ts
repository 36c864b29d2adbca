import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { MessageStatus, Progress } from '#shared/contracts'
import { AppError } from '#shared/errors'
import type { HttpClient } from '#shared/http'
import { createLogger } from '#shared/telemetry'
import { waitForAnswer } from './follow-request'
import { createRequestReader } from './request-reader'
import { aMessage, aProgress, aStoredChat, aStoredRequest } from './testing/a-chat-status'

const never = new AbortController().signal
const logger = createLogger({ service: 'test', level: 'silent', format: 'json' })
const unreachable = (service: string) => new AppError('service-unavailable', { service })

type Told<Body> = Body | AppError | undefined

/** A reader of services that tell this, in order, the last of it again and again; undefined is "unknown". */
function setUp({
  progress = [],
  messages = [],
}: {
  readonly progress?: readonly Told<Progress>[]
  readonly messages?: readonly Told<MessageStatus>[]
}) {
  const paths: string[] = []
  function client<Body>(told: readonly Told<Body>[], unknown: 'request-not-found' | 'message-not-found') {
    const rest = [...told]
    return {
      get: async (path: string) => {
        paths.push(path)
        const next = rest.length > 1 ? rest.shift() : rest[0]
        if (next instanceof AppError) throw next
        if (next === undefined) throw new AppError(unknown)
        return next
      },
    } as unknown as HttpClient
  }
  const storage = client(progress, 'request-not-found')
  const reader = createRequestReader({
    storage,
    waitingStorage: storage,
    queue: client(messages, 'message-not-found'),
    serviceTimeoutMs: 1_000,
    logger,
  })
  return { reader, paths }
}

describe('reading a request', () => {
  test('asks storage alone for what that knows', async () => {
    const { reader, paths } = setUp({ progress: [aProgress(2, { chat: aStoredChat() })] })

    const { status, version } = await reader.read('r 1')

    assert.deepEqual([status.status, version], ['accepted', 2])
    assert.deepEqual(paths, ['/progress/r%201'])
  })

  test('asks the queue for what storage has not heard of, and storage again for what has just left it', async () => {
    const waiting = setUp({ messages: [aMessage({ status: 'processing' })] })
    assert.equal((await waiting.reader.read('r-1')).status.status, 'processing')

    const { reader } = setUp({
      progress: [undefined, aProgress(1, { processed: aStoredRequest() })],
      messages: [aMessage({ status: 'processed' })],
    })
    assert.equal((await reader.read('r-1')).status.status, 'processed')
  })

  test('asks the queue whether the background work of an answer was given up', async () => {
    const { reader } = setUp({
      progress: [aProgress(3, { chat: aStoredChat({ status: 'answered' }) })],
      messages: [aMessage({ status: 'failed', reason: 'not-retryable: odd' })],
    })

    const { status } = await reader.read('r-1')

    assert.deepEqual([status.status, status.reason], ['failed', 'not-retryable: odd'])
    assert.ok(status.answer !== null)
  })

  test('asks the queue for the message of a chat request that has no answer in time', async () => {
    const deadline_at = new Date(Date.now() - 1).toISOString()
    const progress = [aProgress(1, { chat: aStoredChat({ deadline_at }) })]
    const expired = aMessage({ queue: 'chat_requests', status: 'failed', reason: 'expired: it waited' })

    const failed = await setUp({ progress, messages: [expired] }).reader.read('r-1')
    const purged = await setUp({ progress, messages: [] }).reader.read('r-1')

    assert.deepEqual([failed.status.status, failed.status.reason], ['failed', 'expired: it waited'])
    assert.equal(purged.status.status, 'timed_out')
  })

  test('tells who waits for its deadline that it has failed', async () => {
    const dueIn = (ms: number) =>
      aProgress(1, { chat: aStoredChat({ deadline_at: new Date(Date.now() + ms).toISOString() }) })
    const { reader } = setUp({
      progress: [dueIn(60_000), dueIn(-1)],
      messages: [aMessage({ queue: 'chat_requests', status: 'failed', reason: 'expired: it waited' })],
    })
    const first = await reader.read('r-1')

    const next = await reader.next('r-1', first, 60_000, never)

    assert.deepEqual([first.status.status, next.status.status], ['accepted', 'failed'])
  })

  test('does without the queue when storage tells enough, and without storage when the queue does', async () => {
    const answered = aProgress(3, { chat: aStoredChat({ status: 'answered' }) })
    const withoutQueue = setUp({ progress: [answered], messages: [unreachable('queue_service')] })
    assert.equal((await withoutQueue.reader.read('r-1')).status.status, 'answered')

    const withoutStorage = setUp({ progress: [unreachable('storage_service')], messages: [aMessage()] })
    const { status, version } = await withoutStorage.reader.read('r-1')
    assert.deepEqual([status.status, version], ['accepted', 0])
  })

  test('of an id that nobody knows is a 404, and an error when only storage could tell', async () => {
    await assert.rejects(setUp({}).reader.read('r-1'), { code: 'request-not-found' })
    await assert.rejects(setUp({ progress: [unreachable('storage_service')] }).reader.read('r-1'), {
      code: 'service-unavailable',
      service: 'storage_service',
    })
  })
})

describe('waiting for the next moment of a request', () => {
  test('is left to storage, no longer than to the deadline', async () => {
    const deadline_at = new Date(Date.now() + 60_000).toISOString()
    const { reader, paths } = setUp({
      progress: [
        aProgress(1, { chat: aStoredChat({ deadline_at }) }),
        aProgress(2, { chat: aStoredChat({ deadline_at, status: 'processing', attempts: 1 }) }),
      ],
    })
    const first = await reader.read('r-1')

    const next = await reader.next('r-1', first, 600_000, never)
    const leftMs = Date.parse(deadline_at) - Date.now()

    assert.deepEqual([next.status.status, next.version], ['processing', 2])
    const [, waitMs] = /^\/progress\/r-1\?after=1&wait_ms=(\d+)$/.exec(paths[1] ?? '') ?? []
    assert.ok(Number(waitMs) > leftMs && Number(waitMs) <= 60_001, paths[1])
  })

  test('of one that storage does not know is looked for in both places', async () => {
    const { reader } = setUp({ messages: [aMessage(), aMessage({ status: 'processing' })] })
    const first = await reader.read('r-1')

    assert.equal((await reader.next('r-1', first, 60_000, never)).status.status, 'processing')
  })

  test('brings what was known when storage cannot be asked, timed out when that is so by then', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const { reader } = setUp({
      progress: [
        aProgress(1, { chat: aStoredChat({ deadline_at: new Date(Date.now() + 30).toISOString() }) }),
        unreachable('storage_service'),
      ],
    })
    const first = await reader.read('r-1')

    const waiting = reader.next('r-1', first, 60_000, never)
    t.mock.timers.tick(31)
    const next = await waiting

    assert.deepEqual([first.status.status, next.status.status, next.version], ['accepted', 'timed_out', 1])
  })

  test('asks again only after a rest when storage has no place for it to wait', async () => {
    const { reader, paths } = setUp({ progress: [aProgress(1, { chat: aStoredChat() })] })
    const first = await reader.read('r-1')

    const status = await waitForAnswer(reader, first, 100, never)

    assert.equal(status.status, 'accepted')
    assert.ok(paths.length <= 3, `asked ${paths.length} times`)
  })

  test('ends at once when nobody wants it any longer', async () => {
    const { reader } = setUp({
      progress: [aProgress(1, { chat: aStoredChat() }), unreachable('storage_service')],
    })
    const first = await reader.read('r-1')

    assert.deepEqual(await reader.next('r-1', first, 60_000, AbortSignal.abort()), first)
  })
})
