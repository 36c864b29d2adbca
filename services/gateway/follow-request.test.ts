import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ChatStatus } from '#shared/contracts'
import { followRequest, waitForAnswer } from './follow-request'
import type { RequestEvent } from './request-events'
import type { RequestReader, RequestSnapshot } from './request-reader'
import { aChatStatus, anAnswer } from './testing/a-chat-status'

const never = new AbortController().signal
const answered = aChatStatus({ status: 'answered', attempts: 1, answer: anAnswer() })
const processed: ChatStatus = { ...answered, status: 'processed' }

/** A request that becomes each of `statuses` in turn, and then changes no more. */
function aReader(...statuses: ChatStatus[]) {
  const first: RequestSnapshot = { status: statuses[0] as ChatStatus, version: 1 }
  const rest = statuses.slice(1)
  let version = 1
  const waits: number[] = []
  const reader: RequestReader = {
    read: async () => first,
    next: async (_id, known, waitMs, signal) => {
      waits.push(waitMs)
      const status = rest.shift()
      if (status !== undefined) return { status, version: ++version }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs)
        signal.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve()
        })
      })
      return known
    },
  }
  return { reader, first, waits }
}

describe('following a request', () => {
  async function follow(statuses: ChatStatus[], lastEventId = 0) {
    const { reader, first } = aReader(...statuses)
    const events: RequestEvent[] = []
    const options = { reader, waitMaxMs: 1_000, durationMaxMs: 60_000 }
    await followRequest(options, first, lastEventId, (event) => events.push(event), never)
    return events.map(({ name }) => name)
  }

  test('tells each event once, also those between two looks, up to the last', async () => {
    assert.deepEqual(await follow([aChatStatus(), aChatStatus(), processed]), [
      'accepted',
      'processing',
      'answered',
      'processed',
    ])
  })

  test('goes on after the last event that the client has seen', async () => {
    assert.deepEqual(await follow([answered, processed], 5), ['processed'])
  })

  test('ends when the request has just timed out; who comes again waits for the late answer', async () => {
    const timedOut = aChatStatus({ status: 'timed_out', attempts: 1 })
    const late = { ...processed, late: true }

    assert.deepEqual(await follow([aChatStatus(), timedOut, late]), ['accepted', 'processing', 'timed_out'])
    assert.deepEqual(await follow([timedOut, timedOut, late], 3), ['answered', 'processed'])
  })

  test('ends after its longest time', async () => {
    const { reader, first, waits } = aReader(aChatStatus())
    const events: string[] = []
    const options = { reader, waitMaxMs: 60_000, durationMaxMs: 50 }

    await followRequest(options, first, 0, ({ name }) => events.push(name), never)

    assert.deepEqual(events, ['accepted'])
    for (const waitMs of waits) assert.ok(waitMs <= 50, `${waitMs} ms`)
  })

  test('ends when nobody wants it any longer', async () => {
    const { reader, first } = aReader(aChatStatus())
    const gone = new AbortController()
    const options = { reader, waitMaxMs: 60_000, durationMaxMs: 60_000 }
    const following = followRequest(options, first, 0, () => setImmediate(() => gone.abort()), gone.signal)

    await following
  })
})

describe('waiting for an answer', () => {
  const wait = (statuses: ChatStatus[], waitMs: number) => {
    const { reader, first } = aReader(...statuses)
    return waitForAnswer(reader, first, waitMs, never)
  }

  test('ends with it, and does not wait for the background', async () => {
    assert.deepEqual(
      await wait([aChatStatus(), aChatStatus({ status: 'processing' }), answered], 60_000),
      answered,
    )
    assert.deepEqual(await wait([answered, processed], 60_000), answered)
  })

  test('ends with a failure, and when the request times out', async () => {
    const failed = aChatStatus({ status: 'failed' })
    const timedOut = aChatStatus({ status: 'timed_out' })

    assert.deepEqual(await wait([aChatStatus(), failed, answered], 60_000), failed)
    assert.deepEqual(await wait([aChatStatus(), timedOut, answered], 60_000), timedOut)
  })

  test('goes on for one that had timed out before', async () => {
    assert.deepEqual(await wait([aChatStatus({ status: 'timed_out' }), answered], 60_000), answered)
  })

  test('asks for nothing when it may not wait, and ends when the time is up', async () => {
    const { reader, first, waits } = aReader(aChatStatus(), answered)

    assert.equal((await waitForAnswer(reader, first, 0, never)).status, 'accepted')
    assert.deepEqual(waits, [])
    assert.equal((await wait([aChatStatus()], 30)).status, 'accepted')
  })
})
