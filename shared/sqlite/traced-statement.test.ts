import assert from 'node:assert/strict'
import { beforeEach, type TestContext, test } from 'node:test'
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { withSpan } from '#shared/telemetry'
import { GroupCommit } from './group-commit'
import { openDatabase } from './open-database'
import { recordSpans } from './testing/record-spans'
import { commitInSpan, tracedStatement, withDatabaseSpan } from './traced-statement'

const spans = recordSpans()
beforeEach(() => spans.reset())

const insertNote = { operation: 'INSERT', table: 'note', sql: 'INSERT INTO note (text) VALUES (?)' }
const selectNotes = { operation: 'SELECT', table: 'note', sql: 'SELECT text FROM note' }

function aDatabase(t: TestContext) {
  const sql = 'CREATE TABLE note (text TEXT PRIMARY KEY) STRICT'
  const database = openDatabase({ path: ':memory:', migrations: [{ id: 1, name: 'note', sql }] })
  t.after(() => database.close())
  return database
}

test('a statement is a client span with its text and without its values', (t) => {
  const insert = tracedStatement<[string]>(aDatabase(t), insertNote)

  insert.run('secret')

  const [span, ...others] = spans.getFinishedSpans()
  assert.equal(others.length, 0)
  assert.equal(span?.name, 'INSERT note')
  assert.equal(span?.kind, SpanKind.CLIENT)
  assert.deepEqual(span?.attributes, {
    'db.system.name': 'sqlite',
    'db.namespace': ':memory:',
    'db.collection.name': 'note',
    'db.operation.name': 'INSERT',
    'db.query.summary': 'INSERT note',
    'db.query.text': 'INSERT INTO note (text) VALUES (?)',
    'database.operation': 'INSERT',
  })
})

test('rows come back from get and all', (t) => {
  const database = aDatabase(t)
  tracedStatement<[string]>(database, insertNote).run('one')
  const select = tracedStatement<[], { text: string }>(database, selectNotes)

  assert.deepEqual(select.get(), { text: 'one' })
  assert.deepEqual(select.all(), [{ text: 'one' }])
})

test('a failed statement is an error on its span', (t) => {
  const insert = tracedStatement<[string]>(aDatabase(t), insertNote)
  insert.run('one')

  assert.throws(() => insert.run('one'), /UNIQUE/)

  const span = spans.getFinishedSpans()[1]
  assert.equal(span?.status.code, SpanStatusCode.ERROR)
  assert.equal(span?.attributes['error.type'], 'SqliteError')
})

test('a group-committed statement ends after the commit and tells the size of a shared one', async (t) => {
  const database = aDatabase(t)
  const group = new GroupCommit(database)
  const insert = tracedStatement<[string]>(database, insertNote)
  let endedBefore: number | undefined

  const alone = group.run(() => {
    endedBefore = spans.getFinishedSpans().length
  })
  await Promise.all([alone, insert.commit(group, 'one'), insert.commit(group, 'two')])
  await insert.commit(group, 'three')

  assert.equal(endedBefore, 0)
  assert.deepEqual(
    spans.getFinishedSpans().map(({ attributes }) => attributes['db.operation.batch.size']),
    [3, 3, undefined],
  )
})

test('each group-committed span stays in the trace of its caller', async (t) => {
  const database = aDatabase(t)
  const group = new GroupCommit(database)
  const insert = tracedStatement<[string]>(database, insertNote)

  const parents = await Promise.all(
    ['one', 'two'].map((text) =>
      withSpan(text, {}, async (span) => {
        await commitInSpan(group, database, insertNote, () => insert.run(text))
        return span.spanContext().spanId
      }),
    ),
  )

  const named = (name: string) => spans.getFinishedSpans().filter((span) => span.name === name)
  const outer = named('INSERT note').filter((span) => parents.includes(span.parentSpanContext?.spanId ?? ''))
  assert.deepEqual(new Set(outer.map((span) => span.parentSpanContext?.spanId)), new Set(parents))
  for (const [index, text] of ['one', 'two'].entries()) {
    const traceId = named(text)[0]?.spanContext().traceId
    const ofTrace = named('INSERT note').filter((span) => span.spanContext().traceId === traceId)
    assert.equal(ofTrace.length, 2, `trace ${index} has the commit's span and, inside it, the statement's`)
  }
})

test('work of several statements has one span', async (t) => {
  const database = aDatabase(t)
  const insert = database.prepare(insertNote.sql)

  await withDatabaseSpan(database, insertNote, () =>
    database.transaction(() => {
      insert.run('one')
      insert.run('two')
    }),
  )

  assert.deepEqual(
    spans.getFinishedSpans().map(({ name }) => name),
    ['INSERT note'],
  )
})
