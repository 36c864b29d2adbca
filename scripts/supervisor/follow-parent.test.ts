import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { processIdentity } from './process-identity'
import { until } from './testing/until'

const FOLLOW_PARENT = path.join(__dirname, 'follow-parent.js')
const START_CHILD = path.join(__dirname, 'start-child.js')

/** A parent that starts one child through `startChild` and prints the child's pid once that runs. */
function parentOf(childSource: string): string {
  return `
    const { startChild } = require(${JSON.stringify(START_CHILD)})
    const child = startChild({
      name: 'child', command: process.execPath, cwd: process.cwd(),
      args: ['--require', ${JSON.stringify(FOLLOW_PARENT)}, '-e', ${JSON.stringify(childSource)}],
      isReady: async () => true,
    }, (line) => { if (line === 'up') console.log(child.pid) })`
}

async function killParentOf(childSource: string): Promise<number> {
  const parent = spawn(process.execPath, ['-e', parentOf(childSource)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [pid] = await once(parent.stdout.setEncoding('utf8'), 'data')
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  return Number(pid)
}

test('a child ends gracefully when its parent is killed, although nobody reads its output', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'follow-parent-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const farewell = path.join(folder, 'farewell')

  const pid = await killParentOf(`
    process.on('SIGTERM', () => {
      console.log('nobody hears this')
      setImmediate(() => {
        require('node:fs').writeFileSync(${JSON.stringify(farewell)}, 'done')
        process.exit(0)
      })
    })
    setInterval(() => {}, 1000)
    console.log('up')`)

  await until(() => processIdentity(pid) === null)
  assert.equal(readFileSync(farewell, 'utf8'), 'done')
})

test('a child without a SIGTERM handler ends too', async () => {
  const pid = await killParentOf(`setInterval(() => {}, 1000); console.log('up')`)

  await until(() => processIdentity(pid) === null)
})

test('a process that was started without a channel is left alone', async () => {
  const child = spawn(
    process.execPath,
    ['--require', FOLLOW_PARENT, '-e', 'console.log(process.listenerCount("disconnect"))'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [count] = await once(child.stdout.setEncoding('utf8'), 'data')

  assert.equal(String(count).trim(), '0')
})
