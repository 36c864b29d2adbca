import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ChildSpec } from './child-spec'
import { systemClock } from './clock'
import { processIdentity } from './process-identity'
import { Supervisor } from './supervisor'
import { fakeService } from './testing/fake-command'
import { freePort } from './testing/free-port'
import { until } from './testing/until'

const STOP_TIMEOUT_MS = 60_000

function supervise(t: TestContext, specs: readonly ChildSpec[]) {
  const events: string[] = []
  let timeIsUp = () => {}
  const supervisor = new Supervisor(specs, {
    stopTimeoutMs: STOP_TIMEOUT_MS,
    // The time of the system, but for the time that children have to end, which is over when the test says so.
    clock: {
      now: () => systemClock.now(),
      sleep: async (ms, signal) => {
        if (ms !== STOP_TIMEOUT_MS) return systemClock.sleep(ms, signal)
        const isUp = Promise.withResolvers<void>()
        timeIsUp = isUp.resolve
        signal?.addEventListener('abort', () => isUp.resolve(), { once: true })
        await isUp.promise
      },
    },
    report: (child, event) => {
      const detail = event.kind === 'line' ? ` ${event.line}` : ''
      events.push(`${child.name} ${event.kind}${detail}`)
    },
  })
  supervisor.start()
  t.after(() => {
    supervisor.kill()
    return supervisor.ended
  })
  return { supervisor, events, timeIsUp: () => timeIsUp() }
}

const aService = async (name: string, args: readonly string[] = [], overrides: Partial<ChildSpec> = {}) =>
  fakeService(await freePort(), args, { name, ...overrides })

test('is ready when every child is, and stops them all', async (t) => {
  const { supervisor, events } = supervise(t, [await aService('a'), await aService('b')])
  await supervisor.ready
  const pids = supervisor.children.map((child) => child.pid ?? 0)
  assert.ok(pids.every((pid) => processIdentity(pid)))

  await supervisor.stop()

  assert.equal(await supervisor.ended, 'stopped')
  assert.ok(!pids.some((pid) => processIdentity(pid)))
  assert.ok(events.includes('a line got SIGTERM') && events.includes('b line got SIGTERM'))
})

test('a child that does not stop in time is killed, the others are not', async (t) => {
  const { supervisor, events, timeIsUp } = supervise(t, [
    await aService('a'),
    await aService('b', ['--stubborn']),
  ])
  await supervisor.ready

  const stopping = supervisor.stop()
  await until(() => supervisor.children[0]?.state === 'ended' && events.includes('b line got SIGTERM'))
  timeIsUp()
  await stopping

  assert.deepEqual(
    events.filter((event) => event.endsWith('killed')),
    ['b killed'],
  )
})

test('a child of a later phase is told when the others have gone', async (t) => {
  const last = await aService('last', [], { stopPhase: 1 })
  const { supervisor, events, timeIsUp } = supervise(t, [last, await aService('slow', ['--stubborn'])])
  await supervisor.ready

  const stopping = supervisor.stop()
  await until(() => events.includes('slow line got SIGTERM'))
  timeIsUp()
  await stopping

  assert.ok(events.indexOf('slow killed') < events.indexOf('last line got SIGTERM'))
})

test('a wrong configuration in one child stops all of them', async (t) => {
  const { supervisor, events } = supervise(t, [await aService('a'), await aService('b', ['--fail', '78'])])

  assert.equal(await supervisor.ended, 'misconfigured')

  assert.ok(events.includes('b misconfigured'))
  assert.ok(supervisor.children.every((child) => child.state === 'ended'))
})

test('kill ends everything at once', async (t) => {
  const { supervisor } = supervise(t, [await aService('a', ['--stubborn']), await aService('b')])
  await supervisor.ready

  supervisor.kill()

  assert.equal(await supervisor.ended, 'stopped')
})
