import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from '../../../sqlite/testing/temporary-folder'
import type { MessageDriver } from '../../driver'
import { deadLetterQueueOf } from '../../message'
import { CRASH_COPIES_QUEUE, CRASH_QUEUE, CRASH_TOPOLOGY } from '../../testing/crash-topology'
import { Inbox } from '../../testing/inbox'
import { waitUntil } from '../../testing/wait-until'
import { createSqliteDriver } from './sqlite-driver'

type Program = 'work-until-killed' | 'publish-until-killed'

/** Lets a process work on `path` until it has said enough, kills it, and returns what it had said. */
async function runAndKill(
  t: TestContext,
  program: Program,
  path: string,
  hasSaidEnough: (lines: readonly string[]) => boolean,
) {
  const script = join(__dirname, '..', '..', 'testing', `${program}.js`)
  const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
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
  return (what: string) =>
    lines().flatMap((line) => (line.startsWith(`${what} `) ? [line.slice(what.length + 1)] : []))
}

test('after SIGKILL every confirmed message is there, acked ones stay done, held ones come again', async (t) => {
  const path = join(temporaryFolder(t), 'queue.db')
  const said = await runAndKill(t, 'work-until-killed', path, (lines) => lines.length > 2_000)
  const [sent, acked, kept] = [said('sent'), said('acked'), said('kept')]
  const counts = `${sent.length} sent, ${acked.length} acked, ${kept.length} kept`
  assert.ok(sent.length > 300 && acked.length > 200 && kept.length > 100, counts)

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
  for (let deaths = 0; deaths < 2; deaths++) {
    await runAndKill(t, 'work-until-killed', path, (lines) => lines.includes('kept 3'))
  }

  const driver = createSqliteDriver({ path })
  t.after(() => driver.close())
  const inbox = await Inbox.open(driver, 'crash.jobs', { prefetch: 100_000 })

  await waitUntil('message 3 came again', () => inbox.ids().includes('3'))
  assert.equal(inbox.deliveries.find(({ message }) => message.id === '3')?.attempt, 3)
})

test('after SIGKILL an event is in every bound queue or in none, and a replayed one in exactly one', async (t) => {
  const path = join(temporaryFolder(t), 'queue.db')
  const said = await runAndKill(t, 'publish-until-killed', path, (lines) => lines.length > 2_000)
  const [published, givenUp, replayed] = [said('published'), said('given-up'), said('replayed')]
  const counts = `${published.length} published, ${givenUp.length} given up, ${replayed.length} replayed`
  assert.ok(published.length > 200 && givenUp.length > 200 && replayed.length > 200, counts)

  const driver = createSqliteDriver({ path, topology: CRASH_TOPOLOGY })
  t.after(() => driver.close())
  const [waiting, dead, copies] = [
    await idsIn(driver, CRASH_QUEUE),
    await idsIn(driver, deadLetterQueueOf(CRASH_QUEUE)),
    await idsIn(driver, CRASH_COPIES_QUEUE),
  ]

  t.diagnostic(`${counts}; ${waiting.length} wait, ${dead.length} are dead letters, ${copies.length} copies`)
  assert.deepEqual([...waiting, ...dead].sort(), copies.sort())
  assert.equal(new Set(copies).size, copies.length)
  const kept = new Set(copies)
  assert.deepEqual(
    published.filter((id) => !kept.has(id)),
    [],
  )
})

/** Every id that can be taken out of `queue`, as often as it is in there. */
async function idsIn(driver: MessageDriver, queue: string): Promise<string[]> {
  const { ready } = await driver.stats(queue)
  const inbox = await Inbox.open(driver, queue, { prefetch: 100_000 })
  await waitUntil(`all of ${queue} was delivered`, () => inbox.deliveries.length >= ready)
  await inbox.stop()
  return inbox.ids()
}
