import type { IncomingMessage, ServerResponse } from 'node:http'

/** What the preloaded SDK offers to the rest of the process. */
export interface TelemetryRuntime {
  /** Flushes what is left and stops. Never rejects, and takes `timeoutMs` at most, 3 s unless told otherwise. */
  shutdown(timeoutMs?: number): Promise<void>
  /** Answers with all metrics in the Prometheus text format. */
  handleMetrics(request: IncomingMessage, response: ServerResponse): void
}

/** An exporter that started or stopped failing. */
export interface ExportStatus {
  readonly signal: 'traces' | 'metrics'
  readonly exporter: string
  readonly failing: boolean
  readonly reason?: string
}

type ExportListener = (status: ExportStatus) => void

let runtime: TelemetryRuntime | undefined
let listener: ExportListener | undefined
const statuses = new Map<string, ExportStatus>()

export function setTelemetryRuntime(started: TelemetryRuntime): void {
  runtime = started
}

/** The running SDK, undefined in a process that was started without `register`. */
export function telemetryRuntime(): TelemetryRuntime | undefined {
  return runtime
}

export function reportExportStatus(status: ExportStatus): void {
  // Both signals may go to one address.
  const key = `${status.signal} ${status.exporter}`
  if ((statuses.get(key)?.failing ?? false) === status.failing) return
  statuses.set(key, status)
  listener?.(status)
}

/** Calls `onChange` whenever an exporter starts or stops failing, at once for those that fail already. */
export function observeExportStatus(onChange: ExportListener): void {
  listener = onChange
  for (const status of statuses.values()) if (status.failing) onChange(status)
}

/** Exporters that fail at the moment. */
export function failingExporters(): readonly ExportStatus[] {
  return [...statuses.values()].filter((status) => status.failing)
}
