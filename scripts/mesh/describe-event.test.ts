import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeEvent, toSeconds } from './describe-event'

test('a death is told with its cause, the count of restarts and the delay', () => {
  const exited = (exit: { code: number | null; signal: NodeJS.Signals | null; error?: Error }) =>
    describeEvent('queue', { kind: 'exited', exit, restart: 3, delayMs: 4_000 })

  assert.equal(exited({ code: 1, signal: null }), 'queue ended with exit code 1; restart 3 in 4 s')
  assert.equal(exited({ code: null, signal: 'SIGKILL' }), 'queue was ended by SIGKILL; restart 3 in 4 s')
  assert.equal(
    exited({ code: null, signal: null, error: new Error('spawn ENOENT') }),
    'queue could not be started (spawn ENOENT); restart 3 in 4 s',
  )
})

test('ready is told only of a child that was away', () => {
  const ready = (restarts: number) => describeEvent('queue', { kind: 'ready', tookMs: 1_440, restarts })

  assert.equal(ready(0), undefined)
  assert.equal(ready(2), 'queue is ready again after 1.4 s')
})

test('seconds have one digit where it says something', () => {
  assert.deepEqual([40, 2_000, 2_345].map(toSeconds), ['0 s', '2 s', '2.3 s'])
})
