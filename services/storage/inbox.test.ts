import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '#shared/sqlite'
import { createInbox } from './inbox'
import { migrations } from './migrations'

test('a message is new once to each consumer', (t) => {
  const database = openDatabase({ path: ':memory:', migrations })
  t.after(() => database.close())
  const inbox = createInbox(database, { retentionMs: 1_000 })

  assert.deepEqual(
    [inbox.admit('storage', 'm-1'), inbox.admit('analytics', 'm-1'), inbox.admit('storage', 'm-1')],
    [true, true, false],
  )
})

test('messages of a certain age are forgotten, a few with those that come after', (t) => {
  const database = openDatabase({ path: ':memory:', migrations })
  t.after(() => database.close())
  let now = 1_000_000
  const inbox = createInbox(database, { retentionMs: 1_000, now: () => now })
  for (let index = 0; index < 300; index++) inbox.admit('storage', `old-${index}`)

  now += 1_001
  for (let index = 0; index < 200; index++) inbox.admit('storage', `young-${index}`)

  const { count } = database
    .prepare<[], { count: number }>("SELECT count(*) AS count FROM inbox WHERE message_id LIKE 'old-%'")
    .get() ?? { count: -1 }
  assert.equal(count, 0)
  assert.equal(inbox.admit('storage', 'young-0'), false)
})
