import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from '../../../sqlite/testing/temporary-folder'
import { Inbox } from '../../testing/inbox'
import { waitUntil } from '../../testing/wait-until'
import { createSqliteDriver } from './sqlite-driver'

const PROGRAM = join(__dirname, '..', '..', 'testing', 'work-until-killed.js')

/** Lets a process work on `path` until it has said `lines` things, kills it, and returns what it had said. */
async function workAndDie(t: TestContext, path: string, lines: number) {
  const child = spawn(process.execPath, [PROGRAM, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  await waitUntil(`${lines} lines were said`, () => output.split('\n').length > lines)
  child.kill('SIGKILL')
  await once(child, 'close')
  const said = (what: string) =>
    output.split('\n').flatMap((line) => (line.startsWith(`${what} `) ? [line.slice(what.length + 1)] : []))
  return { sent: said('sent'), acked: said('acked') }
}

test('after SIGKILL every confirmed message is there, acked ones stay done, held ones come again', async (t) => {
  const path = join(temporaryFolder(t), 'queue.db')
  const { sent, acked } = await workAndDie(t, path, 2_000)
  assert.ok(sent.length > 500 && acked.length > 300, `${sent.length} sent, ${acked.length} acked`)

  const driver = createSqliteDriver({ path })
  t.after(() => driver.close())

  const records = await Promise.all(sent.map((id) => driver.lookup(id)))
  assert.deepEqual(
    sent.filter((_, index) => records[index] === undefined),
    [],
  )
  const stats = await driver.stats('crash.jobs')
  assert.equal(stats.inFlight, 0, 'no lease outlives its owner')
  const inbox = await Inbox.open(driver, 'crash.jobs', { prefetch: 100_000 })
  await waitUntil('all that is left was delivered', () => inbox.deliveries.length === stats.ready)
  const redelivered = new Set(inbox.ids())
  assert.deepEqual(
    acked.filter((id) => redelivered.has(id)),
    [],
  )
  const done = new Set(acked)
  assert.deepEqual(
    sent.filter((id) => Number(id) % 3 === 0 && !redelivered.has(id) && !done.has(id)),
    [],
  )
  for (const { message } of inbox.deliveries) {
    assert.equal(Buffer.from(message.body).toString(), `body ${message.id}`)
  }
  const heldBefore = inbox.deliveries.filter(({ redelivered }) => redelivered)
  assert.ok(heldBefore.length > 100)
  for (const { attempt } of heldBefore) assert.equal(attempt, 2)
})

test('a process that dies with a message again and again leaves its attempts counted', async (t) => {
  const path = join(temporaryFolder(t), 'queue.db')
  for (let deaths = 0; deaths < 2; deaths++) await workAndDie(t, path, 20)

  const driver = createSqliteDriver({ path })
  t.after(() => driver.close())
  const inbox = await Inbox.open(driver, 'crash.jobs', { prefetch: 1 })

  // Message 3 is the first that the process keeps, in every run.
  const { message, attempt } = await inbox.next()
  assert.deepEqual([message.id, attempt], ['3', 3])
})
