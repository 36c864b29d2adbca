import { argumentOfOtherType, intervalExpected } from '../diagnostics/codes'
import type { Expression } from '../tree/ast'
import { conversionHint } from '../types/conversions'
import { describeType } from '../types/describe-type'
import { isKnown } from '../types/inferred-type'
import type { CheckContext, Rule } from './check-context'
import { fixQuotedLiteral } from './literal-fix'

/** Where an interval is required, a string or a number is none, though it may read like one. */
export const checkIntervalArgument: Rule = (context) => {
  for (const { name, bound } of context.calls) {
    for (const { parameter, value } of bound) {
      if (parameter.types.includes('interval') && parameter.types.length === 1) {
        judge(name, parameter.name, value, context)
      }
    }
  }
  for (const { interval } of context.nodesOfKind('RoundtimeStage')) {
    judge('roundtime', 'interval', interval, context)
  }
}

function judge(place: string, parameter: string, value: Expression, { types, report }: CheckContext): void {
  const type = types.of(value)
  if (!isKnown(type) || type.name === 'interval') return
  const found = describeType(type)
  const literal = value.kind === 'StringLiteral' || value.kind === 'NumberLiteral'
  if (literal) report(fixQuotedLiteral(intervalExpected(value.range, place, found), value, 'interval'))
  else
    report(
      argumentOfOtherType(
        value.range,
        place,
        parameter,
        ['an interval'],
        found,
        conversionHint(type.name, 'interval'),
      ),
    )
}
