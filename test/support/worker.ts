import { spawn } from 'node:child_process'
import { packageRoot } from '#shared/config'
import { eventually } from './eventually'
import type { ExitOutcome, Mesh } from './mesh'

export interface WorkerProcess {
  readonly pid: number
  /** Of its health, stats and metrics. */
  readonly url: string
  /** Everything it has printed. */
  output(): string
  /** Sends a signal and resolves when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<ExitOutcome>
}

/** `npm run worker` for a mesh, once it takes messages. */
export async function startWorker(mesh: Pick<Mesh, 'env'>, args: readonly string[]): Promise<WorkerProcess> {
  const program = ['--require', './dist/shared/telemetry/register.js', './dist/scripts/worker.js']
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: packageRoot(),
    env: { ...mesh.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const collect = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const exited = new Promise<ExitOutcome>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  await Promise.race([
    eventually('the worker is ready', () => output.includes('service is ready'), 60_000),
    exited.then(() => Promise.reject(new Error(`the worker exited: ${output}`))),
  ])
  const [, port] = /"port":(\d+)/.exec(output) ?? []
  return {
    pid: child.pid as number,
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    kill(signal) {
      child.kill(signal)
      return exited
    },
  }
}
