import { readKeypathText } from '../../../catalogue/keypath-text'
import { splitWords } from '../split-words'
import type { Token } from '../tokenise'
import { wordSet } from '../word-set'
import type { FieldLink, SourceIndex } from './catalogue-index'
import type { Field } from './field'
import { baseWordsOf, toStems } from './field-phrases'

const NAMING_KINDS = wordSet('word identifier version')

/** The fields a window of tokens names, surest first. */
export function lookUpField(index: SourceIndex, tokens: readonly Token[]): readonly FieldLink[] {
  const [first] = tokens
  if (
    tokens.length === 1 &&
    first !== undefined &&
    (first.kind === 'backticked' || first.kind === 'identifier')
  ) {
    const field = index.keypaths.get(first.lower)
    if (field !== undefined && (first.kind === 'backticked' || /[._$]/.test(first.text)))
      return [{ field, strength: 1 }]
    const links = index.names.get(toStems(splitWords(first.text)))
    return links ?? unlistedField(index, first)
  }
  if (tokens.some((token) => !NAMING_KINDS.has(token.kind))) return []
  return index.names.get(toStems(tokens.flatMap((token) => token.words))) ?? []
}

/** A keypath written out with its namespace is taken as it stands, and so is a name in backticks that is no known value. */
function unlistedField(index: SourceIndex, token: Token): readonly FieldLink[] {
  const isKeypath = /^\$[dml]\./.test(token.text)
  const isName =
    token.kind === 'backticked' &&
    /^[A-Za-z_][\w.]*$/.test(token.text) &&
    !index.values.exact.has(token.lower)
  const keypath = isKeypath || isName ? readKeypathText(token.text) : null
  if (keypath === null) return []
  const names = keypath.segments.flatMap((segment) => (segment.kind === 'NameSegment' ? [segment.name] : []))
  const field: Field = {
    position: index.fields.length,
    keypath,
    text: token.text,
    type: 'unknown',
    unit: null,
    unitName: null,
    nameWords: splitWords(names.at(-1) as string),
    baseWords: baseWordsOf(names),
    description: '',
    concepts: new Map(),
    isFreeText: false,
    samples: [],
    side: null,
  }
  return [{ field, strength: 1 }]
}
