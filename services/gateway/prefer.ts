import type { IncomingHttpHeaders } from 'node:http'

/** `respond-async` of RFC 7240, as it is asked for in `Prefer` and confirmed in `Preference-Applied`. */
export const RESPOND_ASYNC = 'respond-async'

/** One preference: a token, then perhaps a value and parameters, either of which may be quoted. */
const PREFERENCE = /\s*([!#$%&'*+.^_`|~\w-]+)((?:"(?:[^"\\]|\\.)*"|[^",])*)(?:,|$)/y

/** Whether the client asked for `preference`, a lower-case token; preferences that make no sense are ignored. */
export function prefers(preference: string, headers: IncomingHttpHeaders): boolean {
  const header = headers.prefer
  if (header === undefined) return false
  const text = Array.isArray(header) ? header.join(',') : header
  const names = [...text.matchAll(new RegExp(PREFERENCE, 'gy'))].map(([, name = '']) => name.toLowerCase())
  return names.includes(preference)
}
