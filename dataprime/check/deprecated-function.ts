import { signaturesOf } from '../catalogue/functions'
import { deprecatedWord, undocumentedForm } from '../diagnostics/codes'
import type { Rule } from './check-context'

/** Functions that have been replaced, or that are named somewhere without being documented, still work. */
export const checkDeprecatedFunction: Rule = ({ calls, report }) => {
  for (const { name, nameRange } of calls) {
    const [signature] = signaturesOf(name)
    if (signature === undefined) continue
    if (signature.deprecatedFor !== null) report(deprecatedWord(nameRange, name, signature.deprecatedFor))
    else if (!signature.documented) report(undocumentedForm(nameRange, `the function ${name}`))
  }
}
