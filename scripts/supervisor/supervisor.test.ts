import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ChildSpec } from './child-spec'
import { processIdentity } from './process-identity'
import { Supervisor } from './supervisor'
import { fakeService } from './testing/fake-command'
import { freePort } from './testing/free-port'

function supervise(t: TestContext, specs: readonly ChildSpec[], stopTimeoutMs = 5_000) {
  const events: string[] = []
  const supervisor = new Supervisor(specs, {
    stopTimeoutMs,
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
  return { supervisor, events }
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
  const { supervisor, events } = supervise(t, [await aService('a'), await aService('b', ['--stubborn'])], 500)
  await supervisor.ready

  await supervisor.stop()

  assert.deepEqual(
    events.filter((event) => event.endsWith('killed')),
    ['b killed'],
  )
})

test('a child of a later phase is told when the others have gone', async (t) => {
  const last = await aService('last', [], { stopPhase: 1 })
  const { supervisor, events } = supervise(t, [last, await aService('slow', ['--stubborn'])], 300)
  await supervisor.ready

  await supervisor.stop()

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
