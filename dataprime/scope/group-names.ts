import type { CallExpression } from '../tree/ast'

/**
 * The names of the groups of a regular expression that `regexp` is called with, which are the keys of what
 * it extracts. Undefined for any other extractor, and for a pattern that is not written out.
 */
export function groupNamesOf({ name, arguments: list }: CallExpression): readonly string[] | undefined {
  const pattern = list[0]?.value
  if (name !== 'regexp' || pattern?.kind !== 'RegexLiteral') return undefined
  return [...pattern.pattern.matchAll(NAMED_GROUP)].map(([, group]) => group as string)
}

/** The second spelling is that of other dialects; a backslash takes the next character out of the running. */
const NAMED_GROUP = /(?<!\\)(?:\\\\)*\(\?P?<([A-Za-z_]\w*)>/g
