import { errorCatalogue } from '#shared/errors'
import { code, table } from './markdown'

const HEADER = `# Errors

Every error leaves as \`application/problem+json\` (RFC 9457) with a stable \`code\`. Clients act on the code.
Written by \`npm run generate\` from \`shared/errors/error-catalogue.ts\`.
`

/** The text of `docs/errors.md`. */
export function renderErrorDocs(): string {
  const rows = Object.entries(errorCatalogue).map(([name, { status, title, retryable }]) => [
    code(name),
    String(status),
    title,
    retryable ? 'yes' : 'no',
  ])
  return `${HEADER}\n${table(['code', 'status', 'title', 'the same request may succeed later'], rows)}\n`
}
