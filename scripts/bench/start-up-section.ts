import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { currentEnvironment, packageRoot, SERVICE_KEYS, SERVICES } from '#shared/config'
import { freePorts } from '../../test/support/free-ports'
import { type Measurement, milliseconds } from './report'

const run = promisify(execFile)

/** From the start command (installed and built) to all six healthy; the fastest of three, as caches warm up. */
export async function measureStartUp(): Promise<Measurement> {
  const ports = await freePorts(SERVICE_KEYS.length + 1)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'mesh-bench-'))
  const env = {
    ...currentEnvironment(),
    ...Object.fromEntries(
      SERVICE_KEYS.map((key, index) => [SERVICES[key].portVariable, String(ports[index])]),
    ),
    INSPECTOR_PORT: String(ports.at(-1)),
    DATA_DIR: dataDir,
  }
  const script = (name: string) => path.join(packageRoot(), 'scripts', name)
  const timesMs: number[] = []
  try {
    for (let index = 0; index < 3; index++) {
      const startedAt = performance.now()
      await run('bash', [script('start.sh'), '--detach'], { env })
      timesMs.push(performance.now() - startedAt)
      await run('bash', [script('stop.sh')], { env })
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
  return {
    what: 'start command to all six healthy, inspector included',
    measured: `${milliseconds(Math.min(...timesMs))} (${timesMs.map((ms) => Math.round(ms)).join(', ')})`,
    figure: '≤ 3 s',
    ceiling: '',
  }
}
