import {
  crossJoinCondition,
  expectedPlainKeypath,
  joinCondition,
  undocumentedForm,
} from '../diagnostics/codes'
import { printExpression } from '../format/print'
import type { Expression } from '../tree/ast'
import type { CheckContext, Rule } from './check-context'

/** A join compares keypaths, and a cross join nothing at all. */
export const checkJoin: Rule = (context) => {
  for (const { join, on, using } of context.nodesOfKind('JoinStage')) {
    const [first] = [...on, ...using]
    if (join === 'cross' && first !== undefined) context.report(crossJoinCondition(first.range))
    for (const { left, right } of on) {
      judgeOperand(context, left.expression)
      judgeOperand(context, right.expression)
    }
    for (const { kind, range } of using) {
      if (kind !== 'Keypath' && kind !== 'MissingExpression')
        context.report(expectedPlainKeypath(range, 'using'))
    }
  }
}

function judgeOperand({ report }: CheckContext, expression: Expression): void {
  switch (expression.kind) {
    case 'Keypath':
    case 'MissingExpression':
      return
    case 'CastExpression':
      if (expression.expression.kind === 'Keypath') {
        report(
          undocumentedForm(
            expression.range,
            'a cast in a join condition',
            'create a field of that type before the join',
          ),
        )
        return
      }
  }
  report(joinCondition(expression.range, printExpression(expression)))
}
