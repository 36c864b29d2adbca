import { packageRoot } from '#shared/config'
import { defineCommand, runAsProgram } from './cli/command'
import { CommandError } from './cli/command-error'
import { JSON_OPTION, toWholeNumber } from './cli/options'
import { runFolder } from './mesh/run-record'
import { stopMesh } from './mesh/stop-mesh'

export const stopCommand = defineCommand({
  invocation: './scripts/stop.sh',
  summary: 'Stops the mesh that was started from this checkout.',
  options: {
    'timeout-ms': {
      type: 'string',
      value: 'N',
      describe: 'How long it may take before it is killed.',
      default: '20000',
    },
    json: JSON_OPTION,
  },
  exitCodes: {
    0: 'nothing of the mesh runs any more, or nothing did',
    1: 'something of it could not be ended',
    2: 'the command line is wrong',
  },
  async run({ options, terminal }) {
    const timeoutMs = toWholeNumber('timeout-ms', options['timeout-ms'])
    const result = await stopMesh(runFolder(packageRoot()), { timeoutMs })
    if (options.json) terminal.print(JSON.stringify(result))
    if (!result.stopped) throw new CommandError('the mesh could not be ended')
    if (!options.json) terminal.print(describe(result))
    return 0
  },
})

function describe({ was_running, forced, pid }: Awaited<ReturnType<typeof stopMesh>>): string {
  if (!was_running) return 'No mesh of this checkout is running.'
  const who = pid === null ? 'What was left of the mesh' : `The mesh (pid ${pid})`
  return forced ? `${who} did not stop in time and was killed.` : `${who} has stopped.`
}

if (require.main === module) void runAsProgram(stopCommand)
