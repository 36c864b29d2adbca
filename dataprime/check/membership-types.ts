import { doubtfulComparison } from '../diagnostics/codes'
import { type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import type { CaseForm, Expression } from '../tree/ast'
import { certain, type InferredType } from '../types/inferred-type'
import { clash } from '../types/operators'
import type { Call, CheckContext, Rule } from './check-context'
import { wordClash } from './comparison-types'
import { fixQuotedLiteral } from './literal-fix'

/** `in`, its like for arrays, and the keys of a case block compare one value with several. */
export const checkMembershipTypes: Rule = (context) => {
  for (const call of context.calls) checkCall(call, context)
  for (const { form, subject, arms } of context.nodesOfKind('CaseExpression')) {
    if (subject === null || !COMPARING_FORMS.has(form)) continue
    const keys = arms.flatMap(({ pattern }) => (pattern === null ? [] : [pattern]))
    compareAll(form, subject, keys, context)
  }
}

/** The forms of case whose keys are compared with the subject. */
export const COMPARING_FORMS: ReadonlySet<CaseForm> = new Set<CaseForm>([
  'case_equals',
  'case_greaterthan',
  'case_lessthan',
])

function checkCall({ name, bound }: Call, context: CheckContext): void {
  const values = bound.map(({ value }) => value)
  const [first, second] = values
  if (first === undefined || second === undefined) return
  if (name === 'arrayContains') compareWithElements(name, second, first, context)
  if (name === 'inArray') compareWithElements(name, first, second, context)
  if (name !== 'in') return
  if (values.length === 2 && second.kind === 'ArrayLiteral') checkBrackets(first, second, context)
  else compareAll(name, first, values.slice(1), context)
}

function compareAll(
  name: string,
  subject: Expression,
  candidates: readonly Expression[],
  { types, report }: CheckContext,
): void {
  const subjectType = types.of(subject)
  for (const candidate of candidates) {
    const type = types.of(candidate)
    if (!clash(subjectType, type)) continue
    const diagnostic = doubtfulComparison(candidate.range, name, ...wordClash(subjectType, type))
    report(fixQuotedLiteral(diagnostic, candidate, subjectType.name))
  }
}

function compareWithElements(
  name: string,
  value: Expression,
  array: Expression,
  { types, report }: CheckContext,
): void {
  const valueType = types.of(value)
  const element: InferredType = { ...types.of(array), name: types.of(array).element }
  if (!clash(valueType, element)) return
  report(doubtfulComparison(value.range, name, ...wordClash(valueType, element)))
}

/** The candidates of `in` stand one by one; brackets around them make one array of them. */
function checkBrackets(
  subject: Expression,
  array: Extract<Expression, { kind: 'ArrayLiteral' }>,
  { types, report }: CheckContext,
): void {
  const type = types.of(subject)
  if (type.name === 'array' || array.elements.length === 0) return
  const hint = 'the values stand one by one: value.in(a, b)'
  const [left, right] = wordClash(type, certain('array'))
  report(unwrap(doubtfulComparison(array.range, 'in', left, right, hint), array.range))
}

function unwrap(diagnostic: Diagnostic, { start, end }: Expression['range']): Diagnostic {
  return withFix(
    diagnostic,
    'take the values out of the brackets',
    replaceText({ start, end: start + 1 }, ''),
    replaceText({ start: end - 1, end }, ''),
  )
}
