import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { test } from 'node:test'
import { MEMBERS } from './mesh/members'
import { answers } from './mesh/port-state'
import { findLockHolder, takeRunLock } from './mesh/run-lock'
import { findLivingMesh, readRunRecord, runFolder } from './mesh/run-record'
import { until } from './supervisor/testing/until'
import { createFakeCheckout, type FakeCheckout } from './testing/fake-checkout'

const READY = /The mesh is ready after [\d.]+ s/

async function listening({ ports }: FakeCheckout): Promise<string[]> {
  const states = await Promise.all(MEMBERS.map((member) => answers('127.0.0.1', ports[member])))
  return MEMBERS.filter((_, index) => states[index])
}

test('starts everything, says where it is, and stops gracefully on the first Ctrl-C', async (t) => {
  const checkout = await createFakeCheckout(t)
  const mesh = checkout.run('start.js')

  await mesh.prints(READY)

  assert.deepEqual(await listening(checkout), MEMBERS)
  assert.match(mesh.stdout(), /^gateway {4}\| up$/m)
  assert.match(
    mesh.stdout(),
    new RegExp(`curl -s http://127.0.0.1:${checkout.ports.gateway}/api/generate-query`),
  )
  assert.match(mesh.stdout(), new RegExp(`traces +http://127.0.0.1:${checkout.ports.inspector}/traces`))
  const run = runFolder(checkout.root)
  assert.equal(findLivingMesh(run)?.supervisor?.pid, mesh.pid)
  assert.deepEqual(
    readRunRecord(run)?.members.map(({ name }) => name),
    MEMBERS,
  )

  mesh.process.kill('SIGINT')

  assert.equal(await mesh.exit(), 0)
  assert.deepEqual(await listening(checkout), [])
  assert.ok(!existsSync(run.record))
  assert.doesNotMatch(mesh.stdout(), /killed/)
})

test('a second Ctrl-C ends at once what does not stop', async (t) => {
  const checkout = await createFakeCheckout(t, { storage: 'stubborn' })
  const mesh = checkout.run('start.js')
  await mesh.prints(READY)
  mesh.process.kill('SIGINT')
  await mesh.prints(/storage +\| not now/)
  // From when it has heard the first one: a second that follows that at once would count as its copy.
  const interruptedAt = performance.now()
  await until(() => performance.now() - interruptedAt > 400)

  mesh.process.kill('SIGINT')

  assert.equal(await mesh.exit(), 130)
  assert.match(mesh.stdout(), /storage was killed/)
  assert.deepEqual(await listening(checkout), [])
})

test('a service that dies is started again and said so', async (t) => {
  const checkout = await createFakeCheckout(t)
  const mesh = checkout.run('start.js', ['--quiet'])
  await mesh.prints(READY)

  await fetch(`http://127.0.0.1:${checkout.ports.queue}/die`).catch(() => undefined)

  await mesh.prints(/queue ended with exit code 3; restart 1 in 1 s/)
  await mesh.prints(/queue is ready again/)
  assert.ok(await answers('127.0.0.1', checkout.ports.queue))
  const queue = readRunRecord(runFolder(checkout.root))?.members.find(({ name }) => name === 'queue')
  assert.equal(queue?.restarts, 1)
  assert.doesNotMatch(mesh.stdout(), /\| up/)
  mesh.process.kill('SIGTERM')
  assert.equal(await mesh.exit(), 0)
})

test('a wrong configuration stops everything and is the last thing on the screen', async (t) => {
  const checkout = await createFakeCheckout(t, { queue: 'misconfigured' })
  const mesh = checkout.run('start.js')

  assert.equal(await mesh.exit(), 78)

  assert.match(mesh.stdout(), /queue {6}\| QUEUE_URL: expected a URL \(found "x"\)\n$/)
  assert.equal(mesh.stdout().match(/QUEUE_URL/g)?.length, 1)
  assert.doesNotMatch(mesh.stdout(), /restart/)
  assert.deepEqual(await listening(checkout), [])
})

test('busy ports are all named before anything starts', async (t) => {
  const checkout = await createFakeCheckout(t)
  for (const member of ['query', 'storage'] as const) {
    const server = createServer().listen(checkout.ports[member], '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
  }

  const mesh = checkout.run('start.js')

  assert.equal(await mesh.exit(), 1)
  assert.match(mesh.stderr(), new RegExp(`port ${checkout.ports.query} for query .* QUERY_PORT`))
  assert.match(mesh.stderr(), new RegExp(`port ${checkout.ports.storage} for storage .* STORAGE_PORT`))
  assert.equal(mesh.stdout(), '')
})

test('a wrong variable is named before anything starts', async (t) => {
  const checkout = await createFakeCheckout(t)

  const mesh = checkout.run('start.js', [], { GATEWAY_PORT: 'five' })

  assert.equal(await mesh.exit(), 78)
  assert.match(mesh.stderr(), /GATEWAY_PORT: .*found "five"/)
})

test('a HOST that is no address is named without a stack', async (t) => {
  const checkout = await createFakeCheckout(t)

  for (const host of ['999.1.1.1', 'http://x']) {
    const mesh = checkout.run('start.js', [], { HOST: host })
    assert.equal(await mesh.exit(), 78)
    assert.match(mesh.stderr(), /^ {2}HOST: expected an address .*found "/m)
    assert.doesNotMatch(mesh.stderr(), /getaddrinfo|^ +at /m)
  }
})

test('.env is read, and what is set already wins over it', async (t) => {
  const checkout = await createFakeCheckout(t)
  writeFileSync(path.join(checkout.root, '.env'), 'LOG_FORMAT=xml\nGATEWAY_PORT=five\n')

  const misconfigured = checkout.run('start.js')
  assert.equal(await misconfigured.exit(), 78)
  assert.match(misconfigured.stderr(), /LOG_FORMAT: .*found "xml"/)
  assert.doesNotMatch(misconfigured.stderr(), /GATEWAY_PORT/)

  const mesh = checkout.run('start.js', [], { LOG_FORMAT: 'json' })
  await mesh.prints(READY)
  mesh.process.kill('SIGTERM')
  assert.equal(await mesh.exit(), 0)
})

test('a mesh whose output nobody reads any more stops', async (t) => {
  const checkout = await createFakeCheckout(t)
  const mesh = checkout.run('start.js')
  await mesh.prints(READY)

  mesh.process.stdout?.destroy()
  await fetch(`http://127.0.0.1:${checkout.ports.queue}/die`).catch(() => undefined)

  assert.equal(await mesh.exit(), 0)
  assert.deepEqual(await listening(checkout), [])
})

test('nothing outlives a supervisor that was killed', async (t) => {
  const checkout = await createFakeCheckout(t, { storage: 'stubborn' })
  const mesh = checkout.run('start.js', ['--except', 'storage'])
  await mesh.prints(READY)

  mesh.process.kill('SIGKILL')

  await until(async () => (await listening(checkout)).length === 0)
  await until(() => findLivingMesh(runFolder(checkout.root)) === undefined)
  const next = checkout.run('start.js', ['--except', 'storage'])
  await next.prints(READY)
  next.process.kill('SIGTERM')
  assert.equal(await next.exit(), 0)
})

test('only what is asked for is started, and another collector keeps its port', async (t) => {
  const checkout = await createFakeCheckout(t)
  const collector = createServer().listen(checkout.ports.inspector, '127.0.0.1')
  await once(collector, 'listening')
  t.after(() => collector.close())

  const mesh = checkout.run('start.js', ['--only', 'gateway,query'])
  await mesh.prints(READY)

  assert.deepEqual(await listening(checkout), ['gateway', 'query', 'inspector'])
  assert.match(mesh.stdout(), /something listens there already \(INSPECTOR_PORT\)/)
  mesh.process.kill('SIGTERM')
  assert.equal(await mesh.exit(), 0)
})

test('--json prints one line of JSON, and everything else goes to stderr', async (t) => {
  const checkout = await createFakeCheckout(t)
  const mesh = checkout.run('start.js', ['--json', '--no-inspector'])

  await until(() => mesh.stdout().endsWith('\n'))

  const { ready, gateway_url, members } = JSON.parse(mesh.stdout())
  assert.deepEqual([ready, gateway_url], [true, `http://127.0.0.1:${checkout.ports.gateway}`])
  assert.equal(members.length, 6)
  assert.match(mesh.stderr(), /gateway {4}\| up/)
  mesh.process.kill('SIGTERM')
  assert.equal(await mesh.exit(), 0)
})

test('a detached mesh runs on with a log, refuses a second one, and is stopped', async (t) => {
  const checkout = await createFakeCheckout(t)
  t.after(() => checkout.run('stop.js').exit())
  const launcher = checkout.run('start.js', ['--detach'])

  assert.equal(await launcher.exit(), 0)
  assert.match(launcher.stdout(), READY)
  assert.deepEqual(await listening(checkout), MEMBERS)
  const { log, pid } = runFolder(checkout.root)
  assert.match(readFileSync(log, 'utf8'), /^gateway {4}\| up$/m)
  assert.equal(Number(readFileSync(pid, 'utf8')), readRunRecord(runFolder(checkout.root))?.pid)

  const second = checkout.run('start.js')
  assert.equal(await second.exit(), 1)
  assert.match(second.stderr(), /runs already \(pid \d+, gateway http.*stop\.sh stops it/)

  const status = checkout.run('status.js')
  assert.equal(await status.exit(), 0)
  assert.match(status.stdout(), /^ {2}storage +healthy +http:\/\/127\.0\.0\.1:\d+ +pid \d+$/m)

  const stop = checkout.run('stop.js')
  assert.equal(await stop.exit(), 0)
  assert.match(stop.stdout(), /The mesh \(pid \d+\) has stopped\./)
  assert.deepEqual(await listening(checkout), [])
  assert.ok(!existsSync(path.join(checkout.root, '.run', 'mesh.pid')))

  const again = checkout.run('stop.js', ['--json'])
  assert.equal(await again.exit(), 0)
  assert.deepEqual(JSON.parse(again.stdout()), {
    was_running: false,
    stopped: true,
    forced: false,
    pid: null,
  })
})

test('of two starts at once one runs the mesh and the other leaves it alone', async (t) => {
  const checkout = await createFakeCheckout(t)
  t.after(() => checkout.run('stop.js').exit())
  const starts = [checkout.run('start.js', ['--detach']), checkout.run('start.js', ['--detach'])]

  const exits = await Promise.all(starts.map((start) => start.exit()))

  assert.deepEqual([...exits].sort(), [0, 1])
  assert.match(starts[exits.indexOf(1)]?.stderr() ?? '', /runs already \(pid \d+.*stop\.sh stops it/)
  assert.deepEqual(await listening(checkout), MEMBERS)
  const run = runFolder(checkout.root)
  assert.equal(Number(readFileSync(run.pid, 'utf8')), findLivingMesh(run)?.supervisor?.pid)
  assert.match(readFileSync(run.log, 'utf8'), /^gateway {4}\| up$/m)

  const stop = checkout.run('stop.js')
  assert.equal(await stop.exit(), 0)
  assert.match(stop.stdout(), /The mesh \(pid \d+\) has stopped\./)
  assert.deepEqual(await listening(checkout), [])
  assert.deepEqual(readdirSync(run.folder), ['mesh.log'])
})

test('a start that comes second touches nothing of the first one', async (t) => {
  const checkout = await createFakeCheckout(t)
  const run = runFolder(checkout.root)
  takeRunLock(run)
  writeFileSync(run.log, 'of the first one')
  writeFileSync(run.pid, `${process.pid}\n`)

  for (const args of [['--detach'], []]) {
    const second = checkout.run('start.js', args)
    assert.equal(await second.exit(), 1)
    assert.match(second.stderr(), new RegExp(`runs already \\(pid ${process.pid}\\)`))
  }

  assert.equal(readFileSync(run.log, 'utf8'), 'of the first one')
  assert.equal(Number(readFileSync(run.pid, 'utf8')), process.pid)
  assert.equal(findLockHolder(run)?.pid, process.pid)
})

test('a detached start that is stopped before it is ready has failed', async (t) => {
  const checkout = await createFakeCheckout(t, { storage: 'unready' })
  const launcher = checkout.run('start.js', ['--detach'])
  await until(async () => (await listening(checkout)).length === MEMBERS.length)

  const stop = checkout.run('stop.js')

  assert.equal(await stop.exit(), 0)
  assert.equal(await launcher.exit(), 1)
  assert.match(launcher.stderr(), /stopped before it was ready/)
  assert.deepEqual(await listening(checkout), [])
})

test('a start is found and stopped as soon as it has the lock', async (t) => {
  const checkout = await createFakeCheckout(t, { storage: 'unready' })
  const run = runFolder(checkout.root)
  const launcher = checkout.run('start.js', ['--detach'])
  await until(() => findLockHolder(run) !== undefined)

  const stop = checkout.run('stop.js', ['--json'])

  assert.equal(await stop.exit(), 0)
  assert.equal(JSON.parse(stop.stdout()).was_running, true)
  assert.notEqual(await launcher.exit(), 0)
  await until(() => findLivingMesh(run) === undefined)
  assert.deepEqual(await listening(checkout), [])
})

test('status tells what is missing', async (t) => {
  const checkout = await createFakeCheckout(t, { query: 'mortal' })
  const nothing = checkout.run('status.js')
  assert.equal(await nothing.exit(), 1)
  assert.match(nothing.stdout(), /No mesh of this checkout is running/)

  const mesh = checkout.run('start.js', ['--no-inspector'])
  await mesh.prints(READY)
  await fetch(`http://127.0.0.1:${checkout.ports.query}/die`).catch(() => undefined)
  await mesh.prints(/query ended with exit code 3/)
  const statusOfQuery = async () => {
    const status = checkout.run('status.js', ['--json'])
    assert.equal(await status.exit(), 1)
    const { running, pid, members } = JSON.parse(status.stdout())
    assert.deepEqual([running, pid, members.length], [true, mesh.pid, 6])
    return members.find(({ name }: { name: string }) => name === 'query')
  }

  let query = await statusOfQuery()
  // Started again, which is in vain, it has a pid for a moment.
  for (; query.pid !== null; query = await statusOfQuery()) assert.equal(query.status, 'unreachable')
  assert.deepEqual([query.status, query.pid], ['unreachable', null])
  mesh.process.kill('SIGTERM')
  assert.equal(await mesh.exit(), 0)
})

test('a detached start that fails shows why', async (t) => {
  const checkout = await createFakeCheckout(t, { query: 'misconfigured' })

  const launcher = checkout.run('start.js', ['--detach'])

  assert.equal(await launcher.exit(), 78)
  assert.match(launcher.stderr(), /QUEUE_URL: expected a URL/)
  assert.deepEqual(await listening(checkout), [])
})

test('a launcher that is ended before the mesh is ready takes the mesh with it', async (t) => {
  const checkout = await createFakeCheckout(t, { storage: 'unready' })
  const launcher = checkout.run('start.js', ['--detach'])
  await until(async () => (await listening(checkout)).length === MEMBERS.length)

  launcher.process.kill('SIGKILL')

  await until(() => findLivingMesh(runFolder(checkout.root)) === undefined)
  assert.deepEqual(await listening(checkout), [])
})
