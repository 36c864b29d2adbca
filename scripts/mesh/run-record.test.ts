import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { processIdentity } from '../supervisor/process-identity'
import { until } from '../supervisor/testing/until'
import {
  findLivingMesh,
  type RunRecord,
  readRunRecord,
  removeRunRecord,
  runFolder,
  writeRunRecord,
} from './run-record'

function aRunFolder(t: TestContext) {
  const root = mkdtempSync(path.join(tmpdir(), 'run-record-'))
  t.after(() => rmSync(root, { recursive: true }))
  return runFolder(root)
}

function aRecord(overrides: Partial<RunRecord> = {}): RunRecord {
  return {
    pid: process.pid,
    identity: processIdentity(process.pid),
    started_at: '2025-03-12T10:20:00.000Z',
    gateway_url: 'http://127.0.0.1:5000',
    inspector_url: null,
    traces: [],
    log: null,
    members: [],
    ...overrides,
  }
}

async function aDeadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' })
  await once(child, 'exit')
  const pid = child.pid ?? 0
  await until(() => processIdentity(pid) === null)
  return pid
}

test('a record is read back as it was written', (t) => {
  const run = aRunFolder(t)

  writeRunRecord(run, aRecord())

  assert.deepEqual(readRunRecord(run), aRecord())
  assert.equal(findLivingMesh(run)?.supervisor?.pid, process.pid)
})

test('no record and a broken one are no mesh', (t) => {
  const run = aRunFolder(t)
  assert.equal(findLivingMesh(run), undefined)

  writeRunRecord(run, aRecord())
  writeFileSync(run.record, '{"pid":')

  assert.equal(findLivingMesh(run), undefined)
})

test('a record whose process has gone is stale', async (t) => {
  const run = aRunFolder(t)

  writeRunRecord(run, aRecord({ pid: await aDeadPid(), identity: '1' }))

  assert.equal(findLivingMesh(run), undefined)
})

test('a record whose pid belongs to somebody else by now is stale', (t) => {
  const run = aRunFolder(t)

  writeRunRecord(run, aRecord({ identity: 'of an earlier process' }))

  assert.equal(findLivingMesh(run), undefined)
})

test('members that outlive their supervisor are found', async (t) => {
  const run = aRunFolder(t)
  const survivor = { pid: process.pid, identity: processIdentity(process.pid) }
  const details = { port: 5003, url: 'http://127.0.0.1:5003', restarts: 0 }

  writeRunRecord(
    run,
    aRecord({
      pid: await aDeadPid(),
      members: [
        { name: 'queue', ...survivor, ...details },
        { name: 'storage', ...details },
      ],
    }),
  )

  const mesh = findLivingMesh(run)
  assert.equal(mesh?.supervisor, undefined)
  assert.deepEqual(mesh?.members, [{ name: 'queue', pid: process.pid }])
})

test('a supervisor removes its own record and no other', (t) => {
  const run = aRunFolder(t)
  writeRunRecord(run, aRecord())

  removeRunRecord(run, process.pid + 1)
  assert.ok(existsSync(run.record))

  removeRunRecord(run, process.pid)
  assert.ok(!existsSync(run.record))
})

test('the pid has a file of its own while the mesh runs detached, and only its owner removes it', (t) => {
  const run = aRunFolder(t)

  writeRunRecord(run, aRecord())
  assert.ok(!existsSync(run.pid))
  writeRunRecord(run, aRecord({ log: run.log }))
  assert.equal(readFileSync(run.pid, 'utf8'), `${process.pid}\n`)

  rmSync(run.record)
  removeRunRecord(run, process.pid + 1)
  assert.ok(existsSync(run.pid))
  removeRunRecord(run, process.pid)
  assert.ok(!existsSync(run.pid))
})
