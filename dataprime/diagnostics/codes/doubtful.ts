/** DP04xx: doubtful but accepted. */
import { defineDiagnostic } from '../diagnostic'
import { didYouMean, quote, shorten } from './wording'

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
  'A field that the dataset does not have; one of the user data is only reported in strict mode with a catalogue.',
  (field: string, dataset: string, suggestion: string | undefined, implied: boolean) => ({
    message: `${dataset} have no field ${shorten(field)}`,
    hints: [...didYouMean(suggestion), ...(implied ? [`without a source ${dataset} are read`] : [])],
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
  (dataset: string) => ({
    message: 'without a source the query reads the default one, usually logs',
    hints: [`begin with source ${dataset}`],
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

export const missingAggregation = defineDiagnostic(
  'DP0418',
  'warning',
  'An aggregate expression without an aggregation in it.',
  (command: string) => ({
    message: `"${command}" takes aggregations, found an expression without one`,
    hints: ['for example count() as n'],
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

export const deadKeypath = defineDiagnostic(
  'DP0435',
  'warning',
  'A keypath that is read after a stage that removed it.',
  (keypath: string, command: string, suggestion: string | undefined, left: readonly string[]) => ({
    message: `there is no ${shorten(keypath)} after "${command}"`,
    hints: suggestion === undefined ? sayWhatIsLeft(left) : [`use ${suggestion}`],
  }),
)

function sayWhatIsLeft(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`what is left: ${names.map(shorten).join(', ')}`]
}

export const bareSeverity = defineDiagnostic(
  'DP0436',
  'warning',
  'A field of the user data called severity, compared with a severity.',
  () => ({ message: 'severity alone is a field of the user data', hints: ['use $m.severity'] }),
)

export const duplicateName = defineDiagnostic(
  'DP0437',
  'warning',
  'Two results of one stage under the same name.',
  (name: string, command: string) => ({
    message: `"${command}" gives two results the name ${shorten(name)}`,
    hints: ['name one of them differently: expression as name'],
  }),
)

export const tooManyUnions = defineDiagnostic(
  'DP0438',
  'warning',
  'More unions than frequent search takes.',
  (limit: number) => ({ message: `frequent search takes at most ${limit} unions in a query` }),
)

export const tooManyGroups = defineDiagnostic(
  'DP0439',
  'warning',
  'More groupings in one multigroupby than are documented.',
  (found: number, limit: number) => ({
    message: `"multigroupby" takes at most ${limit} groupings, found ${found}`,
  }),
)

export const namelessGroup = defineDiagnostic(
  'DP0440',
  'warning',
  'A grouping of multigroupby by an expression without an alias.',
  () => ({
    message: '"multigroupby" needs a name for a key that is not a keypath',
    hints: ['name it: expression as name'],
  }),
)

export const datatypesOfArray = defineDiagnostic(
  'DP0441',
  'warning',
  'Types for the keys of an extractor that gives an array.',
  (extractor: string) => ({
    message: `"datatypes" names keys of an object, and ${extractor} gives an array`,
    hints:
      extractor === 'split' ? ["split(delimiter=',', element_datatype=number) converts the elements"] : [],
  }),
)

export const implicitSubquerySource = defineDiagnostic(
  'DP0442',
  'info',
  'A sub-query without a source, which reads the default one.',
  () => ({
    message: 'without a source the sub-query reads the default one, not the rows before this stage',
    hints: ['begin with source logs'],
  }),
)

export const reversedTimes = defineDiagnostic(
  'DP0443',
  'warning',
  'A time range that ends before it begins.',
  () => ({ message: 'the time range ends before it begins', hints: ['the earlier time comes first'] }),
)

export const literalSpelling = defineDiagnostic(
  'DP0447',
  'warning',
  'A name such as NULL or True, which is a field and not the literal.',
  (found: string, literal: string) => ({
    message: `"${found}" is read as the name of a field`,
    hints: [`the literal is ${literal}`],
  }),
)

export const dpxlCast = defineDiagnostic(
  'DP0444',
  'warning',
  'A keypath in DPXL whose type nothing tells; one of the user data is an error.',
  (keypath: string) => ({
    message: `DPXL needs to know the type of ${shorten(keypath)} here`,
    hints: [`cast it: ${shorten(keypath)}:string`],
  }),
)
