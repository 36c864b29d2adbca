import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { processIdentity } from '../supervisor/process-identity'
import { findLockHolder, releaseRunLock, takeRunLock } from './run-lock'
import { runFolder } from './run-record'

function aRunFolder(t: TestContext) {
  const root = mkdtempSync(path.join(tmpdir(), 'run-lock-'))
  t.after(() => rmSync(root, { recursive: true }))
  const run = runFolder(root)
  mkdirSync(run.folder)
  return run
}

const self = { pid: process.pid, identity: processIdentity(process.pid) }

async function aProcess(t: TestContext): Promise<ChildProcess & { pid: number }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log()'])
  t.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child as unknown as ChildProcess & { pid: number }
}

async function lockOf(t: TestContext, run: ReturnType<typeof runFolder>) {
  const { pid } = await aProcess(t)
  const holder = { pid, identity: processIdentity(pid) }
  writeFileSync(run.lock, JSON.stringify(holder))
  return holder
}

test('the lock names this process until it is released, and leaves nothing behind', (t) => {
  const run = aRunFolder(t)

  assert.equal(takeRunLock(run), undefined)
  assert.deepEqual(findLockHolder(run), self)
  assert.deepEqual(readdirSync(run.folder), ['lock'])

  releaseRunLock(run)
  assert.deepEqual(readdirSync(run.folder), [])
})

test('the lock of a living process is left to it', async (t) => {
  const run = aRunFolder(t)
  const holder = await lockOf(t, run)

  assert.deepEqual(takeRunLock(run), holder)

  releaseRunLock(run)
  assert.deepEqual(findLockHolder(run), holder)
})

test('the lock of a process that has gone is broken, whoever has its pid now', (t) => {
  const run = aRunFolder(t)
  writeFileSync(run.lock, JSON.stringify({ pid: process.pid, identity: 'of an earlier process' }))

  assert.equal(takeRunLock(run), undefined)

  assert.deepEqual(findLockHolder(run), self)
  assert.deepEqual(readdirSync(run.folder), ['lock'])
})

test('a lock that cannot be read belongs to nobody', (t) => {
  const run = aRunFolder(t)
  writeFileSync(run.lock, '{"pid":')

  assert.equal(takeRunLock(run), undefined)

  assert.deepEqual(findLockHolder(run), self)
})

test('a process hands its lock to the one that it started', async (t) => {
  const run = aRunFolder(t)
  const { pid } = await lockOf(t, run)

  assert.equal(takeRunLock(run, pid), undefined)

  assert.deepEqual(findLockHolder(run), self)
})

test('of many processes that find a stale lock one gets it', async (t) => {
  const run = aRunFolder(t)
  writeFileSync(run.lock, JSON.stringify({ pid: process.pid, identity: 'of an earlier process' }))
  const module = JSON.stringify(path.join(__dirname, 'run-lock.js'))
  const source = `process.stdin.once('data', () => {
    const holder = require(${module}).takeRunLock(${JSON.stringify(run)})
    console.log(holder === undefined ? 'taken' : 'refused')
  })`
  const takers = Array.from({ length: 4 }, () => spawn(process.execPath, ['-e', source]))
  t.after(() => takers.map((taker) => taker.kill('SIGKILL')))

  // They stay alive on their open stdin, so that no lock becomes stale again.
  for (const { stdin } of takers) stdin.write('go')
  const said = await Promise.all(takers.map(async ({ stdout }) => String(await once(stdout, 'data')).trim()))

  assert.deepEqual(said.sort(), ['refused', 'refused', 'refused', 'taken'])
  assert.ok(existsSync(run.lock))
})
