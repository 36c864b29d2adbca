import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'

const MAIN = join(__dirname, 'main.js')

function startMain(environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [MAIN], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function exitOf(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  const { stderr } = child
  assert.ok(stderr !== null)
  const [said, [code]] = await Promise.all([text(stderr), once(child, 'exit')])
  return { code, stderr: said }
}

async function urlOf(child: ChildProcess): Promise<string> {
  assert.ok(child.stdout !== null)
  const [line] = await once(child.stdout, 'data')
  const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(String(line)) ?? []
  assert.ok(url !== undefined)
  return url
}

describe('the inspector as a process', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal} ends it with success while a client keeps its connection`, {
      timeout: 60_000,
    }, async () => {
      const child = startMain({ INSPECTOR_PORT: '0' })
      try {
        const url = await urlOf(child)
        assert.equal((await fetch(`${url}/health`)).status, 200)
        const exited = exitOf(child)

        child.kill(signal)

        assert.deepEqual(await exited, { code: 0, stderr: '' })
      } finally {
        child.kill('SIGKILL')
      }
    })
  }

  test('a port in use is named, and the variable that changes it', { timeout: 60_000 }, async () => {
    const occupant = createServer().listen(0, '127.0.0.1')
    await once(occupant, 'listening')
    const { port } = occupant.address() as AddressInfo
    try {
      const { code, stderr } = await exitOf(startMain({ INSPECTOR_PORT: `${port}` }))

      assert.equal(code, 1)
      assert.match(stderr, new RegExp(`port ${port} is in use.*INSPECTOR_PORT`))
    } finally {
      occupant.close()
    }
  })

  test('all bad variables are named at once, without a stack, and no restart is asked for', {
    timeout: 60_000,
  }, async () => {
    const { code, stderr } = await exitOf(startMain({ INSPECTOR_PORT: 'x', INSPECTOR_TRACES_MAX: '0' }))

    assert.equal(code, 78)
    assert.match(stderr, /INSPECTOR_PORT.*\n.*INSPECTOR_TRACES_MAX/)
    assert.doesNotMatch(stderr, /^ +at /m)
  })
})
