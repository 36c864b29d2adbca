import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { AppError } from '#shared/errors'
import { GroupCommit } from './group-commit'
import { openDatabase, readDatabase } from './open-database'
import { temporaryFolder } from './testing/temporary-folder'

const migrations = [
  {
    id: 1,
    name: 'notes',
    sql: `
      CREATE TABLE author (name TEXT PRIMARY KEY) STRICT;
      CREATE TABLE note (
        text TEXT PRIMARY KEY,
        -- Deferred: a bad reference is found at COMMIT, which is how a commit is made to fail here.
        author TEXT REFERENCES author (name) DEFERRABLE INITIALLY DEFERRED,
        padding BLOB
      ) STRICT;`,
  },
]

function aGroup(t: TestContext, options: { batchMax?: number; onRollback?: () => void } = {}) {
  const path = join(temporaryFolder(t), 'notes.db')
  const database = openDatabase({ path, migrations })
  const reader = readDatabase({ path })
  t.after(() => {
    reader.close()
    database.close()
  })
  const insert = database.prepare('INSERT INTO note (text, author, padding) VALUES (?, ?, ?)')
  return {
    database,
    group: new GroupCommit(database, options),
    write: (text: string, author: string | null = null, padding: Buffer | null = null) =>
      insert.run(text, author, padding),
    /** What another connection sees: only what is committed. */
    committed: () => reader.prepare<[], { text: string }>('SELECT text FROM note ORDER BY rowid').all(),
  }
}

test('work of one turn is committed together and resolves after the commit', async (t) => {
  const { group, write, committed } = aGroup(t)
  const sizes: number[] = []
  const seen: unknown[] = []

  const works = ['one', 'two', 'three'].map(async (text) => {
    const { changes } = await group.run(
      () => write(text),
      ({ size }) => sizes.push(size),
    )
    seen.push(committed().length)
    return changes
  })

  assert.deepEqual(committed(), [])
  assert.deepEqual(await Promise.all(works), [1, 1, 1])
  assert.deepEqual(sizes, [3, 3, 3])
  assert.deepEqual(seen, [3, 3, 3])
})

test('work that throws is undone alone', async (t) => {
  const { group, write, committed } = aGroup(t)
  const failure = new Error('changed my mind')

  const results = await Promise.allSettled([
    group.run(() => write('before')),
    group.run(() => {
      write('half')
      throw failure
    }),
    group.run(() => write('before')),
    group.run(() => write('after')),
  ])

  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
  )
  assert.equal(results[1]?.status === 'rejected' && results[1].reason, failure)
  assert.match(results[2]?.status === 'rejected' ? results[2].reason.message : '', /UNIQUE/)
  assert.deepEqual(committed(), [{ text: 'before' }, { text: 'after' }])
})

test('a commit that fails rejects all of its batch and leaves nothing of it', async (t) => {
  let rollbacks = 0
  const { group, write, committed } = aGroup(t, { onRollback: () => rollbacks++ })

  const results = await Promise.allSettled([
    group.run(() => write('innocent')),
    group.run(() => write('orphan', 'nobody')),
  ])

  for (const result of results) {
    assert.match(result.status === 'rejected' ? result.reason.message : '', /FOREIGN KEY/)
  }
  assert.equal(rollbacks, 1)
  assert.deepEqual(committed(), [])
  await group.run(() => write('later'))
  assert.deepEqual(committed(), [{ text: 'later' }])
})

test('a file that may not grow gives storage-full, and goes on when there is room', async (t) => {
  const { database, group, write, committed } = aGroup(t)
  const pages = Number(database.pragma('page_count'))
  database.pragma(`max_page_count = ${pages + 10}`)

  const [small, big] = await Promise.allSettled([
    group.run(() => write('small')),
    group.run(() => write('big', null, Buffer.alloc(1024 * 1024))),
  ])

  assert.ok(big.status === 'rejected' && big.reason instanceof AppError)
  assert.equal(big.reason.code, 'storage-full')
  assert.equal(group.failure, big.reason)
  assert.deepEqual(committed(), small.status === 'fulfilled' ? [{ text: 'small' }] : [])

  database.pragma(`max_page_count = ${pages + 10_000}`)
  await group.run(() => write('big', null, Buffer.alloc(1024 * 1024)))
  assert.equal(committed().at(-1)?.text, 'big')
  assert.equal(group.failure, undefined)
})

test('a large queue is committed in batches, in order', async (t) => {
  const { group, write, committed } = aGroup(t, { batchMax: 4 })
  const sizes: number[] = []

  const texts = Array.from({ length: 10 }, (_, index) => `note ${index}`)
  await Promise.all(
    texts.map((text) =>
      group.run(
        () => write(text),
        ({ size }) => sizes.push(size),
      ),
    ),
  )

  assert.deepEqual(sizes, [4, 4, 4, 4, 4, 4, 4, 4, 2, 2])
  assert.deepEqual(
    committed(),
    texts.map((text) => ({ text })),
  )
})

test('work and what follows it run in the context of their caller', async (t) => {
  const { group, write } = aGroup(t)
  const request = new AsyncLocalStorage<string>()
  const seen: (string | undefined)[] = []

  await Promise.all(
    ['first', 'second'].map((name) =>
      request.run(name, async () => {
        await group.run(() => {
          write(name)
          seen.push(request.getStore())
        })
        seen.push(request.getStore())
      }),
    ),
  )

  assert.deepEqual(seen, ['first', 'second', 'first', 'second'])
})

test('asynchronous work is refused', async (t) => {
  const { group, write, committed } = aGroup(t)

  const work = group.run(async () => write('too late'))

  await assert.rejects(work, TypeError)
  assert.deepEqual(committed(), [])
})

test('closing commits what is queued and refuses more', async (t) => {
  const { group, write, committed } = aGroup(t, { batchMax: 2 })
  const queued = ['one', 'two', 'three'].map((text) => group.run(() => write(text)))

  await group.close()

  assert.equal(committed().length, 3)
  await Promise.all(queued)
  await assert.rejects(
    group.run(() => write('four')),
    /is closed/,
  )
})
