/** Keypaths: a namespace or a name, and the steps down from it. */

import { FIELDS, type Field } from '../catalogue/fields'
import * as problem from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import { isBareName, printExpression, printString } from '../format/print'
import type { Expression, Keypath, Namespace, Segment, TextRange } from '../tree/ast'
import { isMethodCall, missing, parseNested } from './expression-parser'
import { isNumeric, parseNumeric, warnDoubleQuotes } from './literal-parser'
import { rangeOf, type TokenStream } from './token-stream'

/** Steps down from an expression; from a keypath, also one in parentheses, they make a longer keypath. */
export function parseMembers(s: TokenStream, start: number, object: Expression): Expression {
  const segments = parseSegments(s)
  const range = s.rangeFrom(start)
  if (object.kind === 'Keypath') {
    return {
      kind: 'Keypath',
      namespace: object.namespace,
      segments: [...object.segments, ...segments],
      range,
    }
  }
  let node = object
  for (const segment of segments) {
    node = { kind: 'MemberExpression', object: node, segment, range: { start, end: segment.range.end } }
  }
  return node
}

/** Segments = { "." name | "." string | "[" string "]" | "[" Expression "]" }, up to a method call. */
function parseSegments(s: TokenStream, methodsEnd = true): readonly Segment[] {
  const segments: Segment[] = []
  for (;;) {
    if (s.at('[')) segments.push(parseIndex(s))
    else if (s.at('.') && !(methodsEnd && isMethodCall(s))) {
      const segment = parseKey(s)
      if (segment !== undefined) segments.push(segment)
    } else return segments
  }
}

/** Key = "." (name | string) */
function parseKey(s: TokenStream): Segment | undefined {
  const { start } = s.advance()
  const { kind, value } = s.token
  if (kind === 'name' || kind === 'string') {
    const key = s.advance()
    if (kind === 'string') {
      const written = `[${printString(value)}]`
      const form = problem.undocumentedForm(rangeOf(key), 'a quoted key after a dot', `use ${written}`)
      s.warn(withFix(form, `use ${written}`, replaceText(s.rangeFrom(start), written)))
    }
    return { kind: 'NameSegment', name: value, range: s.rangeFrom(start) }
  }
  if (kind === 'number' && /^[0-9]+$/.test(value)) return parseDottedIndex(s, start)
  s.fail(problem.expectedKey(s.here(), s.found()))
  // A number after a dot is meant as a key; anything else is left for whoever can use it.
  if (isNumeric(kind) || kind === 'namespace') s.advance()
  return undefined
}

/** items.0, with the cursor at the number. */
function parseDottedIndex(s: TokenStream, start: number): Segment {
  const diagnostic = problem.expectedKey(s.here(), s.found())
  const index = parseNumeric(s)
  const range = s.rangeFrom(start)
  const written = `[${s.slice(index.range.start, index.range.end)}]`
  s.warn(withFix(diagnostic, `use ${written}`, replaceText(range, written)))
  return { kind: 'IndexSegment', index, range }
}

function parseIndex(s: TokenStream): Segment {
  const { start } = s.token
  if (s.peek(1).kind === 'string' && s.peek(2).kind === ']') {
    s.advance()
    const key = s.advance()
    s.advance()
    warnDoubleQuotes(s, key)
    return { kind: 'NameSegment', name: key.value, range: s.rangeFrom(start) }
  }
  const index = parseNested(s, ']') ?? missing(s)
  return { kind: 'IndexSegment', index, range: s.rangeFrom(start) }
}

const NAMESPACE_WORDS: ReadonlyMap<string, Namespace> = new Map([
  ['$d', '$d'],
  ['$data', '$d'],
  ['$m', '$m'],
  ['$metadata', '$m'],
  ['$l', '$l'],
  ['$labels', '$l'],
  ['$p', '$p'],
])

/** What people write for the namespaces, in lower case. */
const NAMESPACE_SLIPS: ReadonlyMap<string, Namespace> = new Map([
  ...[...NAMESPACE_WORDS].map(([word, namespace]) => [word, namespace] as const),
  ['$meta', '$m'],
  ['$label', '$l'],
  ['$params', '$p'],
  ['$parameters', '$p'],
  ['$userdata', '$d'],
  ['$user_data', '$d'],
  ['$log', '$d'],
])

/** The metadata or label that a name behind a dollar sign means: `$timestamp`, `$severity`. */
function fieldMeant(text: string): Field | undefined {
  if (text.length > LONGEST_FIELD) return undefined
  const name = text.slice(1).toLowerCase()
  return FIELDS.logs.find((field) => field.name.toLowerCase() === name)
}

const LONGEST_FIELD = 40

/** Keypath = (namespace | name) Segments, with the cursor at the namespace or name. */
export function parseKeypathFrom(s: TokenStream, methodsEnd = true): Keypath {
  const token = s.advance()
  const segments: Segment[] = []
  let namespace: Namespace | null = null
  if (token.kind === 'namespace') {
    namespace = NAMESPACE_WORDS.get(token.text) ?? null
    const field = namespace === null ? fieldMeant(token.text) : undefined
    if (field !== undefined) {
      const written = `${field.namespace}.${field.name}`
      const diagnostic = problem.unknownNamespace(rangeOf(token), token.text)
      s.warn(withFix(diagnostic, `use ${written}`, replaceText(rangeOf(token), written)))
      namespace = field.namespace
      segments.push({ kind: 'NameSegment', name: field.name, range: rangeOf(token) })
    } else if (namespace === null) {
      namespace = NAMESPACE_SLIPS.get(token.text.toLowerCase()) ?? '$d'
      const diagnostic = problem.unknownNamespace(rangeOf(token), token.text)
      const meant = NAMESPACE_SLIPS.has(token.text.toLowerCase())
      s.warn(
        meant ? withFix(diagnostic, `use ${namespace}`, replaceText(rangeOf(token), namespace)) : diagnostic,
      )
    }
  } else {
    // A name such as `größe` or, where only a keypath can stand, `ERROR` is printed with the namespace it implies.
    if (!isBareName(token.text)) namespace = '$d'
    segments.push({ kind: 'NameSegment', name: token.text, range: rangeOf(token) })
  }
  for (const segment of parseSegments(s, methodsEnd)) segments.push(segment)
  return { kind: 'Keypath', namespace, segments, range: s.rangeFrom(token.start) }
}

/** A keypath where nothing else may stand. A missing one is reported and has neither namespace nor segments. */
export function parseKeypath(s: TokenStream): Keypath {
  if (s.at('name') || s.at('namespace')) return parseKeypathFrom(s, false)
  if (s.at('string')) {
    const token = s.advance()
    return unquotedKeypath(s, { value: token.value, range: rangeOf(token) })
  }
  s.fail(problem.expectedKeypath(s.here(), s.found()))
  return missingKeypath(s)
}

/** A name in quotes, where a keypath stands; one that is no identifier keeps them, in brackets. */
export function unquotedKeypath(
  s: TokenStream,
  { value, range }: { readonly value: string; readonly range: TextRange },
): Keypath {
  const found = s.slice(range.start, range.end)
  const diagnostic = problem.expectedKeypath(range, found, 'a name is written without quotes')
  const segment = { kind: 'NameSegment', name: value, range } as const
  const namespace = isBareName(value) ? null : '$d'
  const keypath: Keypath = { kind: 'Keypath', namespace, segments: [segment], range }
  const written = printExpression(keypath)
  s.warn(withFix(diagnostic, `use ${written}`, replaceText(range, written)))
  return keypath
}

export function missingKeypath(s: TokenStream): Keypath {
  return { kind: 'Keypath', namespace: null, segments: [], range: missing(s).range }
}
