import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordingTerminal } from '../cli/testing/recording-terminal'
import { createAnnouncer } from './announcer'

function anAnnouncer(quiet: boolean) {
  const lines: string[] = []
  const { terminal } = recordingTerminal()
  const write = (line: string) => lines.push(line)
  return { lines, announcer: createAnnouncer({ names: ['query', 'queue'], terminal, quiet, write }) }
}

test('every line stands behind the name of who says it', () => {
  const { lines, announcer } = anAnnouncer(false)

  announcer.announce('query', { kind: 'line', line: 'listening' })
  announcer.announce('queue', { kind: 'killed' })
  announcer.say('stopped')

  assert.deepEqual(lines, ['query | listening', 'mesh  | queue was killed', 'mesh  | stopped'])
})

test('quiet leaves out what the children print', () => {
  const { lines, announcer } = anAnnouncer(true)

  announcer.announce('query', { kind: 'line', line: 'listening' })

  assert.deepEqual(lines, [])
})

test('what a starting child says comes when it is ready, has ended, or is asked for', () => {
  const { lines, announcer } = anAnnouncer(false)
  for (const name of ['query', 'queue']) {
    announcer.announce(name, { kind: 'started', pid: 1 })
    announcer.announce(name, { kind: 'line', line: 'hello' })
  }
  assert.deepEqual(lines, [])

  announcer.announce('queue', { kind: 'ready', tookMs: 1, restarts: 0 })
  assert.deepEqual(lines, ['queue | hello'])

  announcer.release()
  announcer.announce('query', { kind: 'line', line: 'still here' })
  assert.deepEqual(lines, ['queue | hello', 'query | hello', 'query | still here'])
})

test('why members could not run is said once, at the end', () => {
  const { lines, announcer } = anAnnouncer(false)
  for (const name of ['query', 'queue', 'storage']) {
    announcer.announce(name, { kind: 'started', pid: 1 })
    if (name === 'query') announcer.announce(name, { kind: 'line', line: 'loading' })
    announcer.announce(name, { kind: 'line', line: 'LOG_LEVEL: wrong' })
  }

  announcer.announce('query', { kind: 'misconfigured', lastLines: ['LOG_LEVEL: wrong'] })
  announcer.announce('queue', { kind: 'misconfigured', lastLines: ['LOG_LEVEL: wrong'] })
  announcer.conclude()

  assert.deepEqual(lines, [
    'query | loading',
    'mesh  | query cannot run with this configuration; stopping everything',
    'mesh  | queue cannot run with this configuration; stopping everything',
    'mesh  | stopped',
    'mesh  | because of this, which queue, storage say too:',
    'query | LOG_LEVEL: wrong',
  ])
})

test('the last words of a quiet mesh say why a member could not run too', () => {
  const { lines, announcer } = anAnnouncer(true)

  announcer.announce('queue', { kind: 'misconfigured', lastLines: ['QUEUE_URL: wrong'] })
  announcer.conclude()

  assert.deepEqual(lines, [
    'mesh  | queue cannot run with this configuration; stopping everything',
    'mesh  | stopped',
    'mesh  | because of this:',
    'queue | QUEUE_URL: wrong',
  ])
})
