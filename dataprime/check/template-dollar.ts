import { templateDollar } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import type { InterpolatedString } from '../tree/ast'
import type { Rule } from './check-context'

/** Other languages write a dollar sign before the braces; here it is printed. */
export const checkTemplateDollar: Rule = ({ nodesOfKind, text, report }) => {
  for (const { parts, range } of nodesOfKind('InterpolatedString')) {
    let from = range.start
    for (const [index, part] of parts.entries()) {
      if (typeof part === 'string') continue
      const dollar = text === null ? undefined : dollarBefore(text, from, part.range.start)
      from = part.range.end
      if (!endsInDollar(parts[index - 1])) continue
      if (dollar === undefined) report(templateDollar(range))
      else report(withFix(templateDollar(dollar), 'take out the dollar sign', replaceText(dollar, '')))
    }
  }
}

function endsInDollar(part: InterpolatedString['parts'][number] | undefined): boolean {
  return typeof part === 'string' && part.endsWith('$')
}

/** The dollar sign right before the brace that opens the expression at an offset. */
function dollarBefore(text: string, from: number, expressionStart: number) {
  const start = text.slice(from, expressionStart).lastIndexOf('${')
  return start === -1 ? undefined : { start: from + start, end: from + start + 1 }
}
