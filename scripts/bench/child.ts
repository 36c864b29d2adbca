import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { freePorts } from '../../test/support/free-ports'

export interface ServerChild {
  readonly url: string
  stop(): void
}

/** Starts one of the benchmark's own servers on a free port; it says `ready` over IPC. */
export async function startServerChild(
  script: 'otlp-sink' | 'bare-express' | 'processing-stub',
): Promise<ServerChild> {
  const [port] = (await freePorts(1)) as [number]
  const child: ChildProcess = spawn(process.execPath, [path.join(__dirname, `${script}.js`), String(port)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  await once(child, 'message')
  return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill('SIGKILL') }
}
