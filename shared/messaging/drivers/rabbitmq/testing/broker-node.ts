import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { currentEnvironment } from '#shared/config'
import { freePorts } from '../../../../../test/support/free-ports'
import { withBroker } from './real-broker'

const SERVER = 'rabbitmq-server'
const BOOT_TIMEOUT_MS = 150_000
const STOP_TIMEOUT_MS = 30_000
/** One that has just opened its port may say nothing to those who come then; the next is answered. */
const ANSWER_TIMEOUT_MS = 5_000

/** Why no broker of one's own can be started, to skip tests with; false when one can. */
export function whyNoOwnBroker(): string | false {
  if (spawnSync('sh', ['-c', `command -v ${SERVER}`]).status !== 0) return `${SERVER} is not installed`
  const { status, stdout } = spawnSync('id', ['-u', 'rabbitmq'], { encoding: 'utf8' })
  const isAllowed = status === 0 && [0, Number(stdout.trim())].includes(process.getuid?.() ?? -1)
  return isAllowed ? false : `${SERVER} can only be run by root or rabbitmq`
}

/**
 * A RabbitMQ node of a test's own, beside any that runs on the machine: own name, ports and folder. It can be
 * stopped, killed and started again on the same data.
 */
export class BrokerNode {
  readonly url: string
  readonly #folder: string
  readonly #environment: Record<string, string>
  #process: ChildProcess | undefined

  private constructor(folder: string, ports: readonly number[]) {
    const [port, distributionPort] = ports
    this.#folder = folder
    this.url = `amqp://guest:guest@127.0.0.1:${port}`
    writeFileSync(path.join(folder, 'enabled_plugins'), '[].')
    writeFileSync(
      path.join(folder, 'rabbitmq.conf'),
      [`listeners.tcp.local = 127.0.0.1:${port}`, 'disk_free_limit.absolute = 50MB', ''].join('\n'),
    )
    this.#environment = {
      RABBITMQ_NODENAME: `mesh-test-${port}@localhost`,
      RABBITMQ_DIST_PORT: String(distributionPort),
      RABBITMQ_CONFIG_FILE: path.join(folder, 'rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: path.join(folder, 'enabled_plugins'),
      RABBITMQ_MNESIA_BASE: path.join(folder, 'data'),
      RABBITMQ_LOG_BASE: path.join(folder, 'log'),
      RABBITMQ_PID_FILE: path.join(folder, 'pid'),
      // One scheduler is plenty, and several only get into each other's way on a small machine.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1',
    }
  }

  /** A node that runs and answers. */
  static async start(): Promise<BrokerNode> {
    const folder = mkdtempSync(path.join(tmpdir(), 'mesh-broker-'))
    // The node runs as rabbitmq, whoever runs the test.
    chmodSync(folder, 0o777)
    const node = new BrokerNode(folder, await freePorts(2))
    // Also when the test process ends before its time.
    process.once('exit', () => node.#signal('SIGKILL'))
    await node.boot()
    return node
  }

  /** Starts it, on what it had. */
  async boot(): Promise<void> {
    rmSync(path.join(this.#folder, 'pid'), { force: true })
    const environment = { ...currentEnvironment(), ...this.#environment }
    this.#process = spawn(SERVER, [], { env: environment, stdio: 'ignore' })
    const deadline = performance.now() + BOOT_TIMEOUT_MS
    while (!(await this.#answers())) {
      if (performance.now() > deadline) throw new Error(`the broker did not start: ${this.#lastWords()}`)
      await setTimeout(50)
    }
  }

  #answers(): Promise<boolean> {
    return withBroker(this.url, async () => {}, ANSWER_TIMEOUT_MS).then(
      () => true,
      () => false,
    )
  }

  #lastWords(): string {
    const log = path.join(this.#folder, 'log')
    return existsSync(log) ? spawnSync('sh', ['-c', `tail -n 5 ${log}/*`], { encoding: 'utf8' }).stdout : ''
  }

  /** Ends it in order, as an operator does. */
  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  /** Ends it at once, as a lack of power does. */
  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null) return
    const exited = once(child, 'exit')
    this.#signal(signal)
    const limit = new AbortController()
    await Promise.race([
      exited,
      setTimeout(STOP_TIMEOUT_MS, undefined, { signal: limit.signal }).then(() => {
        throw new Error('the broker did not end')
      }),
    ])
    limit.abort()
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    const pidFile = path.join(this.#folder, 'pid')
    const isRunning = this.#process !== undefined && this.#process.exitCode === null
    if (isRunning && existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, 'utf8')), signal)
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
