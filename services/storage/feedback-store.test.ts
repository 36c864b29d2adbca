import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GroupCommit, openDatabase } from '#shared/sqlite'
import { createFeedbackStore } from './feedback-store'
import { migrations } from './migrations'

test('feedback that is older than it is kept is forgotten, a few with those that come after', async (t) => {
  let now = Date.parse('2025-03-12T10:20:00.000Z')
  const database = openDatabase({ path: ':memory:', migrations })
  const group = new GroupCommit(database)
  t.after(async () => {
    await group.close()
    database.close()
  })
  const store = createFeedbackStore(database, group, { retentionMs: 3_600_000, now: () => now })
  const rate = (number: number, rating: 1 | 5) =>
    store.insert(
      {
        feedbackId: `f-${number}`,
        traceId: null,
        createdAt: new Date(now).toISOString(),
        body: { user_input: 'errors', generated_query: 'source logs', rating },
      },
      () => undefined,
    )
  for (let number = 0; number < 100; number++) await rate(number, 1)

  now += 3_600_001
  for (let number = 200; number < 400; number++) await rate(number, 5)

  assert.deepEqual(store.summarise(), { count: 200, rating_mean: 5 })
})
