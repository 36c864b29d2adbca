import { cpus } from 'node:os'
import { measureInProcess } from './bench/in-process-sections'
import { measureMesh } from './bench/mesh-sections'
import { renderTable } from './bench/report'
import { measureStartUp } from './bench/start-up-section'
import { defineCommand, runAsProgram } from './cli/command'
import { UsageError } from './cli/command-error'
import { JSON_OPTION } from './cli/options'

export const benchCommand = defineCommand({
  invocation: 'npm run bench --',
  summary: `Measures the mesh on this machine beside the machine’s own ceiling and prints a table. It starts its own
meshes on free ports; the mesh of this checkout must not run.`,
  options: {
    seconds: { type: 'string', value: 'N', default: '8', describe: 'Length of each measurement (8).' },
    json: JSON_OPTION,
  },
  exitCodes: { 0: 'measured', 1: 'something could not be measured', 2: 'the command line is wrong' },
  async run({ options, terminal }) {
    const durationMs = Number(options.seconds) * 1_000
    if (!(durationMs >= 1_000)) {
      throw new UsageError(`--seconds takes a number of at least 1, found "${options.seconds}"`)
    }
    const measurements = [
      await measureStartUp(),
      ...(await measureMesh({ durationMs })),
      ...(await measureInProcess({ durationMs })),
    ]
    const cores = cpus()
    const machine = `${cores.length} × ${cores[0]?.model ?? 'unknown'}, Node ${process.version}`
    terminal.print(
      options.json
        ? JSON.stringify({ machine, measurements }, null, 2)
        : `${machine}\n\n${renderTable(measurements)}`,
    )
    return 0
  },
})

if (require.main === module) void runAsProgram(benchCommand)
