import { renderDataprimeDocs } from './dataprime-docs'
import { renderEnvExample } from './env-example'
import { renderErrorDocs } from './error-docs'
import { renderTelemetryDocs } from './telemetry-docs'

/** Files that are written from code, by path from the package root. A test fails when one is stale. */
export const GENERATED_FILES: Readonly<Record<string, () => string>> = {
  '.env.example': renderEnvExample,
  'docs/telemetry.md': renderTelemetryDocs,
  'docs/errors.md': renderErrorDocs,
  'docs/dataprime.md': renderDataprimeDocs,
}
