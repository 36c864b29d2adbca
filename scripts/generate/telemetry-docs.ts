import { ATTRIBUTES, ROOT_SPANS, SPANS } from '#shared/telemetry'
import { code, table } from './markdown'

const HEADER = `# Telemetry

Every span and attribute name of the mesh. Written by \`npm run generate\` from \`shared/telemetry/names.ts\`,
the only place where names are written down.
`

/** The text of `docs/telemetry.md`. */
export function renderTelemetryDocs(): string {
  const roots = Object.entries(ROOT_SPANS).map(([route, name]) => [code(name), code(route)])
  const spans = Object.values(SPANS).map((name) => [code(name), name.split('.')[0] as string])
  const attributes = (origin: 'semconv' | 'mesh') =>
    Object.values(ATTRIBUTES)
      .filter((attribute) => attribute.origin === origin)
      .map(({ name, brief }) => [code(name), brief])
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
    '',
  ].join('\n')
}
