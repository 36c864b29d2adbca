import { EXTRACTORS, extractorNamed } from '../catalogue/extractors'
import { unknownExtractor, wrongArgumentCount } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import { describeCount } from './argument-count'
import type { Rule } from './check-context'

/** `extract` uses one of the extractors, with the arguments it cannot do without. */
export const checkExtractor: Rule = ({ nodesOfKind, report, suggest }) => {
  const names = EXTRACTORS.map(({ name }) => name)
  for (const { extractor } of nodesOfKind('ExtractStage')) {
    const { name, nameRange } = extractor
    if (name === '') continue
    const known = extractorNamed(name)
    if (known === undefined) {
      const meant = suggest(name, names)
      const diagnostic = unknownExtractor(nameRange, name, meant)
      report(
        meant === undefined ? diagnostic : withFix(diagnostic, `use ${meant}`, replaceText(nameRange, meant)),
      )
      continue
    }
    const least = known.parameters.filter(({ required }) => required).length
    const count = extractor.arguments.length
    if (count >= least && count <= known.parameters.length) continue
    const hint = `${name}(${known.parameters.map((parameter) => `${parameter.name}=…`).join(', ')})`
    report(wrongArgumentCount(nameRange, name, describeCount(least, known.parameters.length), count, hint))
  }
}
