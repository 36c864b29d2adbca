/** Case blocks with their arms. */
import * as problem from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import type { CaseArm, CaseForm, Expression } from '../tree/ast'
import { failMissing, parseBracketed, parseExpression, parseExpressionEndingAt } from './expression-parser'
import { ENDS_AT_ARM_COLON, rangeOf, type TokenStream } from './token-stream'

/**
 * Case        = form "{" [ Subject "," ] Arm { "," Arm } "}"
 * Arm         = ( "_" | Expression ) "->" Expression
 *
 * Every form but plain `case` has a subject.
 */
export function parseCase(s: TokenStream, form: CaseForm): Expression {
  const { start } = s.advance()
  let subject: Expression | null = null
  const arms: CaseArm[] = []
  parseBracketed(
    s,
    '}',
    (index) => {
      if (index === 0 && form !== 'case') subject = parseExpression(s)
      else arms.push(parseCaseArm(s))
    },
    atNextArm,
  )
  const range = s.rangeFrom(start)
  if (arms.length === 0)
    s.warn(problem.missingClause(range, form, 'at least one arm', `${form} { … -> …, _ -> … }`))
  const early = arms.findIndex(({ pattern }) => pattern === null)
  if (early !== -1 && early < arms.length - 1) {
    s.warn(problem.misplacedDefault((arms[early] as CaseArm).range))
  }
  return { kind: 'CaseExpression', form, subject, arms, range }
}

/** Whether an arm begins here: its arrow comes before the next comma. */
function atNextArm(s: TokenStream): boolean {
  return s.canStartOperand() && s.elementHolds(({ kind }) => kind === '->')
}

function parseCaseArm(s: TokenStream): CaseArm {
  const start = s.token.start
  const isDefault = atDefaultArm(s)
  const pattern = isDefault ? null : parseExpressionEndingAt(s, ENDS_AT_ARM_COLON)
  expectArrow(s)
  const value = s.at(',') || s.at('}') ? failMissing(s) : parseExpression(s)
  return { kind: 'CaseArm', pattern, value, range: s.rangeFrom(start) }
}

const DEFAULT_WORDS = ['else', 'default', 'otherwise'] as const

/** Takes the `_` of a default arm, or a word that other languages have for it. */
function atDefaultArm(s: TokenStream): boolean {
  const arrow = s.peek().kind
  if (arrow !== '->' && arrow !== '=>' && arrow !== ':') return false
  if (s.token.text === '_') {
    s.advance()
    return true
  }
  if (arrow === ':' || !DEFAULT_WORDS.some((word) => s.atWord(word))) return false
  const word = s.advance()
  const diagnostic = problem.defaultArmWord(rangeOf(word), word.text)
  s.warn(withFix(diagnostic, 'use _', replaceText(rangeOf(word), '_')))
  return true
}

/** "->"; after `:` or `=>` in its place the value still follows. */
function expectArrow(s: TokenStream): void {
  if (s.eat('->')) return
  const diagnostic = problem.expectedToken(s.here(), '->', s.found())
  if (s.at(':') || s.at('=>')) {
    const before = s.previousEnd
    const sign = s.advance()
    const arrow = before === sign.start ? ' ->' : '->'
    s.warn(withFix(diagnostic, 'use ->', replaceText(rangeOf(sign), arrow)))
  } else {
    s.fail(diagnostic)
  }
}
