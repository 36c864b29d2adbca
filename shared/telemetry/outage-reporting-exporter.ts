import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import { reportExportStatus } from './runtime'

/**
 * Tells once when an exporter starts to fail and once when it works again. No collector is a normal state of
 * a developer's machine, so it must neither fill the log nor reach a request.
 */
export class OutageReportingExporter implements SpanExporter {
  constructor(
    private readonly name: string,
    private readonly exporter: SpanExporter,
  ) {}

  export(spans: ReadableSpan[], onResult: (result: ExportResult) => void): void {
    this.exporter.export(spans, (result) => {
      const failing = result.code !== ExportResultCode.SUCCESS
      reportExportStatus({
        exporter: this.name,
        failing,
        ...(result.error !== undefined && { reason: result.error.message }),
      })
      onResult(result)
    })
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush?.() ?? Promise.resolve()
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown()
  }
}
