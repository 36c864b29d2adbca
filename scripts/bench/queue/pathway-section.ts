import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { currentEnvironment } from '#shared/config'
import type { Measurement } from '../report'
import type { PathwayCost } from './pathway-cost'

const run = promisify(execFile)

const NS_PER_US = 1_000

/** Messages measured for each millisecond of the measurement. */
const MESSAGES_PER_MS = 10

/** What the pathway of a message costs, without telemetry and with it, beside its whole way through the bus. */
export async function measurePathways({ durationMs }: { durationMs: number }): Promise<Measurement[]> {
  const messages = durationMs * MESSAGES_PER_MS
  const bare = await costIn([], messages)
  const register = path.join(__dirname, '../../../shared/telemetry/register.js')
  const metered = await costIn(['--require', register], messages)
  return [
    {
      what: 'pathway header of a message, written and read',
      measured: `${microseconds(bare.header_ns)}, ${bare.header_bytes} bytes`,
      figure: '',
      ceiling: '',
    },
    toRow('pathway of a message: header and both checkpoints', bare),
    toRow('the same with metrics for /metrics', metered),
  ]
}

function toRow(what: string, { checkpoints_ns, bus_ns }: PathwayCost): Measurement {
  const part = `${((checkpoints_ns / bus_ns) * 100).toFixed(0)} % of its way through the bus`
  return {
    what,
    measured: `${microseconds(checkpoints_ns)}, ${part}`,
    figure: '',
    ceiling: `${microseconds(bus_ns)}: publish, deliver and ack over memory`,
  }
}

/** In a process of its own, because the SDK cannot be had for a part of one. */
async function costIn(preload: readonly string[], messages: number): Promise<PathwayCost> {
  const program = path.join(__dirname, 'pathway-cost.js')
  const env = { ...currentEnvironment(), OTEL_TRACES_EXPORTER: 'none' }
  const { stdout } = await run(process.execPath, [...preload, program, String(messages)], { env })
  return JSON.parse(stdout)
}

function microseconds(nanoseconds: number): string {
  return `${(nanoseconds / NS_PER_US).toFixed(1)} µs`
}
