import { patternInQuotes, stringToMatch } from '../diagnostics/codes'
import { type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import type { StringLiteral } from '../tree/ast'
import type { Rule } from './check-context'

/** Whatever takes a regular expression is shown with one between slashes; what `matches` makes of a string is open. */
export const checkQuotedPattern: Rule = ({ nodesOfKind, calls, report }) => {
  for (const { name, operands } of calls) {
    const pattern = operands[1]
    if (name !== 'matches' || pattern?.kind !== 'StringLiteral') continue
    report(fixPattern((text) => stringToMatch(pattern.range, text), pattern))
  }
  for (const { extractor } of nodesOfKind('ExtractStage')) {
    const { name, arguments: list } = extractor
    const pattern = list[0]?.value
    if ((name !== 'regexp' && name !== 'multi_regexp') || pattern?.kind !== 'StringLiteral') continue
    report(fixPattern((text) => patternInQuotes(pattern.range, name, text), pattern))
  }
}

/** A diagnostic about a regular expression in quotes, with the fix that takes them off. */
function fixPattern(describe: (pattern: string) => Diagnostic, literal: StringLiteral): Diagnostic {
  const text = patternText(literal)
  const found = describe(text ?? '/…/')
  return text === undefined ? found : withFix(found, `write ${text}`, replaceText(literal.range, text))
}

/** A regular expression stands on one line and does not begin as a comment. */
function patternText({ value }: StringLiteral): string | undefined {
  if (value === '' || value.startsWith('*') || /[\r\n]/.test(value) || /(?<!\\)(?:\\\\)*\\$/.test(value))
    return undefined
  return `/${value.replaceAll(/(?<!\\)((?:\\\\)*)\//g, '$1\\/')}/`
}
