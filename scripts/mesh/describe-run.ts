import { processIdentity } from '../supervisor/process-identity'
import type { Member } from './members'
import { localUrl, type MeshConfig, portOf } from './mesh-config'
import type { ReadySummary } from './ready-summary'
import type { RunRecord } from './run-record'
import type { TraceDestination } from './trace-destination'

/** What is known of one running child. */
export interface RunningMember {
  readonly name: string
  readonly pid: number | undefined
  readonly restarts: number
}

export interface DescribedRun {
  readonly config: MeshConfig
  readonly members: readonly Member[]
  readonly traces: TraceDestination
  readonly log: string | null
}

export function toRunRecord(
  { config, members, traces, log }: DescribedRun,
  running: readonly RunningMember[],
  startedAt: string,
): RunRecord {
  return {
    pid: process.pid,
    identity: processIdentity(process.pid),
    started_at: startedAt,
    gateway_url: members.includes('gateway') ? localUrl(config, 'gateway') : null,
    inspector_url: traces.inspectorUrl,
    traces: [...traces.lines],
    log,
    members: members.map((name) => {
      const child = running.find((one) => one.name === name)
      return {
        name,
        port: portOf(config, name),
        url: localUrl(config, name),
        restarts: child?.restarts ?? 0,
        ...(child?.pid !== undefined && { pid: child.pid, identity: processIdentity(child.pid) }),
      }
    }),
  }
}

/** @param startMs how long the start took */
export function toReadySummary(run: DescribedRun, startMs: number): ReadySummary {
  const { config, members, traces, log } = run
  return {
    ready: true,
    pid: process.pid,
    start_ms: Math.round(startMs),
    members: members.map((name) => ({ name, url: localUrl(config, name) })),
    gateway_url: members.includes('gateway') ? localUrl(config, 'gateway') : null,
    inspector_url: traces.inspectorUrl,
    traces: traces.lines,
    log,
  }
}
