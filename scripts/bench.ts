import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { measureInProcess } from './bench/in-process-sections'
import { measureMesh } from './bench/mesh-sections'
import { renderTable } from './bench/report'
import { measureStartUp } from './bench/start-up-section'

const HELP = `npm run bench [-- --seconds N] [--json]

Measures the mesh on this machine beside the machine's own ceiling and prints a table.

  --seconds N  length of each measurement (8)
  --json       print the measurements as JSON
  --help       this text
`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '8' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  const durationMs = Number(values.seconds) * 1_000
  if (!(durationMs >= 1_000))
    throw new Error(`--seconds takes a number of at least 1, found "${values.seconds}"`)

  const measurements = [
    await measureStartUp(),
    ...(await measureMesh({ durationMs })),
    ...(await measureInProcess({ durationMs })),
  ]
  const cores = cpus()
  const machine = `${cores.length} × ${cores[0]?.model ?? 'unknown'}, Node ${process.version}`
  if (values.json) console.log(JSON.stringify({ machine, measurements }, null, 2))
  else console.log(`${machine}\n\n${renderTable(measurements)}`)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
