import {
  conditionOfOtherType,
  doubtfulCondition,
  doubtfulLogic,
  logicOfNoCondition,
} from '../diagnostics/codes'
import type { Expression, Stage } from '../tree/ast'
import { commandOf } from '../tree/stage-command'
import { describeType } from '../types/describe-type'
import { isKnown, type TypeName } from '../types/inferred-type'
import type { CheckContext, Rule } from './check-context'

/** What is asked whether it is true is a condition, or null, which counts as false. */
export const checkCondition: Rule = (context) => {
  checkLogic(context)
  const { stages, calls, nodesOfKind } = context
  for (const { stage } of stages) {
    const predicate = predicateOf(stage)
    const place = stage.kind === 'DpxlStage' ? 'an expression of DPXL' : `"${commandOf(stage)}"`
    if (predicate !== undefined) judge(place, predicate, context)
  }
  for (const { name, bound } of calls) {
    for (const { parameter, value } of bound) if (parameter.name === 'condition') judge(name, value, context)
  }
  for (const { form, arms } of nodesOfKind('CaseExpression')) {
    if (form !== 'case') continue
    for (const { pattern } of arms) if (pattern !== null) judge('an arm of case', pattern, context)
  }
}

function predicateOf(stage: Stage): Expression | undefined {
  const asks = stage.kind === 'FilterStage' || stage.kind === 'BlockStage' || stage.kind === 'DpxlStage'
  return asks ? stage.predicate : undefined
}

function judge(place: string, condition: Expression, { types, report }: CheckContext): void {
  const type = types.of(condition)
  if (!isKnown(type) || type.name === 'boolean') return
  const describe = type.certainty === 'certain' ? conditionOfOtherType : doubtfulCondition
  report(describe(condition.range, place, describeType(type), hintFor(type.name)))
}

function hintFor(type: TypeName): string | undefined {
  if (type === 'string') return "value == 'text' compares, $d ~~ 'text' searches"
  return type === 'severity' ? '$m.severity == ERROR compares' : 'value != null asks whether there is one'
}

function checkLogic({ nodesOfKind, types, report }: CheckContext): void {
  const judgeOperands = (operator: string, ...operands: readonly Expression[]) => {
    for (const operand of operands) {
      const type = types.of(operand)
      if (!isKnown(type) || type.name === 'boolean') continue
      const describe = type.certainty === 'certain' ? logicOfNoCondition : doubtfulLogic
      report(describe(operand.range, operator, describeType(type), hintForOperand(operator, type.name)))
      // Two operands of one operator are most likely one mistake.
      return
    }
  }
  for (const { operator, left, right } of nodesOfKind('BinaryExpression')) {
    if (operator !== '&&' && operator !== '||') continue
    judgeOperands(operator, left, right)
  }
  for (const { operator, operand } of nodesOfKind('UnaryExpression')) {
    if (operator === '!') judgeOperands(operator, operand)
  }
}

/** In SQL two bars join strings; in many languages the second value of a comparison need not repeat the field. */
function hintForOperand(operator: string, type: TypeName): string | undefined {
  if (operator === '||' && type === 'string')
    return "a == 'x' || a == 'y' compares, concat(a, b) joins strings"
  return hintFor(type)
}
