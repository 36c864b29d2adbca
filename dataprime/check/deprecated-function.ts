import { signaturesOf } from '../catalogue/functions'
import { deprecatedWord, undocumentedForm } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import type { Rule } from './check-context'

/** Functions that have been replaced, or that are named somewhere without being documented, still work. */
export const checkDeprecatedFunction: Rule = ({ calls, report }) => {
  for (const { name, nameRange } of calls) {
    const [signature] = signaturesOf(name)
    if (signature === undefined) continue
    if (signature.deprecatedFor !== null) {
      const diagnostic = deprecatedWord(nameRange, name, signature.deprecatedFor)
      const renamed = signaturesOf(signature.deprecatedFor).length > 0
      const edit = replaceText(nameRange, signature.deprecatedFor)
      report(renamed ? withFix(diagnostic, `use ${signature.deprecatedFor}`, edit) : diagnostic)
    } else if (!signature.documented) report(undocumentedForm(nameRange, `the function ${name}`))
  }
}
