import type { ParameterDomain } from '../catalogue/functions'
import { looksLikeFormat, looksLikeTimeZone, unitMeant } from '../catalogue/unit-spellings'
import { DOMAIN_CHOICES } from '../catalogue/units'
import { doubtfulFormat, doubtfulTimeZone, unitNotLiteral, unknownUnit } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import type { Expression, StringLiteral } from '../tree/ast'
import type { CheckContext, Rule } from './check-context'

/** Units of time are literals, each one of those that there are; time zones and formats look like some. */
export const checkLiteralArgument: Rule = (context) => {
  for (const { name, bound } of context.calls) {
    for (const { parameter, value } of bound) {
      const { domain } = parameter
      if (domain === 'time-unit' || domain === 'date-unit') checkUnit(name, domain, value, context)
      else if (value.kind !== 'StringLiteral') continue
      else if (domain === 'time-zone') checkTimeZone(value, context)
      else if (domain === 'timestamp-format') checkFormat(name, value, context)
    }
  }
}

function checkUnit(
  functionName: string,
  domain: ParameterDomain,
  value: Expression,
  { types, report }: CheckContext,
): void {
  if (value.kind !== 'StringLiteral') {
    // Of a value of another type the type is the news.
    const { name } = types.of(value)
    if (name === 'string' || (name === 'unknown' && value.kind !== 'MissingExpression')) {
      report(unitNotLiteral(value.range, functionName))
    }
    return
  }
  const units = DOMAIN_CHOICES[domain].map(({ text }) => text)
  if (units.includes(value.value)) return
  const meant = unitMeant(value.value, units)
  const diagnostic = unknownUnit(value.range, value.value, meant, units)
  if (meant === undefined) report(diagnostic)
  else report(withFix(diagnostic, `write '${meant}'`, replaceText(value.range, `'${meant}'`)))
}

function checkTimeZone({ value, range }: StringLiteral, { report }: CheckContext): void {
  if (!looksLikeTimeZone(value)) report(doubtfulTimeZone(range, value))
}

/** `auto` finds out how a time is written, so it is of no use for writing one. */
function checkFormat(functionName: string, { value, range }: StringLiteral, { report }: CheckContext): void {
  const writes = functionName === 'formatTimestamp'
  if (!looksLikeFormat(value) || (writes && value === 'auto')) report(doubtfulFormat(range, value))
}
