import assert from 'node:assert/strict'
import { test } from 'node:test'
import { POOL_QUEUES } from '../services/queue/pool/create-pool'
import { runCommand } from './cli/command'
import { recordingTerminal } from './cli/testing/recording-terminal'
import { toTask, workerCommand } from './worker'

const given = { queue: undefined, workers: '1', prefetch: '20', concurrency: undefined }

async function run(...args: string[]) {
  const recorded = recordingTerminal()
  const code = await runCommand(workerCommand, args, { environment: {}, terminal: recorded.terminal })
  return { code, output: recorded.output(), warnings: recorded.warnings() }
}

test('says what it takes', async () => {
  const { code, output } = await run('--help')

  assert.equal(code, 0)
  for (const word of ['--queue', '--workers', '--prefetch', '--concurrency', 'SIGTERM', ...POOL_QUEUES]) {
    assert.ok(output.includes(word), word)
  }
})

test('takes messages from all queues, or from those that are named', () => {
  assert.deepEqual(toTask(given), {
    queues: [...POOL_QUEUES],
    workers: 1,
    prefetch: 20,
    concurrency: undefined,
  })
  const queue = ['chat_requests', 'chat_requests,processing.jobs']
  assert.deepEqual(toTask({ ...given, queue, workers: '3', prefetch: '5', concurrency: '9' }), {
    queues: ['chat_requests', 'processing.jobs'],
    workers: 3,
    prefetch: 5,
    concurrency: 9,
  })
})

for (const [args, complaint] of [
  [
    ['--queue', 'events.storage'],
    /--queue takes one of processing\.jobs, chat_requests, found "events\.storage"/,
  ],
  [['--workers', '0'], /--workers takes a whole number from 1 to 100, not "0"/],
  [['--workers', '101'], /--workers takes a whole number from 1 to 100/],
  [['--prefetch', 'many'], /--prefetch takes a whole number from 1 to 1000, not "many"/],
  [['--concurrency', '0'], /--concurrency takes a whole number of at least 1/],
  [['--threads', '3'], /threads/],
  [['processing.jobs'], /unexpected argument "processing\.jobs"/],
] as const) {
  test(`refuses ${args.join(' ')}, and says why`, async () => {
    const { code, warnings } = await run(...args)

    assert.equal(code, 2)
    assert.match(warnings, complaint)
  })
}
