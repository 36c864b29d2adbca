import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ChildSpec } from './child-spec'
import { systemClock } from './clock'
import { type ChildEvent, KeptChild } from './kept-child'
import { fakeService, nodeCommand } from './testing/fake-command'
import { freePort } from './testing/free-port'
import { ManualClock } from './testing/manual-clock'
import { until } from './testing/until'

const DIES = 'process.exit(7)'
const LIVES = 'setInterval(() => {}, 1000)'

function keep(t: TestContext, spec: ChildSpec, clock: ManualClock | typeof systemClock = new ManualClock()) {
  const events: ChildEvent[] = []
  const child = new KeptChild(spec, { clock, report: (event) => events.push(event) })
  child.start()
  t.after(() => {
    child.kill()
    return child.ended
  })
  const seen = (kind: ChildEvent['kind']) => events.filter((event) => event.kind === kind)
  return { child, clock: clock as ManualClock, events, seen }
}

const neverReady = { isReady: async () => false }

test('a child that ends unasked is started again after the delay, which grows', async (t) => {
  const { child, clock, seen } = keep(t, nodeCommand(DIES, neverReady))

  for (const [index, delayMs] of [1_000, 2_000, 4_000].entries()) {
    await until(() => seen('exited').length === index + 1)
    assert.equal(child.state, 'waiting')
    assert.equal(child.pid, undefined)
    assert.equal(clock.nextWakeMs, delayMs)
    clock.advance(delayMs)
  }

  await until(() => seen('started').length === 4)
  assert.equal(child.restarts, 3)
  assert.deepEqual(seen('exited')[1], {
    kind: 'exited',
    exit: { code: 7, signal: null },
    restart: 2,
    delayMs: 2_000,
  })
})

test('no restart happens before the delay is over', async (t) => {
  const { clock, seen } = keep(t, nodeCommand(DIES, neverReady))
  await until(() => seen('exited').length === 1)

  clock.advance(999)

  assert.equal(clock.nextWakeMs, 1)
  assert.equal(seen('started').length, 1)
})

test('the delay starts over for a child that was ready for a minute, not for less', async (t) => {
  const { child, clock, seen } = keep(t, nodeCommand(LIVES))
  const readyForThenDie = async (ms: number) => {
    const exits = seen('exited').length
    await until(() => child.state === 'ready')
    clock.advance(ms)
    process.kill(child.pid ?? Number.NaN, 'SIGKILL')
    await until(() => seen('exited').length === exits + 1)
    const delayMs = clock.nextWakeMs ?? Number.NaN
    clock.advance(delayMs)
    await until(() => seen('started').length === exits + 2)
    return delayMs
  }

  assert.equal(await readyForThenDie(0), 1_000)
  assert.equal(await readyForThenDie(59_000), 2_000)
  assert.equal(await readyForThenDie(60_000), 1_000)
  assert.equal(child.restarts, 3)
})

test('exit code 78 ends the child for good and hands over its last lines', async (t) => {
  const { child, seen } = keep(t, fakeService(await freePort(), ['--fail', '78']), systemClock)

  await child.ended

  assert.equal(child.state, 'ended')
  assert.deepEqual(seen('misconfigured'), [
    { kind: 'misconfigured', lastLines: ['PORT: expected a number (found "x")'] },
  ])
  assert.equal(seen('started').length, 1)
})

test('ready is told once its health endpoint answers', async (t) => {
  const { child, seen } = keep(t, fakeService(await freePort()), systemClock)

  await child.firstReady

  assert.equal(child.state, 'ready')
  assert.equal(seen('ready').length, 1)
})

test('a stopped child ends with its own code and is not started again', async (t) => {
  const { child, events, seen } = keep(t, fakeService(await freePort()), systemClock)
  await child.firstReady

  child.stop()
  assert.equal(child.state, 'stopping')
  await child.ended

  assert.ok(events.some((event) => event.kind === 'line' && event.line === 'got SIGTERM'))
  assert.equal(seen('exited').length, 0)
  assert.equal(seen('killed').length, 0)
})

test('a child that waits for its restart can be stopped', async (t) => {
  const { child, seen } = keep(t, nodeCommand(DIES, neverReady))
  await until(() => seen('exited').length === 1)

  child.stop()
  await child.ended

  assert.equal(seen('started').length, 1)
})

test('a child that ignores SIGTERM is ended by kill', async (t) => {
  const { child, seen } = keep(t, fakeService(await freePort(), ['--stubborn']), systemClock)
  await child.firstReady
  child.stop()
  await until(() => seen('line').some((event) => 'line' in event && event.line === 'got SIGTERM'))

  child.kill()
  await child.ended

  assert.equal(seen('killed').length, 1)
})
