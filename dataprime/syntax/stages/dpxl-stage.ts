/** DPXL: one condition on single records, without a pipeline. */

import * as problem from '../../diagnostics/codes'
import { insertText, withFix } from '../../diagnostics/diagnostic'
import type { DpxlStage, Query } from '../../tree/ast'
import { parseExpression } from '../expression-parser'
import { rangeOf, type TokenStream } from '../token-stream'
import type { Token } from '../tokens'

/** The only version of the expression language there is. */
const VERSION = 'v1'

/** Whether the text begins with the version of the expression language, in angle brackets. */
export function atDpxl(s: TokenStream): boolean {
  return startsDpxl([s.token, s.peek(1), s.peek(2)])
}

/** The same for the first tokens of a text. */
export function startsDpxl([open, version, close]: readonly Token[]): boolean {
  return open?.kind === '<' && isVersion(version) && close?.kind === '>'
}

function isVersion(token: Token | undefined): boolean {
  return token?.kind === 'name' && /^v[0-9]+$/.test(token.text)
}

/** Dpxl = "<" "v1" ">" Expression; a version that is missing is reported and taken to be the one there is. */
export function parseDpxlQuery(s: TokenStream): Query {
  const { start } = s.token
  const version = parseVersion(s)
  const keywordRange = s.rangeFrom(start)
  const predicate = parseExpression(s)
  if (s.at('|')) s.fail(problem.dpxlPipe(rangeOf(s.token)))
  else if (!s.at('end')) s.failUnexpected(null)
  const range = { start, end: Math.max(keywordRange.end, predicate.range.end) }
  while (!s.at('end')) s.advance()
  const stage: DpxlStage = { kind: 'DpxlStage', version, predicate, range, keywordRange }
  return { kind: 'Query', stages: [stage], range: s.rangeFrom(start) }
}

function parseVersion(s: TokenStream): string {
  if (!atDpxl(s)) {
    const { start } = s.token
    const missing = problem.dpxlVersionMissing({ start, end: start }, VERSION)
    s.warn(withFix(missing, `begin with <${VERSION}>`, insertText(start, `<${VERSION}> `)))
    return VERSION
  }
  s.advance()
  const version = s.advance()
  s.advance()
  if (version.text !== VERSION) s.warn(problem.dpxlVersion(rangeOf(version), version.text, VERSION))
  return version.text
}
