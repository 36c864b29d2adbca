import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { processIdentity } from './process-identity'
import { until } from './testing/until'

/** The way of Linux, and the way of every other system, which works here too where there is a `ps`. */
const PLATFORMS: readonly NodeJS.Platform[] = process.platform === 'linux' ? ['linux', 'darwin'] : ['darwin']

for (const platform of PLATFORMS) {
  test(`on ${platform} a process has an identity from its start to its end`, async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    const pid = child.pid ?? 0

    const identity = processIdentity(pid, platform)

    assert.match(identity ?? '', platform === 'linux' ? /^\d+$/ : /^\w{3} \w{3} +\d+ [\d:]{8} \d{4}$/)
    assert.equal(processIdentity(pid, platform), identity)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await until(() => processIdentity(pid, platform) === null)
  })
}

test('what is no pid has none', () => {
  assert.deepEqual(
    [0, -1, 1.5, Number.NaN].map((pid) => processIdentity(pid)),
    [null, null, null, null],
  )
})
