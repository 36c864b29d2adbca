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

test('the last words say again why a member could not run', () => {
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
