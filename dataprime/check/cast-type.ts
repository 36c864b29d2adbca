import { CAST_TYPES, DOUBTFUL_CAST_TYPES } from '../catalogue/types'
import { undocumentedForm, unknownType } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import type { TextRange } from '../tree/ast'
import type { Rule } from './check-context'

const KNOWN: ReadonlySet<string> = new Set(CAST_TYPES)
const DOUBTFUL: ReadonlySet<string> = new Set(DOUBTFUL_CAST_TYPES)

/** Names of other languages for the types there are. */
const FOREIGN: ReadonlyMap<string, string> = new Map([
  ['int', 'number'],
  ['integer', 'number'],
  ['long', 'number'],
  ['float', 'number'],
  ['double', 'number'],
  ['str', 'string'],
  ['text', 'string'],
  ['varchar', 'string'],
  ['date', 'timestamp'],
  ['datetime', 'timestamp'],
  ['time', 'timestamp'],
  ['duration', 'interval'],
  ['timespan', 'interval'],
])

/** A cast or conversion is to a type that exists. */
export const checkCastType: Rule = ({ nodesOfKind, report, suggest }) => {
  const judge = (type: string, range: TextRange) => {
    if (type === '' || KNOWN.has(type)) return
    if (DOUBTFUL.has(type)) report(undocumentedForm(range, `a cast to ${type}`))
    else {
      const meant = FOREIGN.get(type.toLowerCase()) ?? suggest(type, CAST_TYPES)
      const diagnostic = unknownType(range, type, meant)
      const settled =
        meant === undefined ? diagnostic : withFix(diagnostic, `use ${meant}`, replaceText(range, meant))
      report(settled)
    }
  }
  for (const { type, typeRange } of nodesOfKind('CastExpression')) judge(type, typeRange)
  for (const { type, typeRange } of nodesOfKind('TypedKeypath')) judge(type, typeRange)
}
