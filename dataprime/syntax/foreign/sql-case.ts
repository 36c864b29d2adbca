import * as problem from '../../diagnostics/codes'
import { replaceText, withFix } from '../../diagnostics/diagnostic'
import { printExpression } from '../../format/print'
import type { CaseArm, Expression } from '../../tree/ast'
import { isWord, type TokenStream } from '../token-stream'

/** Tokens between `case` and `when` that are looked at: a subject is a field or a short expression. */
const SUBJECT_TOKENS_MAX = 12

/** Whether `case when …` or `case subject when …` stands at the cursor. */
export function atSqlCase(s: TokenStream): boolean {
  if (!isWord(s.token, 'case')) return false
  const next = s.peek()
  if (isWord(next, 'when')) return true
  if (!s.canStartOperand(next) || next.kind === '{' || next.kind === '(' || next.kind === '[') return false
  for (let ahead = 2; ahead <= SUBJECT_TOKENS_MAX; ahead++) {
    const token = s.peek(ahead)
    if (isWord(token, 'when')) return true
    if (token.kind === '|' || token.kind === 'end' || token.kind === ',') return false
  }
  return false
}

/**
 * SqlCase = "case" [ Subject ] { "when" Expression "then" Expression } [ "else" Expression ] "end"
 *
 * Read as `case { … }`, or as `case_equals { subject, … }` when there is a subject.
 */
export function parseSqlCase(s: TokenStream, parseExpression: (s: TokenStream) => Expression): Expression {
  const start = s.token.start
  const found = { start, end: s.peek().end }
  if (!s.enter()) return { kind: 'MissingExpression', range: found }
  s.advance()
  const outer = s.ends
  s.ends = 0
  const { result, held } = s.capture(() => parseParts(s, parseExpression))
  const { subject, arms, complete } = result
  s.ends = outer
  s.leave()
  // Written anew, the case has none of the forms any more that its parts had.
  if (!complete) s.release(held)
  const range = s.rangeFrom(start)
  const form = subject === null ? 'case' : 'case_equals'
  const node: Expression = { kind: 'CaseExpression', form, subject, arms, range }
  const diagnostic = problem.sqlCase(found)
  const title = `use ${form} { … -> …, _ -> … }`
  s.warn(complete ? withFix(diagnostic, title, replaceText(range, printExpression(node))) : diagnostic)
  if (!complete) skipToEnd(s)
  return node
}

/** The parts of a case; `complete` when nothing was missing. */
interface SqlCase {
  readonly subject: Expression | null
  readonly arms: readonly CaseArm[]
  readonly complete: boolean
}

function parseParts(s: TokenStream, parseExpression: (s: TokenStream) => Expression): SqlCase {
  const { failures } = s
  const subject = s.atWord('when') ? null : parseExpression(s)
  const arms: CaseArm[] = []
  let complete = true
  while (s.eatWord('when')) {
    const { start } = s.token
    const pattern = parseExpression(s)
    complete &&= s.eatWord('then')
    arms.push({ kind: 'CaseArm', pattern, value: parseExpression(s), range: s.rangeFrom(start) })
  }
  if (s.eatWord('else')) {
    const { start } = s.token
    const value = parseExpression(s)
    arms.push({ kind: 'CaseArm', pattern: null, value, range: s.rangeFrom(start) })
  }
  complete &&= s.eatWord('end') && s.failures === failures
  return { subject, arms, complete }
}

/** What is left of a form that could not be read whole has been reported with it. */
function skipToEnd(s: TokenStream): void {
  while (!s.at('|') && !s.at('end') && !s.eatWord('end')) s.advance()
}
