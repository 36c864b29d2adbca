/** DP00xx: the text. */
import { defineDiagnostic } from '../diagnostic'
import { describeCharacters, shorten } from './wording'

export const unexpectedCharacter = defineDiagnostic(
  'DP0001',
  'error',
  'A character that stands for nothing in the language.',
  (text: string) => ({ message: `unexpected ${describeCharacters(text)}` }),
)

export const unterminatedString = defineDiagnostic(
  'DP0002',
  'error',
  'A string without its closing quote; a string ends on the line it starts on.',
  (quote: string) => ({ message: `the string is not closed: expected ${quote} before the end of the line` }),
)

export const unterminatedTemplate = defineDiagnostic(
  'DP0003',
  'error',
  'An interpolated string without its closing backtick, or a brace in it that is not closed.',
  (expected: string) => ({ message: `the interpolated string is not closed: expected ${expected}` }),
)

export const unterminatedRegex = defineDiagnostic(
  'DP0004',
  'error',
  'A regular expression without its closing slash; it ends on the line it starts on.',
  () => ({
    message: 'the regular expression is not closed: expected / before the end of the line',
    hints: ['a division needs an operand before the slash'],
  }),
)

export const unterminatedComment = defineDiagnostic(
  'DP0005',
  'error',
  'A block comment without its end.',
  () => ({ message: 'the comment is not closed: expected */' }),
)

export const malformedNumber = defineDiagnostic(
  'DP0006',
  'error',
  'Digits followed by letters that are no unit of time.',
  (text: string) => ({
    message: `"${shorten(text)}" is neither a number nor an interval`,
    hints: ['the units of an interval are d h m s ms us ns'],
  }),
)

export const malformedInterval = defineDiagnostic(
  'DP0007',
  'error',
  'An interval whose units do not run from large to small, each once.',
  (text: string) => ({
    message: `the units of the interval "${shorten(text)}" are out of order`,
    hints: ['units run from large to small, each at most once: d h m s ms us ns'],
  }),
)

export const markdownFence = defineDiagnostic(
  'DP0008',
  'error',
  'The fence of a Markdown code block, left in the query.',
  () => ({ message: 'a Markdown fence is not part of a query', hints: ['remove the line'] }),
)

export const typographicQuote = defineDiagnostic(
  'DP0009',
  'error',
  'A string in typographic quotes.',
  (quote: string) => ({ message: `${quote} does not quote a string`, hints: ["use straight quotes: '…'"] }),
)

export const unknownNamespace = defineDiagnostic(
  'DP0010',
  'error',
  'A word that begins with $ and is no namespace.',
  (text: string) => ({
    message: `unknown namespace "${shorten(text)}"`,
    hints: ['$d is the data, $m the metadata, $l the labels, $p the parameters'],
  }),
)
