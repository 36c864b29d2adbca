import { type Environment, packageRoot } from '#shared/config'
import { defineCommand, runAsProgram } from './cli/command'
import { CommandError } from './cli/command-error'
import { JSON_OPTION, type Options } from './cli/options'
import type { Terminal } from './cli/terminal'
import { refuseBusyPorts } from './mesh/busy-ports'
import { selectMembers } from './mesh/members'
import { loadMeshConfig } from './mesh/mesh-config'
import { printReadySummary, type ReadySummary } from './mesh/ready-summary'
import { releaseRunLock, takeRunLock } from './mesh/run-lock'
import { runMesh } from './mesh/run-mesh'
import { findRecordedMesh, type RunFolder, runFolder } from './mesh/run-record'
import { followLauncher, startDetached } from './mesh/start-detached'
import { findTraceDestination } from './mesh/trace-destination'

const START_TIMEOUT_MS = 60_000

const OPTIONS = {
  only: { type: 'string', value: 'A,B', describe: 'Start these services only.' },
  except: { type: 'string', value: 'A,B', describe: 'Start all but these.' },
  'no-inspector': { type: 'boolean', describe: 'Do not run the trace inspector.' },
  quiet: { type: 'boolean', describe: 'Do not show what the services print.' },
  detach: {
    type: 'boolean',
    describe: 'Return when the mesh is ready; it runs on and writes to .run/mesh.log.',
  },
  json: {
    ...JSON_OPTION,
    describe: 'Once the mesh is ready, print its addresses as one line of JSON; all else goes to stderr.',
  },
  detached: { type: 'boolean', describe: 'Be the process that --detach starts.', internal: true },
} as const

export const startCommand = defineCommand({
  invocation: './scripts/start.sh',
  summary: `Starts the six services, and the trace inspector unless traces go elsewhere, and keeps them running.
Ctrl-C stops them gracefully, a second Ctrl-C at once.`,
  options: OPTIONS,
  exitCodes: {
    0: 'the mesh was stopped; with --detach: it is ready',
    1: 'it could not start: a port is in use, or it runs already',
    2: 'the command line is wrong',
    78: 'the configuration is wrong; nothing was left running',
    130: 'it was ended by a second Ctrl-C',
  },
  async run({ options, environment, terminal }) {
    const selected = selectMembers(options)
    const run = runFolder(packageRoot())
    const launcher = followLauncher(() => process.kill(process.pid, 'SIGTERM'))
    becomeTheOnlyMesh(run, options.detached ? process.ppid : undefined)
    try {
      return options.detach
        ? await launch(options, environment, terminal)
        : await runHere(selected, options, environment, terminal, launcher)
    } finally {
      releaseRunLock(run)
    }
  },
})

type StartOptions = Options<typeof OPTIONS>

async function launch(options: StartOptions, environment: Environment, terminal: Terminal): Promise<number> {
  const summary = await startDetached({
    program: __filename,
    args: ['--detached', ...toArguments(options)],
    environment,
    run: runFolder(packageRoot()),
    timeoutMs: START_TIMEOUT_MS,
  })
  show(summary, options, terminal)
  return 0
}

async function runHere(
  selected: ReturnType<typeof selectMembers>,
  options: StartOptions,
  environment: Environment,
  terminal: Terminal,
  launcher: ReturnType<typeof followLauncher>,
): Promise<number> {
  const root = packageRoot()
  const run = runFolder(root)
  const config = loadMeshConfig(environment, selected)
  const traces = await findTraceDestination(config, selected)
  const members = selected.filter((member) => member !== 'inspector' || traces.runsInspector)
  await refuseBusyPorts(config, members)

  return runMesh({
    root,
    run,
    config,
    environment,
    members,
    traces,
    terminal,
    log: options.detached ? run.log : null,
    quiet: options.quiet === true,
    write: options.json ? terminal.warn : terminal.print,
    onReady: (summary) => {
      show(summary, options, terminal)
      launcher.tellReady(summary)
    },
  })
}

function show(summary: ReadySummary, options: StartOptions, terminal: Terminal): void {
  if (options.json) terminal.print(JSON.stringify(summary))
  else printReadySummary(summary, terminal)
}

/** The options that the process behind `--detach` needs. */
function toArguments({ only, except, quiet, 'no-inspector': noInspector }: StartOptions): string[] {
  return [
    ...(only === undefined ? [] : ['--only', only]),
    ...(except === undefined ? [] : ['--except', except]),
    ...(noInspector ? ['--no-inspector'] : []),
    ...(quiet ? ['--quiet'] : []),
  ]
}

/**
 * One mesh a checkout: two would share data, run record and, most likely, ports. This comes before anything is
 * looked at or written, so that of two starts at once one finds everything as it should be and the other leaves.
 */
function becomeTheOnlyMesh(run: RunFolder, launcher: number | undefined): void {
  const holder = takeRunLock(run, launcher)
  const recorded = findRecordedMesh(run)
  const pid = holder?.pid ?? recorded?.supervisor?.pid
  if (pid === undefined && recorded === undefined) return
  if (holder === undefined) releaseRunLock(run)
  if (pid === undefined) {
    const names = recorded?.members.map(({ name }) => name).join(', ')
    throw new CommandError(`${names} of an earlier mesh still run: ./scripts/stop.sh ends them`)
  }
  const gateway = recorded?.record?.gateway_url ?? null
  const address = gateway === null ? '' : `, gateway ${gateway}`
  throw new CommandError(
    `the mesh of this checkout runs already (pid ${pid}${address}): ./scripts/stop.sh stops it`,
  )
}

if (require.main === module) void runAsProgram(startCommand)
