import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Migration } from './migrate'
import { DatabaseOpenError, openDatabase, readDatabase } from './open-database'
import { temporaryFolder } from './testing/temporary-folder'

const createNote: Migration = { id: 1, name: 'note', sql: 'CREATE TABLE note (text TEXT NOT NULL) STRICT' }
const addAuthor: Migration = { id: 2, name: 'author', sql: 'ALTER TABLE note ADD COLUMN author TEXT' }

test('a new database is created with its folder, in WAL mode, with full synchronisation', (t) => {
  const path = join(temporaryFolder(t), 'deep', 'folder', 'notes.db')

  const database = openDatabase({ path, migrations: [createNote] })
  t.after(() => database.close())

  assert.ok(existsSync(path))
  assert.equal(database.pragma('journal_mode'), 'wal')
  assert.equal(database.pragma('synchronous'), 2)
  assert.equal(database.pragma('foreign_keys'), 1)
  assert.equal(database.namespace, 'notes.db')
})

test('synchronisation can be lowered by name', (t) => {
  const path = join(temporaryFolder(t), 'notes.db')

  const database = openDatabase({ path, migrations: [], synchronous: 'NORMAL' })
  t.after(() => database.close())

  assert.equal(database.pragma('synchronous'), 1)
})

test('migrations run once each, in order, and keep what is there', (t) => {
  const path = join(temporaryFolder(t), 'notes.db')
  const first = openDatabase({ path, migrations: [createNote] })
  first.prepare('INSERT INTO note (text) VALUES (?)').run('kept')
  first.close()

  const second = openDatabase({ path, migrations: [createNote, addAuthor] })
  t.after(() => second.close())

  assert.equal(second.pragma('user_version'), 2)
  assert.deepEqual(second.prepare('SELECT text, author FROM note').all(), [{ text: 'kept', author: null }])
})

test('a migration that fails changes nothing and names itself', (t) => {
  const path = join(temporaryFolder(t), 'notes.db')
  const broken = { id: 2, name: 'broken', sql: 'CREATE TABLE half (a TEXT); INSERT INTO missing VALUES (1)' }

  assert.throws(
    () => openDatabase({ path, migrations: [createNote, broken] }),
    /notes\.db cannot be opened: migration 2 \(broken\) failed: no such table: missing/,
  )

  const database = openDatabase({ path, migrations: [createNote] })
  t.after(() => database.close())
  assert.equal(database.pragma('user_version'), 1)
  assert.deepEqual(database.prepare(`SELECT name FROM sqlite_schema WHERE name = 'half'`).all(), [])
})

test('a file written by newer code is refused', (t) => {
  const path = join(temporaryFolder(t), 'notes.db')
  openDatabase({ path, migrations: [createNote, addAuthor] }).close()

  assert.throws(
    () => openDatabase({ path, migrations: [createNote] }),
    /the file has schema version 2, this version of the program knows 1/,
  )
})

test('migrations out of order are refused', () => {
  assert.throws(
    () => openDatabase({ path: ':memory:', migrations: [addAuthor] }),
    /migration 2 \(author\) is out of place/,
  )
})

test('a file that is no database is refused by name', (t) => {
  const path = join(temporaryFolder(t), 'notes.db')
  writeFileSync(path, 'Dear diary, this is a text of more than a hundred bytes. '.repeat(20))

  assert.throws(() => openDatabase({ path, migrations: [] }), {
    name: 'DatabaseOpenError',
    message: `${path} cannot be opened: file is not a database`,
  })
})

test('a second owner in the same process is refused while a reader is welcome', (t) => {
  const path = join(temporaryFolder(t), 'notes.db')
  const owner = openDatabase({ path, migrations: [createNote] })
  t.after(() => owner.close())
  owner.prepare('INSERT INTO note (text) VALUES (?)').run('seen')

  assert.throws(() => openDatabase({ path, migrations: [createNote], busyTimeoutMs: 0 }), DatabaseOpenError)

  const reader = readDatabase({ path })
  t.after(() => reader.close())
  assert.deepEqual(reader.prepare('SELECT text FROM note').all(), [{ text: 'seen' }])
  assert.throws(() => reader.exec('DELETE FROM note'), /readonly/)
})

test('a database owned by another process is refused until that process is killed', async (t) => {
  const path = join(temporaryFolder(t), 'notes.db')
  const owner = fork(join(__dirname, 'testing', 'hold-database.js'), [path])
  t.after(() => owner.kill('SIGKILL'))
  await once(owner, 'message')

  assert.throws(() => openDatabase({ path, migrations: [], busyTimeoutMs: 50 }), {
    name: 'DatabaseOpenError',
    message: `${path} is owned by another process; one at a time may open it`,
  })

  owner.kill('SIGKILL')
  await once(owner, 'exit')
  openDatabase({ path, migrations: [], busyTimeoutMs: 0 }).close()
})

test('closing twice is harmless and frees the database', (t) => {
  const path = join(temporaryFolder(t), 'notes.db')
  const database = openDatabase({ path, migrations: [] })

  database.close()
  database.close()

  openDatabase({ path, migrations: [], busyTimeoutMs: 0 }).close()
})

test('says which file cannot be opened when its folder cannot be made', (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'file')
  writeFileSync(file, '')

  assert.throws(
    () => openDatabase({ path: join(file, 'queue.db'), migrations: [] }),
    (error: unknown) => {
      assert.ok(error instanceof DatabaseOpenError)
      assert.match(error.message, /queue\.db cannot be opened/)
      return true
    },
  )
})
