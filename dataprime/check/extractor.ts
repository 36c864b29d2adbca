import { EXTRACTORS, extractorNamed } from '../catalogue/extractors'
import { datatypesOfArray, unknownExtractor, wrongArgumentCount } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import { describeCount } from './argument-count'
import type { Rule } from './check-context'

const NAMES = EXTRACTORS.map(({ name }) => name)

/** `extract` uses one of the extractors, with the arguments it cannot do without; only an object has keys to convert. */
export const checkExtractor: Rule = ({ nodesOfKind, report, suggest }) => {
  for (const { extractor, datatypes } of nodesOfKind('ExtractStage')) {
    const { name, nameRange } = extractor
    if (name === '') continue
    const known = extractorNamed(name)
    if (known === undefined) {
      const meant = suggest(name, NAMES)
      const diagnostic = unknownExtractor(nameRange, name, meant)
      report(
        meant === undefined ? diagnostic : withFix(diagnostic, `use ${meant}`, replaceText(nameRange, meant)),
      )
      continue
    }
    const [first] = datatypes
    if (first !== undefined && known.result === 'array') report(datatypesOfArray(first.range, name))
    const least = known.parameters.filter(({ required }) => required).length
    const count = extractor.arguments.length
    if (count >= least && count <= known.parameters.length) continue
    const hint = `${name}(${known.parameters.map((parameter) => `${parameter.name}=…`).join(', ')})`
    report(wrongArgumentCount(nameRange, name, describeCount(least, known.parameters.length), count, hint))
  }
}
