import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { currentEnvironment, packageRoot, SERVICE_KEYS, SERVICES, type ServiceKey } from '#shared/config'
import { eventually } from './eventually'
import { freePorts } from './free-ports'

export interface MeshOptions {
  /** Variables on top of those that point the services at each other. */
  readonly env?: Readonly<Record<string, string>>
  /** OTLP endpoint; without one the services are told to export nowhere. */
  readonly otlpUrl?: string
  readonly services?: readonly ServiceKey[]
  /** False starts the services without the telemetry preload. */
  readonly traced?: boolean
}

export interface ExitOutcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Mesh {
  /** Base URL of the gateway. */
  readonly url: string
  readonly dataDir: string
  urlOf(key: ServiceKey): string
  pidOf(key: ServiceKey): number
  /** The variables the services run with, for commands that are to find them. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Everything a service has printed. */
  output(key: ServiceKey): string
  start(key: ServiceKey): Promise<void>
  /** Sends a signal and resolves when the process is gone. */
  kill(key: ServiceKey, signal: NodeJS.Signals): Promise<ExitOutcome>
  /** SIGTERM to all at once; resolves with how each ended. */
  stop(): Promise<Record<string, ExitOutcome>>
}

/** Generous, because several meshes may start at once on a busy machine. */
const READY_WITHIN_MS = 90_000

/**
 * What the services may take of time before they give each other up. A busy machine lets a process stand still for
 * longer than a mesh that people wait for allows; a test of such a limit sets its own.
 */
const PATIENCE = {
  ENQUEUE_TIMEOUT_MS: '30000',
  SERVICE_TIMEOUT_MS: '30000',
  HEALTH_TIMEOUT_MS: '30000',
  EVENT_LOOP_DELAY_MAX_MS: '30000',
}

interface Running {
  readonly child: ChildProcess
  readonly exited: Promise<ExitOutcome>
}

/** The six services as child processes on free ports, with SQLite files in a folder of their own. */
export async function startMesh(options: MeshOptions = {}): Promise<Mesh> {
  const keys = options.services ?? SERVICE_KEYS
  const ports = await freePorts(SERVICE_KEYS.length)
  const portOf = (key: ServiceKey) => ports[SERVICE_KEYS.indexOf(key)] as number
  const urlOf = (key: ServiceKey) => `http://127.0.0.1:${portOf(key)}`
  const dataDir = await mkdtemp(path.join(tmpdir(), 'mesh-test-'))
  const environment = {
    ...inheritedEnvironment(),
    ...Object.fromEntries(SERVICE_KEYS.map((key) => [SERVICES[key].portVariable, String(portOf(key))])),
    ...PATIENCE,
    DATA_DIR: dataDir,
    LOG_FORMAT: 'json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
    ...(options.otlpUrl === undefined
      ? { OTEL_TRACES_EXPORTER: 'none' }
      : { OTEL_EXPORTER_OTLP_ENDPOINT: options.otlpUrl }),
    ...options.env,
  }
  const running = new Map<ServiceKey, Running>()
  const outputs = new Map<ServiceKey, string>()

  async function start(key: ServiceKey): Promise<void> {
    const preload = options.traced === false ? [] : ['--require', './dist/shared/telemetry/register.js']
    const child = spawn(process.execPath, [...preload, `./dist/services/${key}/main.js`], {
      cwd: packageRoot(),
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const collect = (chunk: Buffer) => outputs.set(key, (outputs.get(key) ?? '') + chunk.toString())
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    let isGone = false
    // Closed, all that it has printed has been read; at its exit that may still be to come.
    const exited = new Promise<ExitOutcome>((resolve) => {
      child.once('close', (code, signal) => {
        isGone = true
        resolve({ code, signal })
      })
    })
    running.set(key, { child, exited })
    // An exit is told at once, and ends the wait, which would keep the test's own process from ending.
    const isReady = async () => isGone || (await fetch(`${urlOf(key)}/health/ready`)).ok
    await Promise.race([
      eventually(`${key} is ready`, isReady, READY_WITHIN_MS),
      exited.then(() => Promise.reject(new Error(`${key} exited: ${outputs.get(key)}`))),
    ])
  }

  async function kill(key: ServiceKey, signal: NodeJS.Signals): Promise<ExitOutcome> {
    const { child, exited } = runningOf(key)
    child.kill(signal)
    return exited
  }

  function runningOf(key: ServiceKey): Running {
    const found = running.get(key)
    if (found === undefined) throw new Error(`${key} was not started`)
    return found
  }

  try {
    await Promise.all(keys.map(start))
  } catch (error) {
    // Children left behind would keep the test's own process from ending.
    for (const { child } of running.values()) child.kill('SIGKILL')
    throw error
  }
  return {
    url: urlOf('gateway'),
    dataDir,
    env: environment,
    urlOf,
    pidOf: (key) => runningOf(key).child.pid as number,
    output: (key) => outputs.get(key) ?? '',
    start,
    kill,
    async stop() {
      const outcomes = await Promise.all(keys.map((key) => kill(key, 'SIGTERM')))
      await rm(dataDir, { recursive: true, force: true })
      return Object.fromEntries(keys.map((key, index) => [key, outcomes[index] as ExitOutcome]))
    },
  }
}

/** The environment without what a developer's own shell may have set for a mesh. */
function inheritedEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(currentEnvironment()).filter(
      ([name]) =>
        !/^(OTEL_|CX_|OPENAI_|QUEUE_|RABBITMQ_|EVENTS?(?:_|$)|LOG_|NODE_OPTIONS$|NODE_TEST_CONTEXT$)|_PORT$|_SERVICE_URL$/.test(
          name,
        ),
    ),
  )
}
