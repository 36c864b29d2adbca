/** DP02xx: forms of other languages. */
import { defineDiagnostic } from '../diagnostic'
import { shorten } from './wording'

export const singleEquals = defineDiagnostic(
  'DP0201',
  'error',
  'A single equals sign where values are compared.',
  () => ({ message: '"=" does not compare', hints: ['use =='] }),
)

export const foreignOperator = defineDiagnostic(
  'DP0202',
  'error',
  'An operator that another language has.',
  (found: string, replacement: string) => ({
    message: `there is no operator ${found}`,
    hints: [`use ${replacement}`],
  }),
)

export const wordOperator = defineDiagnostic(
  'DP0203',
  'error',
  'The words and, or, not instead of the operators.',
  (word: string, replacement: string) => ({
    message: `"${word}" is not an operator`,
    hints: [`use ${replacement}`],
  }),
)

export const infixWord = defineDiagnostic(
  'DP0204',
  'error',
  'A word between two operands, such as in, like, contains, is null.',
  (word: string, replacement: string) => ({
    message: `"${word}" does not stand between operands`,
    hints: [`use ${replacement}`],
  }),
)

export const ternary = defineDiagnostic('DP0205', 'error', 'The conditional operator ?:.', () => ({
  message: 'there is no operator ?:',
  hints: ['use if(condition, then, else)'],
}))

export const assignment = defineDiagnostic(
  'DP0207',
  'error',
  'A field that is given its value with an equals sign.',
  (replacement: string) => ({ message: '"=" does not assign', hints: [`use ${replacement}`] }),
)

export const foreignCommand = defineDiagnostic(
  'DP0208',
  'error',
  'A command that another query language has.',
  (word: string, replacement: string) => ({
    message: `there is no command "${word}"`,
    hints: [`use ${replacement}`],
  }),
)

const TIMEFRAME_EXAMPLES: Readonly<Record<string, string>> = {
  around: "around @'2025-03-01T08:15' interval 30m",
  between: "between @'now'-1d and @'now'",
  timeshifted: 'timeshifted -1d',
}

export const timeframeStage = defineDiagnostic(
  'DP0209',
  'error',
  'A time range as a stage of its own.',
  (word: string) => ({
    message: `"${word}" is not a command: the time range belongs to the source`,
    hints: [`for example source logs ${TIMEFRAME_EXAMPLES[word] ?? 'last 1h'}`],
  }),
)

export const sqlQuery = defineDiagnostic('DP0210', 'error', 'A query in the form of SQL.', () => ({
  message: 'this is the form of an SQL query',
  hints: ['use source dataset | filter condition | choose fields'],
}))

export const statementTerminator = defineDiagnostic('DP0211', 'error', 'A semicolon.', () => ({
  message: 'a query does not end with ";"',
  hints: ['remove it'],
}))

export const countStar = defineDiagnostic('DP0212', 'error', 'The form count(*).', () => ({
  message: '"*" is not an argument',
  hints: ['count() counts rows'],
}))

export const sqlCase = defineDiagnostic('DP0213', 'error', 'The form case when … then … end.', () => ({
  message: 'there is no "case when"',
  hints: ['use case { condition -> value, _ -> default }'],
}))

export const doublePipe = defineDiagnostic(
  'DP0214',
  'error',
  'Two pipes between stages.',
  (word: string) => ({
    message: `"||" combines conditions, found the command "${word}" after it`,
    hints: ['stages are separated by a single |'],
  }),
)

export const countDistinct = defineDiagnostic('DP0215', 'error', 'The form count(distinct x).', () => ({
  message: '"distinct" is not an argument',
  hints: ['use distinct_count(x)'],
}))

export const spokenInterval = defineDiagnostic(
  'DP0216',
  'error',
  'A number and a unit in words where an interval is required.',
  (found: string, replacement: string) => ({
    message: `"${found}" is not an interval`,
    hints: [`use ${replacement}`],
  }),
)

export const countCall = defineDiagnostic('DP0217', 'error', 'The command count with parentheses.', () => ({
  message: 'count() is an aggregation, not a command',
  hints: ['use count into total, or aggregate count() as total'],
}))

export const aggregateBy = defineDiagnostic(
  'DP0218',
  'error',
  'An aggregation with its keys after it.',
  (command: string) => ({
    message: `"${command}" takes no "by"`,
    hints: ['use groupby key aggregate expression as name'],
  }),
)

export const bareTimestamp = defineDiagnostic(
  'DP0219',
  'error',
  'A word without quotes after an at sign.',
  (found: string, replacement = `@'${shorten(found)}'`) => ({
    message: `expected a string after "@", found "${shorten(found)}"`,
    hints: [`use ${replacement}`],
  }),
)

export const doubledQuote = defineDiagnostic(
  'DP0220',
  'error',
  'A quote within a string that is escaped by doubling it.',
  () => ({ message: 'a quote within a string is not escaped by doubling it', hints: ["use \\'"] }),
)

export const doubleColon = defineDiagnostic('DP0221', 'error', 'A cast with two colons.', () => ({
  message: '"::" does not cast',
  hints: ['use a single colon: value:number'],
}))

export const colonComparison = defineDiagnostic(
  'DP0222',
  'error',
  'A field and a value with a colon between them.',
  () => ({ message: '":" casts and does not compare', hints: ['use =='] }),
)

export const defaultArmWord = defineDiagnostic(
  'DP0223',
  'error',
  'The default arm of a case with a word instead of the underscore.',
  (word: string) => ({ message: `"${word}" does not begin the default arm`, hints: ['use _'] }),
)

export const proseAroundQuery = defineDiagnostic(
  'DP0224',
  'error',
  'Sentences before or after the query.',
  () => ({ message: 'this is not part of a query', hints: ['remove it'] }),
)

export const oneAtATime = defineDiagnostic(
  'DP0225',
  'error',
  'Several fields in a command that takes one.',
  (command: string) => ({
    message: `"${command}" takes one field at a time`,
    hints: [`write | ${command} for each`],
  }),
)

export const commaBetweenConditions = defineDiagnostic(
  'DP0228',
  'error',
  'Conditions with a comma between them.',
  () => ({ message: '"," does not combine conditions', hints: ['use &&'] }),
)

export const keptAsItIs = defineDiagnostic(
  'DP0229',
  'error',
  'A star for all fields.',
  (command: string) => ({
    message: `"${command} *" is not a stage`,
    hints: ['without it all fields are kept'],
  }),
)

export const sqlComment = defineDiagnostic('DP0231', 'error', 'A comment of SQL.', () => ({
  message: '"--" does not begin a comment',
  hints: ['use // or #'],
}))

export const castCall = defineDiagnostic('DP0230', 'error', 'The form cast(x as type).', () => ({
  message: '"cast" is not a function',
  hints: ['use value:type'],
}))
