/** Random comments and blank lines, and texts with them at random places between tokens. */
import fc from 'fast-check'
import { tokenize } from '../syntax/lexer'
import type { Token } from '../syntax/tokens'

/** What a comment may say; some of it would be a mistake, or the end of a stage, anywhere else. */
const remarks = fc.constantFrom(
  'why',
  "it's",
  '| limit 5',
  '`{',
  '"',
  'a /* b',
  '# // #',
  '\u00e9\u{1f600}',
  '',
)

const lineEnds = fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\n  \t\n')

const lineComments = fc
  .tuple(fc.constantFrom('//', '#', '// ', '# '), remarks, lineEnds)
  .map((parts) => parts.join(''))

const blockComments = fc
  .tuple(remarks, fc.option(fc.tuple(lineEnds, remarks), { nil: null }))
  .map(([first, rest]) => `/* ${first}${rest?.join('') ?? ''} */`)

/** A blank before it keeps the signs on both sides apart. */
const decoration = fc
  .tuple(
    fc.constantFrom(' ', '\n', '\r\n'),
    fc.oneof(lineComments, blockComments, lineEnds),
    fc.constantFrom('', ' ', '\n'),
  )
  .map((parts) => parts.join(''))

/** A text with up to eight decorations between its tokens. */
export function withComments(text: string): fc.Arbitrary<string> {
  const places = gapsOf(text)
  return fc
    .array(fc.tuple(fc.constantFrom(...places), decoration), { minLength: 1, maxLength: 8 })
    .map((insertions) => insertAll(text, insertions))
}

/** The offsets where white space may stand without changing what the text says. */
function gapsOf(text: string): readonly number[] {
  const tokens = tokenize(text, () => {})
  return tokens.filter((token, index) => isGap(tokens[index - 1], token)).map(({ start }) => start)
}

function isGap(previous: Token | undefined, { kind, start }: Token): boolean {
  // Inside an interpolated string white space is text, and a call or a step down is written without any.
  if (['template-text', 'template-open', 'template-end', '(', '['].includes(kind)) return false
  // A minus right before digits is their sign, and a hyphen may be part of the name of a dataset.
  const hyphen = kind === '-' || previous?.kind === '-'
  return !(hyphen && previous?.end === start)
}

function insertAll(text: string, insertions: readonly (readonly [number, string])[]): string {
  let decorated = ''
  let copied = 0
  for (const [at, decoration] of insertions.toSorted(([a], [b]) => a - b)) {
    decorated += text.slice(copied, at) + decoration
    copied = at
  }
  return decorated + text.slice(copied)
}
