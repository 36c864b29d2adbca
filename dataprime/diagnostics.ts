/**
 * Every diagnostic there is, one factory a code. Codes are stable: a code that is no longer used is not
 * given to another meaning. DP00xx the text, DP01xx the shape of a query, DP02xx forms of other
 * languages, DP03xx what the words mean, DP04xx doubtful but accepted.
 */
import { defineDiagnostic } from './diagnostic'

function didYouMean(suggestion: string | undefined): readonly string[] {
  return suggestion === undefined ? [] : [`did you mean "${suggestion}"?`]
}

// ---------------------------------------------------------------------------------------------------------
// DP00xx: the text

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

// ---------------------------------------------------------------------------------------------------------
// DP01xx: the shape of a query

export const emptyQuery = defineDiagnostic('DP0101', 'error', 'Text without any stage.', () => ({
  message: 'the query is empty',
  hints: ['a query begins with a source: source logs last 1h'],
}))

export const emptyStage = defineDiagnostic(
  'DP0102',
  'error',
  'Nothing between two pipes, or before the first or after the last.',
  (side: 'before' | 'after') => ({ message: `expected a command ${side} "|"` }),
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

// ---------------------------------------------------------------------------------------------------------
// DP02xx: forms of other languages

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

export const timeframeStage = defineDiagnostic(
  'DP0209',
  'error',
  'A time range as a stage of its own.',
  (word: string) => ({
    message: `"${word}" is not a command: the time range belongs to the source`,
    hints: [`for example source logs ${word === 'between' ? "between @'now'-1d and @'now'" : `${word} 1h`}`],
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
  (found: string) => ({
    message: `expected a string after "@", found "${shorten(found)}"`,
    hints: [`use @'${shorten(found)}'`],
  }),
)

// ---------------------------------------------------------------------------------------------------------
// DP03xx: what the words mean

export const unknownFunction = defineDiagnostic(
  'DP0301',
  'error',
  'A call of a function that does not exist.',
  (name: string, replacement: string | undefined, suggestion: string | undefined) => ({
    message: `unknown function "${shorten(name)}"`,
    hints: replacement === undefined ? didYouMean(suggestion) : [`use ${replacement}`],
  }),
)

export const wrongArgumentCount = defineDiagnostic(
  'DP0302',
  'error',
  'A call with too few or too many arguments.',
  (name: string, expected: string, found: number, signature: string) => ({
    message: `${name} takes ${expected}, found ${found}`,
    hints: [signature],
  }),
)

export const misplacedAggregation = defineDiagnostic(
  'DP0303',
  'error',
  'An aggregation where single rows are worked on.',
  (name: string, command: string) => ({
    message: `the aggregation ${name} cannot stand in "${command}", which works on single rows`,
    hints: [`aggregate first: groupby key aggregate ${name}(…) as value | ${command} value …`],
  }),
)

export const percentileOutOfRange = defineDiagnostic(
  'DP0304',
  'error',
  'The first argument of percentile is not between 0 and 1.',
  (found: string, suggestion: string | undefined) => ({
    message: `percentile takes a share from 0 to 1 first, found ${found}`,
    hints: [suggestion === undefined ? 'percentile(0.95, value)' : `use percentile(${suggestion}, value)`],
  }),
)

export const rowCountOutOfRange = defineDiagnostic(
  'DP0305',
  'error',
  'A number of rows that is not a positive whole number.',
  (command: string, found: string) => ({
    message: `"${command}" takes a positive whole number, found ${quote(found)}`,
  }),
)

export const unknownType = defineDiagnostic(
  'DP0306',
  'error',
  'A cast to a type that does not exist.',
  (type: string, suggestion: string | undefined) => ({
    message: `unknown type "${shorten(type)}"`,
    hints:
      suggestion === undefined ? ['string, number, boolean, timestamp or interval'] : didYouMean(suggestion),
  }),
)

export const sourceNotFirst = defineDiagnostic(
  'DP0307',
  'error',
  'A source that is not the first stage.',
  () => ({
    message: '"source" can only be the first stage',
    hints: ['union (source …) adds the rows of another source, join (source …) combines them'],
  }),
)

export const unknownNamedArgument = defineDiagnostic(
  'DP0308',
  'error',
  'A named argument that a function does not have.',
  (name: string, functionName: string, hint: string | undefined) => ({
    message: `${functionName} has no argument "${shorten(name)}"`,
    hints: hint === undefined ? [] : [hint],
  }),
)

export const nestedAggregation = defineDiagnostic(
  'DP0417',
  'warning',
  'An aggregation inside the argument of another.',
  (inner: string, outer: string) => ({
    message: `the aggregation ${inner} stands inside the aggregation ${outer}`,
    hints: ['aggregate twice, one stage after the other'],
  }),
)

export const stringAddition = defineDiagnostic('DP0310', 'error', 'Strings joined with a plus sign.', () => ({
  message: '"+" does not join strings',
  hints: ['use concat(a, b) or an interpolated string: `{a} {b}`'],
}))

export const missingAggregation = defineDiagnostic(
  'DP0418',
  'warning',
  'An aggregate expression without an aggregation in it.',
  (command: string) => ({
    message: `"${command}" takes aggregations, found an expression without one`,
    hints: ['for example count() as n'],
  }),
)

export const expectedPlainKeypath = defineDiagnostic(
  'DP0312',
  'error',
  'A command that takes keypaths, given another expression.',
  (command: string) => ({ message: `"${command}" takes keypaths, not other expressions` }),
)

export const timeframeOutOfRange = defineDiagnostic(
  'DP0313',
  'error',
  'A time range of negative or no length.',
  (word: string, requirement: string) => ({ message: `the interval of "${word}" must ${requirement}` }),
)

export const unknownExtractor = defineDiagnostic(
  'DP0314',
  'error',
  'An extractor that does not exist.',
  (name: string, suggestion: string | undefined) => ({
    message: `unknown extractor "${shorten(name)}"`,
    hints:
      suggestion === undefined ? ['regexp, multi_regexp, kv, jsonobject or split'] : didYouMean(suggestion),
  }),
)

export const unknownSeverity = defineDiagnostic(
  'DP0419',
  'warning',
  'A severity compared with a name that is no severity and so reads a field of that name.',
  (found: string, suggestion: string) => ({
    message: `${quote(found)} is not a severity`,
    hints: [`use ${suggestion}`],
  }),
)

// ---------------------------------------------------------------------------------------------------------
// DP04xx: doubtful but accepted

export const doubleQuotes = defineDiagnostic(
  'DP0401',
  'warning',
  'A string in double quotes: documented in places, refused by other tools of the vendor.',
  () => ({ message: 'strings are written in single quotes', hints: ["use '…'"] }),
)

export const blockComment = defineDiagnostic(
  'DP0402',
  'warning',
  'A comment between /* and */, which no documentation shows.',
  () => ({ message: 'block comments are not documented', hints: ['use // or # to the end of the line'] }),
)

export const unusualWhiteSpace = defineDiagnostic(
  'DP0403',
  'warning',
  'White space other than blanks, tabs and line ends.',
  () => ({ message: 'unusual white space', hints: ['use plain blanks'] }),
)

export const nonAsciiName = defineDiagnostic(
  'DP0404',
  'warning',
  'A bare name with letters outside ASCII.',
  (name: string) => ({
    message: `the name "${shorten(name)}" has letters outside ASCII`,
    hints: [`quote such a key in brackets: $d['${shorten(name)}']`],
  }),
)

export const undocumentedForm = defineDiagnostic(
  'DP0405',
  'warning',
  'A form that no documentation shows, such as an object literal or a number with an exponent.',
  (form: string, hint?: string) => ({
    message: `${form} is not documented`,
    hints: hint === undefined ? [] : [hint],
  }),
)

export const wordCase = defineDiagnostic(
  'DP0406',
  'warning',
  'A command or clause word that is not in lower case.',
  (word: string) => ({ message: `"${word}" is written in lower case`, hints: [`use ${word.toLowerCase()}`] }),
)

export const trailingComma = defineDiagnostic('DP0407', 'warning', 'A comma after the last element.', () => ({
  message: 'a comma after the last element is not documented',
  hints: ['remove it'],
}))

export const deprecatedWord = defineDiagnostic(
  'DP0408',
  'warning',
  'A word or function that has been replaced by another.',
  (word: string, replacement: string) => ({
    message: `"${word}" is deprecated`,
    hints: [`use ${replacement}`],
  }),
)

export const unknownField = defineDiagnostic(
  'DP0409',
  'warning',
  'A metadata or label field that the dataset does not have.',
  (keypath: string, dataset: string, suggestion: string | undefined) => ({
    message: `${dataset} have no field ${shorten(keypath)}`,
    hints: didYouMean(suggestion),
  }),
)

export const quotedSeverity = defineDiagnostic(
  'DP0410',
  'warning',
  'A severity compared with a string or a number.',
  (found: string, suggestion: string | undefined) => ({
    message: `a severity is compared with ${quote(found)}`,
    hints: [`use ${suggestion ?? 'the bare name, for example ERROR'}`],
  }),
)

export const aggregateAfterGrouping = defineDiagnostic(
  'DP0411',
  'warning',
  'A grouping without aggregates, followed by an aggregation of all its rows.',
  (command: string) => ({
    message: `"${command}" after a groupby without aggregates works on the groups, not on the rows in them`,
    hints: ['without the pipe, groupby key aggregate … gives one result a group'],
  }),
)

export const countOfComparison = defineDiagnostic(
  'DP0412',
  'warning',
  'A count of a comparison, which counts the rows where it is not null.',
  () => ({
    message: 'count(condition) also counts the rows where the condition is false',
    hints: ['use count_if(condition)'],
  }),
)

export const misplacedDefault = defineDiagnostic(
  'DP0413',
  'warning',
  'A default arm that is not the last one.',
  () => ({
    message: 'the arm "_" matches everything, so the arms after it are never reached',
    hints: ['move it to the end'],
  }),
)

export const rowCountDoubtful = defineDiagnostic(
  'DP0414',
  'warning',
  'A number of rows that is zero or not a literal.',
  (command: string, found: string) => ({
    message: `"${command}" is documented with a positive whole number, found ${quote(found)}`,
  }),
)

export const doubtfulNamedArgument = defineDiagnostic(
  'DP0415',
  'warning',
  'A named argument that the documentation of the function does not name.',
  (name: string, functionName: string) => ({
    message: `the documentation of ${functionName} names no argument "${shorten(name)}"`,
  }),
)

export const implicitSource = defineDiagnostic(
  'DP0416',
  'info',
  'A query without a source, which reads the default one.',
  () => ({
    message: 'without a source the query reads the default one, usually logs',
    hints: ['begin with source logs'],
  }),
)

// ---------------------------------------------------------------------------------------------------------

/** What was found, for a message: quoted, cut when long, and by its name when it has no text. */
function quote(found: string): string {
  return found === '' ? 'the end of the stage' : `"${shorten(found)}"`
}

const LONGEST_QUOTE = 40

function shorten(text: string): string {
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE).toWellFormed()}…` : text.toWellFormed()
}

function oneOf(options: readonly string[]): string {
  return options.length < 2 ? options.join('') : `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`
}

/** Control characters and lone surrogates are named by number, since they do not show. */
function describeCharacters(text: string): string {
  const visible = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u.test(text) && text.isWellFormed()
  if (visible) return `"${shorten(text)}"`
  const code = (text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return text.length === 1 ? `character U+${code}` : `characters from U+${code}`
}
