import { DPXL_FUNCTIONS, isDpxlOperator } from '../catalogue/dpxl'
import { signaturesOf } from '../catalogue/functions'
import { dpxlCast, dpxlForm } from '../diagnostics/codes'
import { asError } from '../diagnostics/diagnostic'
import { printExpression } from '../format/print'
import type { DpxlStage, Expression, Keypath, Node } from '../tree/ast'
import { isComparison } from '../tree/operators'
import { descend } from '../tree/walk'
import type { CheckContext, Rule } from './check-context'

/** Forms of the language that DPXL leaves out. */
const FORMS: Partial<Record<Node['kind'], string>> = {
  InterpolatedString: 'an interpolated string',
  ArrayLiteral: 'an array',
  ObjectLiteral: 'an object literal',
  MemberExpression: 'a key of another value than a keypath',
  CaseExpression: 'a case expression',
}

/** DPXL has no more of the language than it takes to tell whether a record matches. */
export const checkDpxl: Rule = (context) => {
  for (const stage of context.nodesOfKind('DpxlStage')) {
    checkForms(context, stage)
    for (const keypath of findUntyped(context)) {
      const found = dpxlCast(keypath.range, printExpression(keypath))
      // Metadata and labels are of known types, which may be enough.
      const isData = keypath.namespace === null || keypath.namespace === '$d'
      context.report(isData ? asError(found) : found)
    }
  }
}

/** Reports the outermost form of each that DPXL does not have. */
function checkForms({ report }: CheckContext, stage: DpxlStage): void {
  descend<true>(stage, true, (node) => {
    const form = foreignForm(node)
    if (form === undefined) return true
    report(dpxlForm(node.range, form))
    return undefined
  })
}

function foreignForm(node: Node): string | undefined {
  switch (node.kind) {
    case 'BinaryExpression':
      return isDpxlOperator(node.operator) ? undefined : `the operator ${node.operator}`
    case 'UnaryExpression':
      return node.operator === '!' ? undefined : `the operator ${node.operator}`
    case 'CallExpression':
    case 'MethodCallExpression': {
      // A function that does not exist at all is reported as such.
      const exists = signaturesOf(node.name).length > 0
      return exists && !DPXL_FUNCTIONS.has(node.name) ? `the function ${node.name}` : undefined
    }
    default:
      return FORMS[node.kind]
  }
}

/** Keypaths whose type nothing tells: subjects of `in`, and both sides of a comparison of two. */
function findUntyped({ nodesOfKind, calls }: CheckContext): readonly Keypath[] {
  const untyped: Keypath[] = []
  for (const { operator, left, right } of nodesOfKind('BinaryExpression')) {
    if (isComparison(operator) && isKeypath(left) && isKeypath(right)) untyped.push(left)
  }
  for (const { name, operands } of calls) {
    const [subject] = operands
    if (name === 'in' && subject !== undefined && isKeypath(subject)) untyped.push(subject)
  }
  return untyped
}

function isKeypath(expression: Expression): expression is Keypath {
  return expression.kind === 'Keypath' && expression.segments.length > 0
}
