import { ATTRIBUTES, METRICS, ROOT_SPANS, SPANS } from '#shared/telemetry'
import { code, table } from './markdown'

const HEADER = `# Telemetry

Every span, attribute and metric name of the mesh. Written by \`npm run generate\` from \`shared/telemetry/names.ts\`,
the only place where names are written down.
`

const METRICS_NOTE = `What the mesh records itself; the instrumentations of HTTP and of the runtime add theirs. At \`/metrics\`
dots are underscores, and a counter ends in \`_total\`. Histograms that are pushed over OTLP are exponential.`

/** The text of `docs/telemetry.md`. */
export function renderTelemetryDocs(): string {
  const roots = Object.entries(ROOT_SPANS).map(([route, name]) => [code(name), code(route)])
  const spans = Object.values(SPANS).map((name) => [code(name), name.split('.')[0] as string])
  const attributes = (origin: 'semconv' | 'mesh') =>
    Object.values(ATTRIBUTES)
      .filter((attribute) => attribute.origin === origin)
      .map(({ name, brief }) => [code(name), brief])
  const metrics = Object.values(METRICS).map(({ name, instrument, unit, brief }) => [
    code(name),
    instrument,
    code(unit),
    brief,
  ])
  return [
    HEADER,
    '## Root spans\n\nThe gateway’s HTTP server span under another name; it keeps its `http.*` attributes.\n',
    table(['span', 'request'], roots),
    '\n## Spans of our own\n\nHTTP client and server spans lie between them.\n',
    table(['span', 'service'], spans),
    '\n## Attributes of the semantic conventions\n',
    table(['attribute', 'brief'], attributes('semconv')),
    '\n## Attributes of our own\n',
    table(['attribute', 'brief'], attributes('mesh')),
    `\n## Metrics\n\n${METRICS_NOTE}\n`,
    table(['metric', 'instrument', 'unit', 'brief'], metrics),
    '',
  ].join('\n')
}
