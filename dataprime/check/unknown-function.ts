import { functionNames, signaturesOf } from '../catalogue/functions'
import { CASE_FORM, describeForm, formOf, normaliseName } from '../catalogue/invented-functions'
import { SPOKEN_UNITS } from '../catalogue/unit-spellings'
import { unknownFunction } from '../diagnostics/codes'
import { type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import { isSlipOf } from '../diagnostics/suggestion'
import { printExpression, printOperand } from '../format/print'
import { toPattern } from '../syntax/pattern'
import { BINARY_PRECEDENCE, POSTFIX_PRECEDENCE, PREFIX_PRECEDENCE } from '../syntax/precedence'
import { readSpokenInterval } from '../syntax/spoken-interval'
import type { Expression, Node } from '../tree/ast'
import type { Call, Rule } from './check-context'

/** Every function that is called exists; names are case-sensitive. */
export const checkUnknownFunction: Rule = ({ calls, report, suggest }) => {
  for (const call of calls) {
    const { name, nameRange } = call
    if (signaturesOf(name).length > 0) continue
    const sameButCase = NORMALISED_NAMES.get(normaliseName(name))
    const form = formOf(name)
    const opposite = oppositeOf(name)
    if (sameButCase !== undefined) report(renamed(call, sameButCase))
    else if (opposite !== undefined) report(negated(call, opposite))
    else if (form === undefined) report(renamed(call, suggest(name, functionNames())))
    else report(rewritten(call, form, unknownFunction(nameRange, name, describeForm(form), undefined)))
  }
}

const NORMALISED_NAMES: ReadonlyMap<string, string> = new Map(
  [...functionNames()].map((name) => [normaliseName(name), name]),
)

function renamed(call: Call, suggestion: string | undefined): Diagnostic {
  const { name, nameRange } = call
  const diagnostic = unknownFunction(nameRange, name, undefined, suggestion)
  if (suggestion === undefined || !isPlainlyMeant(call, suggestion)) return diagnostic
  return withFix(diagnostic, `use ${suggestion}`, replaceText(nameRange, suggestion))
}

/** Whether a name is a slip for that of a function that takes as many arguments and stands in such a place. */
function isPlainlyMeant({ name, operands, aggregateClause }: Call, meant: string): boolean {
  if (normaliseName(name) !== normaliseName(meant) && !isSlipOf(name, meant)) return false
  return signaturesOf(meant).some((signature) => {
    const { least, most } = signature.arity
    const inPlace = signature.kind === 'scalar' || aggregateClause !== null
    return operands.length >= least && operands.length <= most && inPlace
  })
}

/** The condition whose opposite a name asks for: `contains` of `notContains`, `isEmpty` of `is_not_empty`. */
function oppositeOf(name: string): string | undefined {
  const [, is, rest] = /^(is)?not(.+)$/.exec(normaliseName(name)) ?? []
  if (rest === undefined) return undefined
  const meant = NORMALISED_NAMES.get(`${is ?? ''}${rest}`) ?? NORMALISED_NAMES.get(`is${rest}`)
  const answersYesOrNo = meant !== undefined && signaturesOf(meant).some(({ result }) => result === 'boolean')
  return answersYesOrNo ? meant : undefined
}

/** The diagnostic with the call of the opposite, negated. */
function negated({ node, name, nameRange, operands, parent }: Call, opposite: string): Diagnostic {
  const diagnostic = unknownFunction(nameRange, name, `!${opposite}(…)`, undefined)
  if (operands.some(({ kind }) => kind === 'MissingExpression')) return diagnostic
  const text = `!${opposite}(${operands.map(printExpression).join(', ')})`
  const wrapped = PREFIX_PRECEDENCE < precedenceRequired(node, parent) ? `(${text})` : text
  return withFix(diagnostic, `use ${text}`, replaceText(node.range, wrapped))
}

/** The diagnostic with the call written in the form that does what its name says, when its arguments fit the form. */
function rewritten(call: Call, form: string, diagnostic: Diagnostic): Diagnostic {
  const { node, nameRange, operands, parent } = call
  if (call.arguments.some(({ name }) => name !== null)) {
    const [, only] = /^(\w+)\(\$\*\)$/.exec(form) ?? []
    return only === undefined ? diagnostic : withFix(diagnostic, `use ${only}`, replaceText(nameRange, only))
  }
  const [actualForm, values] = arrange(form, operands)
  const text = form === CASE_FORM ? caseOf(operands) : fill(actualForm, values)
  if (text === undefined) return diagnostic
  const wrapped = precedenceOfForm(actualForm) < precedenceRequired(node, parent) ? `(${text})` : text
  return withFix(diagnostic, `use ${text}`, replaceText(node.range, wrapped))
}

/** case(a > 5, 'high', a > 2, 'middle', true, 'low'): pairs of a condition and its value, perhaps a last value alone. */
function caseOf(operands: readonly Expression[]): string | undefined {
  if (operands.length < 2 || operands.some(({ kind }) => kind === 'MissingExpression')) return undefined
  const arms: string[] = []
  for (let index = 0; index < operands.length; index += 2) {
    const [condition, value] = operands.slice(index, index + 2) as [Expression, Expression?]
    const last = index + 2 >= operands.length
    const always = condition.kind === 'BooleanLiteral' && condition.value
    if (value === undefined) arms.push(`_ -> ${printExpression(condition)}`)
    else arms.push(`${last && always ? '_' : printExpression(condition)} -> ${printExpression(value)}`)
  }
  return `case { ${arms.join(', ')} }`
}

/** Arguments in the order and with the literals that the form takes. */
function arrange(form: string, operands: readonly Expression[]): readonly [string, readonly Expression[]] {
  if (form === TRUNCATE) return arrangeTruncation(operands)
  if (form === ROUND_TIME && operands.length <= 2) return arrangeTimeBucket(operands)
  if (form === MATCHES)
    return [form, operands.map((operand, index) => (index === 1 ? toPattern(operand) : operand))]
  return [form, form.startsWith('now()') ? operands.map(toInterval) : operands]
}

const ROUND_TIME = 'roundTime($1, $2)'
const MATCHES = 'matches($*)'

const TRUNCATE = 'floor($1)'

/** trunc(number), trunc(number, digits), trunc(time, 1h), date_trunc('hour', time) */
function arrangeTruncation(operands: readonly Expression[]): readonly [string, readonly Expression[]] {
  const [first, second] = operands.map(toTimeStep)
  const ofTime = [first, second].some((operand) => operand?.kind === 'IntervalLiteral')
  if (ofTime || first?.kind === 'StringLiteral') return arrangeTimeBucket(operands)
  return second?.kind === 'NumberLiteral' ? ['round($1, $2)', operands] : [TRUNCATE, operands]
}

/** bin(time, 5m), bin(5m, time), bin(5m) of times; bin(value, 10) of numbers. */
function arrangeTimeBucket(operands: readonly Expression[]): readonly [string, readonly Expression[]] {
  const [first, second] = operands.map(toTimeStep)
  if (first === undefined) return [ROUND_TIME, operands]
  const isInterval = ({ kind }: Expression) => kind === 'IntervalLiteral'
  // A month, a year or any other text is no interval to round to.
  if (first.kind === 'StringLiteral' || second?.kind === 'StringLiteral') return [ROUND_TIME, []]
  if (second === undefined) {
    return isInterval(first) ? ['roundTime($m.timestamp, $1)', [first]] : [ROUND_TIME, []]
  }
  if (second.kind === 'NumberLiteral') return ['(floor($1! / $2) * $2)', [first, second]]
  return [ROUND_TIME, isInterval(first) ? [second, first] : [first, second]]
}

/** An interval in quotes as the literal. */
function toInterval(expression: Expression): Expression {
  const text = expression.kind === 'StringLiteral' ? readSpokenInterval(expression.value) : undefined
  if (text === undefined) return expression
  return { kind: 'IntervalLiteral', text, nanoseconds: 0, range: expression.range }
}

/** A unit in quotes, as `date_trunc('hour', time)` has it, as the interval of that length. */
function toTimeStep(expression: Expression): Expression {
  const isUnit = expression.kind === 'StringLiteral' && SPOKEN_UNITS.has(expression.value.toLowerCase())
  return toInterval(isUnit ? { ...expression, value: `1 ${expression.value}` } : expression)
}

/** The form with the arguments in their places; undefined when there are too few, or the form is for people only. */
function fill(form: string, values: readonly Expression[]): string | undefined {
  if (!form.includes('$') && !form.endsWith('()')) return undefined
  // An argument that the form has no place for would be lost.
  let complete = form.includes('$*') || !values.some((_, index) => !form.includes(`$${index + 1}`))
  const text = form.replace(/\$(\*|[12])(!?)/g, (_, place: string, tight: string) => {
    if (place === '*') return values.map(printExpression).join(', ')
    const value = values[Number(place) - 1]
    complete &&= value !== undefined && value.kind !== 'MissingExpression'
    if (value === undefined) return ''
    return tight === '' ? printExpression(value) : printOperand(value, POSTFIX_PRECEDENCE)
  })
  return complete && (!form.includes('$*') || values.length > 0) ? text : undefined
}

/** How tightly the text of a form binds, by the operator that stands outside its parentheses. */
function precedenceOfForm(form: string): number {
  if (form.includes('! == ') || form.includes('! != ')) return BINARY_PRECEDENCE['==']
  if (form.includes(' - ')) return BINARY_PRECEDENCE['-']
  return form.startsWith('!') ? PREFIX_PRECEDENCE : POSTFIX_PRECEDENCE
}

/** How tightly something has to bind to stand where a node stands within its parent. */
function precedenceRequired(node: Expression, parent: Node): number {
  switch (parent.kind) {
    case 'BinaryExpression':
      return BINARY_PRECEDENCE[parent.operator] + (parent.right === node ? 1 : 0)
    case 'UnaryExpression':
      return PREFIX_PRECEDENCE
    case 'MethodCallExpression':
      return parent.target === node ? POSTFIX_PRECEDENCE : 0
    case 'CastExpression':
    case 'MemberExpression':
      return POSTFIX_PRECEDENCE
    default:
      return 0
  }
}
