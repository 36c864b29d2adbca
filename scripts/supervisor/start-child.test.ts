import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChildSpec } from './child-spec'
import { processIdentity } from './process-identity'
import { startChild } from './start-child'
import { nodeCommand } from './testing/fake-command'
import { until } from './testing/until'

function run(spec: ChildSpec) {
  const lines: string[] = []
  return { lines, child: startChild(spec, (line) => lines.push(line)) }
}

test('both outputs are read to the last line, and the exit code is told', async () => {
  const { child, lines } = run(nodeCommand('console.log("out"); console.error("err"); process.exitCode = 3'))

  assert.deepEqual(await child.exit, { code: 3, signal: null })
  assert.deepEqual(lines.toSorted(), ['err', 'out'])
})

test('a signal that ends the child is told', async () => {
  const { child } = run(nodeCommand('setInterval(() => {}, 1000)'))

  child.signal('SIGKILL')

  assert.deepEqual(await child.exit, { code: null, signal: 'SIGKILL' })
  child.signal('SIGKILL')
})

test('a command that does not exist is an exit with its error', async () => {
  const { child } = run({ ...nodeCommand(''), command: '/no/such/command' })

  const exit = await child.exit

  assert.match(exit.error?.message ?? '', /ENOENT/)
  assert.equal(child.pid, undefined)
})

test('a command that cannot even be tried is an exit with its error', async () => {
  const { child } = run({ ...nodeCommand(''), command: '\0' })

  const exit = await child.exit

  assert.match(exit.error?.message ?? '', /null bytes/)
  child.signal('SIGTERM')
})

test('what the child started is killed with it', async () => {
  const { child, lines } = run(
    nodeCommand(`
      const { spawn } = require('node:child_process')
      const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
      console.log(grandchild.pid)
      setInterval(() => {}, 1000)`),
  )
  await until(() => lines.length === 1)
  const grandchildPid = Number(lines[0])
  assert.ok(processIdentity(grandchildPid))

  child.signal('SIGKILL')

  await until(() => processIdentity(grandchildPid) === null)
})
