import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '#shared/config'
import { defineCommand, runCommand } from './command'
import { CommandError } from './command-error'
import { recordingTerminal } from './testing/recording-terminal'

function aCommand(run: () => Promise<number> = async () => 0) {
  const seen: unknown[] = []
  const command = defineCommand({
    invocation: 'npm run greet --',
    summary: 'Greets somebody.',
    argument: '"name"',
    options: {
      loud: { type: 'boolean', describe: 'Shout.' },
      times: { type: 'string', value: 'N', describe: 'How often.', default: '1' },
      secret: { type: 'boolean', describe: 'Nobody needs to know.', internal: true },
    },
    exitCodes: { 0: 'greeted', 1: 'nobody there' },
    run({ options, positionals }) {
      seen.push({ ...options }, positionals)
      return run()
    },
  })
  return { command, seen }
}

async function runWith(args: readonly string[], run?: () => Promise<number>) {
  const { command, seen } = aCommand(run)
  const { terminal, output, warnings } = recordingTerminal()
  const code = await runCommand(command, args, { terminal, environment: {} })
  return { code, seen, output: output(), warnings: warnings() }
}

test('options and arguments reach the command, and its exit code comes back', async () => {
  const { code, seen } = await runWith(['--loud', 'Ada'], async () => 5)

  assert.equal(code, 5)
  assert.deepEqual(seen, [{ loud: true, times: '1' }, ['Ada']])
})

test('--help lists every option and exit code, and runs nothing', async () => {
  const { code, seen, output } = await runWith(['--help'])

  assert.equal(code, 0)
  assert.deepEqual(seen, [])
  assert.equal(
    output,
    `Greets somebody.

Usage: npm run greet -- "name" [options]

Options:
  --loud     Shout.
  --times N  How often. (1)
  --help     Print this.

Exit codes:
  0  greeted
  1  nobody there`,
  )
})

test('an unknown option is exit code 2 and names the option', async () => {
  const { code, warnings } = await runWith(['--quietly'])

  assert.equal(code, 2)
  assert.match(warnings, /'--quietly'/)
  assert.match(warnings, /npm run greet -- --help/)
})

test('a value may begin with a dash, unless it is an option', async () => {
  const { code, seen } = await runWith(['--times', '-1', 'Ada'])
  const forgotten = await runWith(['--times', '--loud'])

  assert.equal(code, 0)
  assert.deepEqual(seen, [{ times: '-1' }, ['Ada']])
  assert.equal(forgotten.code, 2)
  assert.match(forgotten.warnings, /^--times takes a value, found "--loud"$/m)
})

test('an argument is refused where none is taken', async () => {
  const { terminal, warnings } = recordingTerminal()
  const { command } = aCommand()

  const code = await runCommand({ ...command, argument: undefined }, ['Ada'], { terminal, environment: {} })

  assert.equal(code, 2)
  assert.match(warnings(), /unexpected argument "Ada"/)
})

test('a foreseen failure is one line, a bad configuration exit code 78, anything else has a stack', async () => {
  const fail = (error: Error) => runWith([], () => Promise.reject(error))

  const foreseen = await fail(new CommandError('nobody there', 3))
  const misconfigured = await fail(new ConfigError(['PORT: wrong']))
  const unforeseen = await fail(new TypeError('oops'))

  assert.deepEqual([foreseen.code, foreseen.warnings], [3, 'nobody there'])
  assert.deepEqual([misconfigured.code, misconfigured.warnings], [78, 'invalid configuration\n  PORT: wrong'])
  assert.equal(unforeseen.code, 1)
  assert.match(unforeseen.warnings, /TypeError: oops\n +at /)
})
