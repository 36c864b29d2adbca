import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { currentEnvironment, packageRoot } from '#shared/config'
import { MEMBERS, type Member, portVariableOf } from '../mesh/members'
import { freePort } from '../supervisor/testing/free-port'
import { until } from '../supervisor/testing/until'

/** What a fake member does; each is the body of its `main.js`. */
export const BEHAVIOURS = {
  /** Listens, is ready at once, ends on SIGTERM; `GET /die` ends it with exit code 3. */
  sound: `
    process.on('SIGTERM', () => process.exit(0))
    createServer((request, response) => {
      if (request.url === '/die') process.exit(3)
      response.end('{"status":"healthy","uptime_s":1}')
    }).listen(port, '127.0.0.1', () => console.log('up'))`,
  /** Is sound until `GET /die`, and from then on dies at every start. */
  mortal: `
    const { existsSync, writeFileSync } = require('node:fs')
    const grave = __filename + '.grave'
    if (existsSync(grave)) process.exit(3)
    process.on('SIGTERM', () => process.exit(0))
    createServer((request, response) => {
      if (request.url === '/die') {
        writeFileSync(grave, '')
        process.exit(3)
      }
      response.end('{"status":"healthy","uptime_s":1}')
    }).listen(port, '127.0.0.1')`,
  /** Listens, and does not end on SIGTERM. */
  stubborn: `
    process.on('SIGTERM', () => console.log('not now'))
    createServer((request, response) => response.end()).listen(port, '127.0.0.1')`,
  /** Listens, and is never ready. */
  unready: `
    createServer((request, response) => {
      response.statusCode = 503
      response.end()
    }).listen(port, '127.0.0.1')`,
  misconfigured: `
    console.error('QUEUE_URL: expected a URL (found "x")')
    process.exit(78)`,
} as const

export interface FakeCheckout {
  readonly root: string
  /** Ports of the members, chosen free. */
  readonly ports: Readonly<Record<Member, number>>
  /** Runs a compiled command of the checkout. */
  run(script: string, args?: readonly string[], environment?: Record<string, string>): RunningCommand
}

export interface RunningCommand {
  readonly process: ChildProcess
  readonly pid: number
  stdout(): string
  stderr(): string
  /** Waits until the output, both kinds together, matches. */
  prints(pattern: RegExp): Promise<void>
  exit(): Promise<number | NodeJS.Signals>
}

/**
 * A checkout in a folder of its own: the commands are the real ones, the members are fakes without any
 * dependency. Whatever still runs when the test ends is killed.
 */
export async function createFakeCheckout(
  t: TestContext,
  behaviours: Partial<Record<Member, keyof typeof BEHAVIOURS>> = {},
): Promise<FakeCheckout> {
  const real = packageRoot()
  const root = mkdtempSync(path.join(tmpdir(), 'checkout-'))
  for (const part of ['package.json', 'dist/scripts', 'dist/shared']) {
    cpSync(path.join(real, part), path.join(root, part), { recursive: true })
  }
  symlinkSync(path.join(real, 'node_modules'), path.join(root, 'node_modules'))
  writeFileSync(path.join(root, 'dist/shared/telemetry/register.js'), '')
  for (const member of MEMBERS) writeMember(root, member, behaviours[member] ?? 'sound')

  const ports = {} as Record<Member, number>
  for (const member of MEMBERS) ports[member] = await freePort()
  const started: RunningCommand[] = []
  t.after(async () => {
    for (const command of started) command.process.kill('SIGKILL')
    await Promise.all(started.map((command) => command.exit()))
    rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  })
  return {
    root,
    ports,
    run(script, args = [], environment = {}) {
      const program = path.join(root, 'dist', 'scripts', script)
      const command = runNode([program, ...args], { ...environmentFor(ports), ...environment })
      started.push(command)
      return command
    },
  }
}

function writeMember(root: string, member: Member, behaviour: keyof typeof BEHAVIOURS): void {
  const folder =
    member === 'inspector' ? path.join(root, 'dist/inspector') : path.join(root, 'dist/services', member)
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    path.join(folder, 'main.js'),
    `const { createServer } = require('node:http')
     const { currentEnvironment } = require('#shared/config')
     const port = Number(currentEnvironment().${portVariableOf(member)})
     ${BEHAVIOURS[behaviour]}`,
  )
}

/**
 * Nothing of the environment the tests run in but what a process needs to run at all; and time to stop, so that on a
 * busy machine nothing is killed that was about to end.
 */
function environmentFor(ports: Readonly<Record<Member, number>>): Record<string, string> {
  const { PATH = '', HOME = '' } = currentEnvironment()
  const variables = MEMBERS.map((member) => [portVariableOf(member), String(ports[member])])
  return { PATH, HOME, SHUTDOWN_TIMEOUT_MS: '60000', ...Object.fromEntries(variables) }
}

function runNode(args: readonly string[], environment: Record<string, string>): RunningCommand {
  const child = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr += text
  })
  const closed = once(child, 'close').then(([code, signal]) => code ?? signal)
  return {
    process: child,
    pid: child.pid ?? Number.NaN,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    prints: async (pattern) => {
      const isPrinted = () => pattern.test(output.stdout + output.stderr)
      await until(() => isPrinted() || child.exitCode !== null)
      if (!isPrinted())
        throw new Error(`ended without printing ${pattern}:\n${output.stdout}${output.stderr}`)
    },
    exit: () => closed,
  }
}
