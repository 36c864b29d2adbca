import type { TraceState } from '@opentelemetry/api'

const MEMBERS_MAX = 32

/**
 * W3C Trace Context level 2, section 3.3.1.3.1: a simple key is up to 256 characters; `tenant@system` is up
 * to 241 and 14. Lower-case letters, digits and `_ - * /` are the only characters beside that one `@`.
 */
const SIMPLE_KEY = /^[a-z0-9][a-z0-9_\-*/]{0,255}$/
const MULTI_TENANT_KEY = /^[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13}$/

/** Up to 256 printable ASCII characters without `,` and `=`, the last one not a blank. */
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

type Member = readonly [key: string, value: string]

function isLegalMember([key, value]: Member): boolean {
  return (SIMPLE_KEY.test(key) || MULTI_TENANT_KEY.test(key)) && VALUE.test(value)
}

/** An immutable list of `tracestate` members, most recent first. */
class MemberList implements TraceState {
  readonly #members: readonly Member[]

  constructor(members: readonly Member[]) {
    this.#members = members
  }

  get(key: string): string | undefined {
    return this.#members.find(([name]) => name === key)?.[1]
  }

  /** An illegal member changes nothing; a member too many pushes out the oldest (section 3.3.1.5). */
  set(key: string, value: string): TraceState {
    const member: Member = [key, value]
    if (!isLegalMember(member)) return this
    const others = this.#members.filter(([name]) => name !== key)
    return new MemberList([member, ...others].slice(0, MEMBERS_MAX))
  }

  unset(key: string): TraceState {
    return new MemberList(this.#members.filter(([name]) => name !== key))
  }

  serialize(): string {
    return this.#members.map(([key, value]) => `${key}=${value}`).join(',')
  }
}

/**
 * Reads `tracestate` strictly: one illegal member or a member too many makes the whole header unusable and
 * the answer is undefined. Empty members and blanks around members are allowed, and a key that occurs twice
 * is passed on as it came, because which of the two counts is its vendor's business.
 */
export function parseTraceState(header: string): TraceState | undefined {
  const members: Member[] = []
  for (const part of header.split(',')) {
    const text = trimOptionalWhitespace(part)
    if (text === '') continue
    const separator = text.indexOf('=')
    if (separator < 0) return undefined
    const member: Member = [text.slice(0, separator), text.slice(separator + 1)]
    if (!isLegalMember(member)) return undefined
    members.push(member)
    if (members.length > MEMBERS_MAX) return undefined
  }
  return members.length === 0 ? undefined : new MemberList(members)
}

/** OWS of the ABNF is blank and tab only; `trim` would also eat characters that make a member illegal. */
function trimOptionalWhitespace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text, start)) start++
  while (end > start && isBlank(text, end - 1)) end--
  return text.slice(start, end)
}

function isBlank(text: string, index: number): boolean {
  return text[index] === ' ' || text[index] === '\t'
}
