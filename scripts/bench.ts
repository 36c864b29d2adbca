import { cpus } from 'node:os'
import { measureDataprime } from './bench/dataprime-sections'
import { measureInProcess } from './bench/in-process-sections'
import { measureMesh } from './bench/mesh-sections'
import {
  measureConsume,
  measureEmbeddedEnqueue,
  measurePathways,
  measurePublish,
  measurePublisherOptions,
  measureQueueServices,
} from './bench/queue'
import { type Measurement, renderTable } from './bench/report'
import { measureStartUp } from './bench/start-up-section'
import { defineCommand, runAsProgram } from './cli/command'
import { UsageError } from './cli/command-error'
import { JSON_OPTION } from './cli/options'

type Measure = (options: { readonly durationMs: number }) => Measurement[] | Promise<Measurement[]>

const SECTIONS: Readonly<Record<string, Measure>> = {
  'start-up': async () => [await measureStartUp()],
  mesh: measureMesh,
  dataprime: measureDataprime,
  'in-process': measureInProcess,
}

/** Measured when asked for alone: some need a broker, and together they take minutes. */
const QUEUE_SECTIONS: Readonly<Record<string, Measure>> = {
  'queue-enqueue': measureEmbeddedEnqueue,
  'queue-publish': measurePublish,
  'queue-options': measurePublisherOptions,
  'queue-consume': measureConsume,
  'queue-services': measureQueueServices,
  'queue-pathway': measurePathways,
}

const QUEUE = 'queue'
const NAMES = [...Object.keys(SECTIONS), QUEUE, ...Object.keys(QUEUE_SECTIONS)]

export const benchCommand = defineCommand({
  invocation: 'npm run bench --',
  summary: `Measures the mesh on this machine beside the machine’s own ceiling and prints a table. It starts its own
meshes on free ports; the mesh of this checkout must not run.`,
  options: {
    seconds: { type: 'string', value: 'N', default: '8', describe: 'Length of each measurement (8).' },
    only: {
      type: 'string',
      value: 'SECTION',
      describe: `Only one of the sections: ${NAMES.join(', ')}. Those of the queue are measured only so.`,
    },
    json: JSON_OPTION,
  },
  exitCodes: { 0: 'measured', 1: 'something could not be measured', 2: 'the command line is wrong' },
  async run({ options, terminal }) {
    const durationMs = Number(options.seconds) * 1_000
    if (!(durationMs >= 1_000)) {
      throw new UsageError(`--seconds takes a number of at least 1, found "${options.seconds}"`)
    }
    const measurements: Measurement[] = []
    for (const measure of sectionsOf(options.only)) measurements.push(...(await measure({ durationMs })))
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

function sectionsOf(only: string | undefined): readonly Measure[] {
  if (only === undefined) return Object.values(SECTIONS)
  if (only === QUEUE) return Object.values(QUEUE_SECTIONS)
  const sections = { ...SECTIONS, ...QUEUE_SECTIONS }
  const section = Object.hasOwn(sections, only) ? sections[only] : undefined
  if (section !== undefined) return [section]
  throw new UsageError(`--only takes one of ${NAMES.join(', ')}, found "${only}"`)
}

if (require.main === module) void runAsProgram(benchCommand)
