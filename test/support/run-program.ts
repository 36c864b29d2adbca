import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { packageRoot } from '#shared/config'

export interface ProgramOutcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** Runs a compiled program of ours to its end. */
export async function runProgram(
  program: string,
  args: readonly string[],
  environment: Environment,
): Promise<ProgramOutcome> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: packageRoot(),
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, stdout, stderr }
}

export interface InspectorProcess {
  readonly url: string
  readonly port: string
  stop(): Promise<void>
}

/** The trace inspector as a child process on a free port. */
export async function startInspectorProcess(): Promise<InspectorProcess> {
  const child = spawn(process.execPath, ['./dist/inspector/main.js'], {
    cwd: packageRoot(),
    env: { INSPECTOR_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line.toString()) ?? []
  if (url === undefined) throw new Error(`the inspector did not say where it listens: ${line}`)
  return {
    url,
    port: new URL(url).port,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
