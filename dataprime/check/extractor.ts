import { EXTRACTORS, type Extractor, extractorNamed } from '../catalogue/extractors'
import {
  datatypesOfArray,
  doubtfulNamedArgument,
  unknownExtractor,
  wrongArgumentCount,
} from '../diagnostics/codes'
import { type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import type { Argument } from '../tree/ast'
import { describeCount } from './argument-count'
import type { Rule } from './check-context'

const NAMES = EXTRACTORS.map(({ name }) => name)

/** What other languages call the same. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['json', 'jsonobject'],
  ['parse_json', 'jsonobject'],
  ['parsejson', 'jsonobject'],
  ['from_json', 'jsonobject'],
  ['logfmt', 'kv'],
  ['keyvalue', 'kv'],
  ['key_value', 'kv'],
])

/** `extract` uses one of the extractors, with the arguments it cannot do without; only an object has keys to convert. */
export const checkExtractor: Rule = ({ nodesOfKind, report, suggest }) => {
  for (const { extractor, datatypes } of nodesOfKind('ExtractStage')) {
    const { name, nameRange } = extractor
    if (name === '') continue
    const known = extractorNamed(name)
    if (known === undefined) {
      const meant = OTHER_NAMES.get(name.toLowerCase()) ?? suggest(name, NAMES)
      const diagnostic = unknownExtractor(nameRange, name, meant)
      report(
        meant === undefined ? diagnostic : withFix(diagnostic, `use ${meant}`, replaceText(nameRange, meant)),
      )
      continue
    }
    for (const argument of extractor.arguments) {
      if (argument.name === null || known.parameters.some((parameter) => parameter.name === argument.name))
        continue
      report(otherName(argument, known))
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

/** A named argument that the extractor does not have; where it has only one, that one is meant. */
function otherName({ name, range }: Argument, { name: extractor, parameters }: Extractor): Diagnostic {
  const diagnostic = doubtfulNamedArgument(range, name ?? '', extractor)
  const [only, second] = parameters
  if (only === undefined || second !== undefined || name === null) return diagnostic
  const written = { start: range.start, end: range.start + name.length }
  return withFix(diagnostic, `use ${only.name}`, replaceText(written, only.name))
}
