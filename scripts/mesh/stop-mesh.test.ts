import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { processIdentity } from '../supervisor/process-identity'
import { type RunFolder, runFolder, writeRunRecord } from './run-record'
import { stopMesh } from './stop-mesh'

const POLITE = `process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000); console.log('up')`
const STUBBORN = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')`

async function aProcess(t: TestContext, source: string): Promise<ChildProcess & { pid: number }> {
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'ignore'] })
  t.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child as unknown as ChildProcess & { pid: number }
}

function aRecordOf(
  t: TestContext,
  supervisor: { pid: number; identity?: string },
  members: number[],
): RunFolder {
  const root = mkdtempSync(path.join(tmpdir(), 'stop-mesh-'))
  t.after(() => rmSync(root, { recursive: true }))
  const run = runFolder(root)
  writeRunRecord(run, {
    pid: supervisor.pid,
    identity: supervisor.identity ?? processIdentity(supervisor.pid),
    started_at: new Date().toISOString(),
    gateway_url: null,
    inspector_url: null,
    traces: [],
    log: null,
    members: members.map((pid, index) => ({
      name: `member-${index}`,
      pid,
      identity: processIdentity(pid),
      port: 1,
      url: 'http://127.0.0.1:1',
      restarts: 0,
    })),
  })
  return run
}

test('the recorded supervisor is asked to stop, and its record removed', async (t) => {
  const supervisor = await aProcess(t, POLITE)
  const run = aRecordOf(t, supervisor, [])

  const result = await stopMesh(run, { timeoutMs: 10_000 })

  assert.deepEqual(result, { was_running: true, stopped: true, forced: false, pid: supervisor.pid })
  assert.ok(!existsSync(run.record))
})

test('a mesh that has the lock and no record yet is asked to stop', async (t) => {
  const starting = await aProcess(t, POLITE)
  const run = aRecordOf(t, { pid: process.pid, identity: 'of an earlier mesh' }, [])
  writeFileSync(run.lock, JSON.stringify({ pid: starting.pid, identity: processIdentity(starting.pid) }))

  const result = await stopMesh(run, { timeoutMs: 10_000 })

  assert.deepEqual(result, { was_running: true, stopped: true, forced: false, pid: starting.pid })
})

test('one that does not stop in time is killed, and its members too', async (t) => {
  const supervisor = await aProcess(t, STUBBORN)
  const member = await aProcess(t, STUBBORN)

  const result = await stopMesh(aRecordOf(t, supervisor, [member.pid]), { timeoutMs: 100 })

  assert.deepEqual([result.stopped, result.forced], [true, true])
  assert.deepEqual([processIdentity(supervisor.pid), processIdentity(member.pid)], [null, null])
})

test('members without a supervisor are stopped themselves', async (t) => {
  const member = await aProcess(t, POLITE)

  const result = await stopMesh(aRecordOf(t, { pid: process.pid, identity: 'gone' }, [member.pid]), {
    timeoutMs: 10_000,
  })

  assert.deepEqual(result, { was_running: true, stopped: true, forced: false, pid: null })
})

test('a process that merely has the recorded pid is left alone', async (t) => {
  const stranger = await aProcess(t, POLITE)

  const result = await stopMesh(aRecordOf(t, { pid: stranger.pid, identity: 'of somebody else' }, []), {
    timeoutMs: 100,
  })

  assert.equal(result.was_running, false)
  assert.ok(processIdentity(stranger.pid))
})
