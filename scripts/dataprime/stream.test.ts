import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { packageRoot } from '#shared/config'

const QUERIES = [
  'source logs | filter a = 1 and b <> 2 | groupby $l.subsystemname aggregate count() as n | limit 10',
  'source spans last 1h | filter $d.status >= 500',
]

function* records(count: number) {
  for (let id = 0; id < count; id++) yield `${JSON.stringify({ id, query: QUERIES[id % QUERIES.length] })}\n`
}

function startCommand(args: readonly string[], flags: readonly string[] = []) {
  return spawn(process.execPath, [...flags, './dist/scripts/dataprime.js', ...args], { cwd: packageRoot() })
}

/** A heap so small that what is kept of every line would soon fill it. */
const SMALL_HEAP = ['--max-old-space-size=32', '--max-semi-space-size=2']
const REPORT = ['--require', './dist/scripts/dataprime/testing/report-peak-memory.js']

async function runOver(count: number) {
  const child = startCommand(['repair', '--ndjson'], [...SMALL_HEAP, ...REPORT])
  Readable.from(records(count), { objectMode: false }).pipe(child.stdin)
  const errors = text(child.stderr)
  let [lines, lastLine] = [0, '']
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    const parts = (lastLine + chunk).split('\n')
    lastLine = parts.pop() as string
    lines += parts.length
  }
  const [stderr] = await Promise.all([errors, child.exitCode ?? once(child, 'close')])
  const [, peak] = /^peak (\d+)\n$/.exec(stderr) ?? []
  assert.ok(peak !== undefined, stderr)
  return { lines, code: child.exitCode, peakKilobytes: Number(peak) }
}

/**
 * The smallest peak of up to three runs, of no more than are needed to show that it is below `enough`: what the
 * compiler takes varies and adds to it, what is kept of lines always does.
 */
async function leastPeakOver(count: number, enough = 0): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < 3 && least >= enough; run++) {
    const { lines, code, peakKilobytes } = await runOver(count)
    assert.deepEqual([lines, code], [count, 0])
    least = Math.min(least, peakKilobytes)
  }
  return least
}

test('100,000 lines need no more memory than 20,000', async () => {
  const fewer = await leastPeakOver(20_000)
  // The other 80,000 lines and their results are 30 MB.
  const allowed = fewer + 15_000

  const more = await leastPeakOver(100_000, allowed)

  assert.ok(more < allowed, `${more} kB, after ${fewer} kB`)
})

test('it ends quietly when nobody reads the results any longer, though there is more to read', async () => {
  const child = startCommand(['check', '--ndjson'])
  const endless = Readable.from(records(Number.MAX_SAFE_INTEGER), { objectMode: false })
  child.stdin.on('error', () => endless.destroy())
  endless.pipe(child.stdin)
  const errors = text(child.stderr)

  await once(child.stdout, 'data')
  child.stdout.destroy()
  await once(child, 'exit')
  endless.destroy()

  assert.equal(child.signalCode, null)
  assert.equal(await errors, '')
})

test('characters of several bytes stay whole wherever a chunk is cut', async () => {
  const child = startCommand(['check', '--ndjson'])
  const line = Buffer.from('{"id":"żółć 🦊","query":"source logs | filter name == \'ü\'"}\n')
  const output = text(child.stdout)

  for (const byte of line) {
    child.stdin.write(Buffer.of(byte))
    if (byte > 127) await new Promise((resolve) => setImmediate(resolve))
  }
  child.stdin.end()

  const { id, valid } = JSON.parse(await output)
  assert.deepEqual([id, valid], ['żółć 🦊', true])
})
