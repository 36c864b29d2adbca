import { errorCatalogue } from '#shared/errors'

const HEADER = `# Errors

Every error leaves as \`application/problem+json\` (RFC 9457) with a stable \`code\`. Clients act on the code.
Written by \`npm run generate\` from \`shared/errors/error-catalogue.ts\`.

| code | status | title | the same request may succeed later |
|---|---|---|---|
`

/** The text of `docs/errors.md`. */
export function renderErrorDocs(): string {
  const rows = Object.entries(errorCatalogue).map(
    ([code, { status, title, retryable }]) =>
      `| \`${code}\` | ${status} | ${title} | ${retryable ? 'yes' : 'no'} |`,
  )
  return `${HEADER}${rows.join('\n')}\n`
}
