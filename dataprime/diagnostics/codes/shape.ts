/** DP01xx: the shape of a query. */
import { defineDiagnostic } from '../diagnostic'
import { didYouMean, oneOf, quote, shorten } from './wording'

export const emptyQuery = defineDiagnostic('DP0101', 'error', 'Text without any stage.', () => ({
  message: 'the query is empty',
  hints: ['a query begins with a source: source logs last 1h'],
}))

export const emptyStage = defineDiagnostic(
  'DP0102',
  'error',
  'Nothing between two pipes, or before the first or after the last.',
  (side: 'before' | 'after' | null) => ({
    message: side === null ? 'expected a command' : `expected a command ${side} "|"`,
  }),
)

export const unknownCommand = defineDiagnostic(
  'DP0103',
  'error',
  'A stage that does not begin with a command.',
  (found: string, suggestion: string | undefined) => ({
    message: `unknown command ${quote(found)}`,
    hints: didYouMean(suggestion),
  }),
)

export const unexpectedToken = defineDiagnostic(
  'DP0104',
  'error',
  'Something that does not continue what stands before it.',
  (found: string, command: string | null, suggestion: string | undefined) => ({
    message:
      command === null
        ? `unexpected ${quote(found)}`
        : `unexpected ${quote(found)} in the stage "${command}"`,
    hints: didYouMean(suggestion),
  }),
)

export const expectedExpression = defineDiagnostic(
  'DP0105',
  'error',
  'No expression where one is required.',
  (found: string) => ({ message: `expected an expression, found ${quote(found)}` }),
)

export const expectedToken = defineDiagnostic(
  'DP0106',
  'error',
  'A bracket or other sign that is missing.',
  (expected: string, found: string) => ({ message: `expected "${expected}", found ${quote(found)}` }),
)

export const expectedKeypath = defineDiagnostic(
  'DP0107',
  'error',
  'No keypath where one is required.',
  (found: string, hint?: string) => ({
    message: `expected a keypath, found ${quote(found)}`,
    hints: hint === undefined ? [] : [hint],
  }),
)

export const missingClause = defineDiagnostic(
  'DP0108',
  'error',
  'A command without a clause that it requires.',
  (command: string, missing: string, syntax: string) => ({
    message: `"${command}" requires ${missing}`,
    hints: [syntax],
  }),
)

export const expectedRowCount = defineDiagnostic(
  'DP0109',
  'error',
  'A command that takes a number of rows without one.',
  (command: string) => ({
    message: `"${command}" takes a number of rows`,
    hints: [`for example ${command} 10`],
  }),
)

export const expectedString = defineDiagnostic(
  'DP0110',
  'error',
  'A command that takes a string without one.',
  (command: string, found: string) => ({
    message: `"${command}" takes a string in single quotes, found ${quote(found)}`,
  }),
)

export const nestingTooDeep = defineDiagnostic(
  'DP0111',
  'error',
  'Brackets, prefix operators or sub-queries nested deeper than the parser goes.',
  (limit: number) => ({ message: `nested more than ${limit} levels deep` }),
)

export const missingPipe = defineDiagnostic(
  'DP0112',
  'error',
  'A command that follows a stage without a pipe between them.',
  (word: string) => ({ message: `expected "|" before "${word}"`, hints: [`write | ${word}`] }),
)

export const expectedType = defineDiagnostic(
  'DP0113',
  'error',
  'No type after a colon.',
  (found: string) => ({
    message: `expected a type after ":", found ${quote(found)}`,
    hints: ['string, number, boolean, timestamp or interval'],
  }),
)

export const expectedDataset = defineDiagnostic(
  'DP0114',
  'error',
  'No name of a dataset where one is required.',
  (found: string) => ({
    message: `expected the name of a dataset, found ${quote(found)}`,
    hints: ['for example source logs'],
  }),
)

export const tooManyProblems = defineDiagnostic(
  'DP0115',
  'info',
  'The list of problems was cut off.',
  (severity: string, shown: number, left: number) => ({
    message: `only the first ${shown} diagnostics of severity ${severity} are listed, ${left} more are not`,
  }),
)

export const expectedWord = defineDiagnostic(
  'DP0116',
  'error',
  'A clause followed by a word it does not take.',
  (clause: string, expected: readonly string[], found: string, suggestion: string | undefined) => ({
    message: `"${clause}" takes ${oneOf(expected)}, found ${quote(found)}`,
    hints: didYouMean(suggestion),
  }),
)

export const missingCommand = defineDiagnostic(
  'DP0120',
  'error',
  'A stage that begins with a condition, an aggregation or a dataset, without the command before it.',
  (found: string, command: string) => ({
    message: `expected a command before ${quote(found)}`,
    hints: [`write ${command} ${shorten(found)}`],
  }),
)

export const expectedKey = defineDiagnostic('DP0117', 'error', 'No key after a dot.', (found: string) => ({
  message: `expected a name after ".", found ${quote(found)}`,
  hints: ["an array index or any other key stands in brackets: items[0], tags['http.route']"],
}))

export const joinCondition = defineDiagnostic(
  'DP0118',
  'error',
  'A join condition that is more than keypaths compared with == and combined with &&.',
  (found: string) => ({
    message: `a join condition compares two keypaths with ==, found ${quote(found)}`,
    hints: ['several comparisons are combined with &&'],
  }),
)

export const repeatedClause = defineDiagnostic(
  'DP0119',
  'error',
  'A clause that is written twice in one stage.',
  (clause: string) => ({ message: `"${clause}" is written twice` }),
)
