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

/** Lets a process work on `path` until it has said enough, kills it, and returns what it had said. */
async function workAndDie(
  t: TestContext,
  path: string,
  hasSaidEnough: (lines: readonly string[]) => boolean,
) {
  const child = spawn(process.execPath, [PROGRAM, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  // What follows the last line break was cut off by the kill, or is still to come.
  const lines = () => output.split('\n').slice(0, -1)
  await waitUntil('the process has said enough', () => hasSaidEnough(lines()))
  child.kill('SIGKILL')
  await once(child, 'close')
  const said = (what: string) =>
    lines().flatMap((line) => (line.startsWith(`${what} `) ? [line.slice(what.length + 1)] : []))
  return { sent: said('sent'), acked: said('acked'), kept: said('kept') }
}

test('after SIGKILL every confirmed message is there, acked ones stay done, held ones come again', async (t) => {
  const path = join(temporaryFolder(t), 'queue.db')
  const { sent, acked, kept } = await workAndDie(t, path, (lines) => lines.length > 2_000)
  const said = `${sent.length} sent, ${acked.length} acked, ${kept.length} kept`
  assert.ok(sent.length > 300 && acked.length > 200 && kept.length > 100, said)

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
  assert.deepEqual(
    kept.filter((id) => !redelivered.has(id)),
    [],
  )
  for (const { message } of inbox.deliveries) {
    assert.equal(Buffer.from(message.body).toString(), `body ${message.id}`)
  }
  const attempts = new Map(inbox.deliveries.map(({ message, attempt }) => [message.id, attempt]))
  assert.deepEqual(new Set(kept.map((id) => attempts.get(id))), new Set([2]))
})

test('a process that dies with a message again and again leaves its attempts counted', async (t) => {
  const path = join(temporaryFolder(t), 'queue.db')
  for (let deaths = 0; deaths < 2; deaths++) await workAndDie(t, path, (lines) => lines.includes('kept 3'))

  const driver = createSqliteDriver({ path })
  t.after(() => driver.close())
  const inbox = await Inbox.open(driver, 'crash.jobs', { prefetch: 100_000 })

  await waitUntil('message 3 came again', () => inbox.ids().includes('3'))
  assert.equal(inbox.deliveries.find(({ message }) => message.id === '3')?.attempt, 3)
})
