import { SOURCE_PARAMETERS } from '../catalogue/datasets'
import { doubtfulNamedArgument } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import type { Rule } from './check-context'

const NAMES = SOURCE_PARAMETERS.map(({ name }) => name)

/** The parameters of a source are those that the documentation shows. */
export const checkSourceParameter: Rule = ({ nodesOfKind, report, suggest }) => {
  for (const { parameters } of nodesOfKind('SourceStage')) {
    for (const { name, range } of parameters) {
      if (name === null || NAMES.includes(name)) continue
      const found = doubtfulNamedArgument(range, name, 'source')
      const meant = suggest(name, NAMES)
      const written = { start: range.start, end: range.start + name.length }
      report(meant === undefined ? found : withFix(found, `use ${meant}`, replaceText(written, meant)))
    }
  }
}
