import assert from 'node:assert/strict'
import { test } from 'node:test'
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
