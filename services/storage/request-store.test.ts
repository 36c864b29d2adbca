import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StoredRequest } from '#shared/contracts'
import { aChatStore, aResult } from './testing/a-chat-store'

test('requests that are older than they are kept are forgotten, a few with those that come after', async (t) => {
  let now = Date.parse('2025-03-12T10:20:00.000Z')
  const { requests, storeResult } = aChatStore(t, { retentionMs: 3_600_000, now: () => now })
  for (let number = 0; number < 100; number++) await storeResult(aResult(number))

  now += 3_600_001
  for (let number = 200; number < 400; number++) await storeResult(aResult(number))

  assert.equal(requests.count(), 200)
  assert.equal(requests.find('r-99'), undefined)
  assert.equal(requests.find('r-200')?.user_input, 'question 200')
})

test('a request is kept from when it was stored, however long it waited', async (t) => {
  const { requests, storeResult } = aChatStore(t, { retentionMs: 3_600_000 })

  for (let number = 0; number < 200; number++) await storeResult(aResult(number))

  assert.equal(requests.count(), 200)
})

test('pages pass over none of several requests of one moment, whatever offset their times have', async (t) => {
  const { requests, storeResult } = aChatStore(t)
  const moments = ['2025-03-12T10:20:00.000Z', '2025-03-12T12:20:00+02:00', '2025-03-12T09:20:00-01:00']
  for (const [number, created_at] of moments.entries()) await storeResult(aResult(number, { created_at }))
  await storeResult(aResult(3, { created_at: '2025-03-12T10:19:59.999Z' }))
  const lastOf = ({ created_at, request_id }: StoredRequest) => ({ time: created_at, id: request_id })

  const listed: string[] = []
  let page = requests.list(1, undefined)
  for (let [last] = page; last !== undefined && listed.length < 9; [last] = page) {
    listed.push(last.request_id)
    page = requests.list(1, lastOf(last))
  }

  assert.deepEqual(listed, ['r-2', 'r-1', 'r-0', 'r-3'])
  assert.deepEqual(
    requests.list(9, { time: '2025-03-12T10:20:00.000Z', id: '' }).map(({ request_id }) => request_id),
    ['r-3'],
  )
})
