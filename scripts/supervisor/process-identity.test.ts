import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { processIdentity } from './process-identity'
import { until } from './testing/until'

test('a process keeps its identity, and another one has another', async (t) => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  t.after(() => child.kill('SIGKILL'))

  const own = processIdentity(process.pid)

  assert.ok(own)
  assert.equal(processIdentity(process.pid), own)
  assert.notEqual(processIdentity(child.pid ?? 0), own)
})

test('a process that has gone has none', async () => {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' })
  await once(child, 'exit')

  await until(() => processIdentity(child.pid ?? 0) === null)
})

test('what is no pid has none', () => {
  assert.deepEqual([0, -1, 1.5, Number.NaN].map(processIdentity), [null, null, null, null])
})
