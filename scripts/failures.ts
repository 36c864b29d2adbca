import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { currentEnvironment, type Environment, packageRoot } from '#shared/config'
import { defineCommand, runAsProgram } from './cli/command'
import { UsageError } from './cli/command-error'
import { JSON_OPTION, toWholeNumber } from './cli/options'
import { parseCountsLine, renderCounts, type ScenarioCounts } from './failures/counts-table'

const FOLDER = 'dist/test/failures'
const SUFFIX = '.test.js'

export const failuresCommand = defineCommand({
  invocation: 'npm run failures --',
  summary: `Breaks the mesh on purpose, one scenario after the other, and prints what became of every message. It starts
its own meshes on free ports.`,
  options: {
    only: {
      type: 'string',
      value: 'SCENARIO',
      multiple: true,
      describe: 'Only this one, such as disk-full.',
    },
    messages: {
      type: 'string',
      value: 'N',
      default: '3000',
      describe: 'Messages of each scenario; fewer prove less.',
    },
    json: JSON_OPTION,
  },
  exitCodes: {
    0: 'every promise was kept',
    1: 'one was not, or a scenario could not run',
    2: 'the command line is wrong',
  },
  async run({ options, terminal }) {
    const messages = toWholeNumber('messages', options.messages, 100)
    const files = filesOf(options.only)
    const printLine = options.json ? terminal.warn : terminal.print
    // Under a test runner of somebody else's, ours would take itself for a part of that and run nothing.
    const { NODE_TEST_CONTEXT: _, ...own } = currentEnvironment()
    const environment = { ...own, FAILURE_MESSAGES: String(messages) }
    const { scenarios, exitCode } = await runTests(files, environment, (line) => printLine(line))
    terminal.print(options.json ? JSON.stringify(scenarios, null, 2) : `\n${renderCounts(scenarios)}`)
    return exitCode === 0 ? 0 : 1
  },
})

function filesOf(only: readonly string[] | undefined): string[] {
  const names = readdirSync(path.join(packageRoot(), FOLDER))
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
  const unknown = only?.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new UsageError(`--only takes one of ${names.join(', ')}, found "${unknown}"`)
  }
  return (only ?? names).map((name) => `${FOLDER}/${name}${SUFFIX}`)
}

/** One file at a time, so that no scenario takes the processor from another. */
async function runTests(
  files: readonly string[],
  environment: Environment,
  onLine: (line: string) => void,
): Promise<{ scenarios: ScenarioCounts[]; exitCode: number }> {
  const args = ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files]
  const child = spawn(process.execPath, args, {
    cwd: packageRoot(),
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const scenarios: ScenarioCounts[] = []
  for await (const line of createInterface(child.stdout)) {
    onLine(line)
    const counts = parseCountsLine(line)
    if (counts !== undefined) scenarios.push(counts)
  }
  const [exitCode] = await ended
  return { scenarios, exitCode }
}

if (require.main === module) void runAsProgram(failuresCommand)
