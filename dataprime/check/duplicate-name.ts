import { duplicateName } from '../diagnostics/codes'
import { printExpression } from '../format/print'
import type { AliasedExpression, Stage } from '../tree/ast'
import { canonicalKeypath, resultKeypath, resultsOf } from '../tree/keypaths'
import { commandOf } from '../tree/stage-command'
import type { Rule } from './check-context'

/** The results of a stage have names of their own: which of two of one name is kept is documented nowhere. */
export const checkDuplicateName: Rule = ({ stages, report }) => {
  for (const { stage } of stages) {
    const results = resultsOf(stage)
    if (results.length < 2) continue
    const named = new Map<string, AliasedExpression>()
    for (const result of results) {
      const keypath = resultKeypath(result)
      if (keypath === undefined) continue
      const name = canonicalKeypath(keypath)
      const first = named.get(name)
      if (first === undefined) named.set(name, result)
      else if (!mayRepeat(stage, first, result)) {
        report(duplicateName((result.alias ?? result).range, printExpression(keypath), commandOf(stage)))
      }
    }
  }
}

/**
 * A key may be listed twice: in several groupings of one stage, and among the results of `top` and after its
 * `by`, which may name a result too.
 */
function mayRepeat(stage: Stage, first: AliasedExpression, second: AliasedExpression): boolean {
  const { expression, alias } = second
  if (stage.kind === 'TopStage' && expression.kind === 'Keypath' && alias === null && first.alias !== null) {
    return canonicalKeypath(expression) === canonicalKeypath(first.alias)
  }
  const isKey = first.alias === null && alias === null
  const isListedTwice = isKey || stage.kind === 'MultigroupbyStage' || stage.kind === 'TopStage'
  return isListedTwice && printExpression(first.expression) === printExpression(expression)
}
