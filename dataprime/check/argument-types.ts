import type { Parameter } from '../catalogue/functions'
import { argumentOfOtherType, impossibleArgument } from '../diagnostics/codes'
import type { Expression } from '../tree/ast'
import { accepts } from '../types/bind-arguments'
import { conversionHint } from '../types/conversions'
import { describeType, describeTypeName } from '../types/describe-type'
import type { TypeName } from '../types/inferred-type'
import type { CheckContext, Rule } from './check-context'
import { fixQuotedLiteral } from './literal-fix'

/**
 * Arguments have the types that the documentation gives. The engine may convert a value, but not a regular
 * expression, an array or an object that is written where something else belongs.
 */
export const checkArgumentTypes: Rule = (context) => {
  for (const { name, bound } of context.calls) {
    for (const { parameter, value } of bound) {
      if (!hasOwnRule(parameter)) judge(name, parameter, value, context)
    }
  }
  for (const { time } of context.nodesOfKind('RoundtimeStage')) {
    if (time !== null) judge('roundtime', TIME_TO_ROUND, time, context)
  }
}

const TIME_TO_ROUND = { name: 'time', types: ['timestamp'] } as const

/** Conditions, sort keys and intervals are looked at by rules that know more about them. */
function hasOwnRule({ name, types }: Parameter): boolean {
  return name === 'condition' || name === 'sortKey' || (types.length === 1 && types[0] === 'interval')
}

function judge(
  place: string,
  parameter: Pick<Parameter, 'name' | 'types'>,
  value: Expression,
  { types, report }: CheckContext,
): void {
  const type = types.of(value)
  if (accepts(parameter, type)) return
  const expected = parameter.types as readonly TypeName[]
  const wanted = expected[0] as TypeName
  const describe = isNothingElse(value) ? impossibleArgument : argumentOfOtherType
  const names = expected.map(describeTypeName)
  const hint = conversionHint(type.name, wanted)
  const diagnostic = describe(value.range, place, parameter.name, names, describeType(type), hint)
  report(fixQuotedLiteral(diagnostic, value, wanted))
}

function isNothingElse({ kind }: Expression): boolean {
  return kind === 'RegexLiteral' || kind === 'ArrayLiteral' || kind === 'ObjectLiteral'
}
