/**
 * Turns a syntax tree back into its one canonical text: canonical command words, single-quoted strings,
 * brackets only for keys that are no identifier, parentheses only where precedence asks for them.
 * Parsing the text of a tree that has no errors gives the same tree again (`sameTree`).
 */

import { escapeString, escapeTemplateText } from '../syntax/escapes'
import { BINARY_PRECEDENCE, POSTFIX_PRECEDENCE, PREFIX_PRECEDENCE, precedenceOf } from '../syntax/precedence'
import {
  type AliasedExpression,
  type Argument,
  type CaseExpression,
  type Dataset,
  type Expression,
  type JoinCondition,
  type JoinOperand,
  type JoinStage,
  type Keypath,
  type Namespace,
  type OrderKey,
  type Query,
  SEVERITIES,
  type Segment,
  type Stage,
  type Timeframe,
  type TypedKeypath,
} from '../tree/ast'

/** The query on one line, its stages joined by ` | `. Never throws; a tree with errors prints as far as it goes. */
export function print(query: Query): string {
  return query.stages.map(printStage).join(' | ')
}

/** The query with one stage a line, every line but the first led by `| `. A tree has no comments: see `formatText` for a text. */
export function format(query: Query): string {
  return query.stages.map(printStage).join('\n| ')
}

export function printStage(stage: Stage): string {
  return words(...stageWords(stage))
}

/** A word that is null, undefined or empty is a clause that is not there. */
type Word = string | null | undefined

function words(...parts: readonly Word[]): string {
  return parts.filter((part) => part).join(' ')
}

function stageWords(stage: Stage): readonly Word[] {
  switch (stage.kind) {
    case 'SourceStage':
      return [
        'source',
        printDataset(stage.dataset) + sourceParameters(stage.parameters),
        timeframe(stage.timeframe),
      ]
    case 'FilterStage':
      return ['filter', printAfterWord(stage.predicate)]
    case 'BlockStage':
      return ['block', printAfterWord(stage.predicate)]
    case 'FindStage':
      return ['find', printExpression(stage.phrase), 'in', printTight(stage.target)]
    case 'WildfindStage':
      return ['wildfind', printExpression(stage.phrase)]
    case 'LuceneStage':
      return ['lucene', printExpression(stage.text)]
    case 'GroupbyStage':
      return ['groupby', aliasedList(stage.keys), ...aggregateWords(stage.aggregates)]
    case 'MultigroupbyStage':
      return [
        'multigroupby',
        stage.groups.map((group) => `(${aliasedList(group)})`).join(', '),
        ...aggregateWords(stage.aggregates),
      ]
    case 'AggregateStage':
      return ['aggregate', aliasedList(stage.aggregates)]
    case 'CountStage':
      return ['count', ...clause('into', stage.into)]
    case 'CountbyStage':
      return ['countby', aliasedList(stage.keys), ...clause('into', stage.into), stage.direction]
    case 'DistinctStage':
      return ['distinct', aliasedList(stage.keys)]
    case 'DedupebyStage':
      return [
        'dedupeby',
        expressionList(stage.keys),
        ...clause('keep', stage.keep),
        ...(stage.orderBy.length > 0 ? ['orderby', orderKeys(stage.orderBy)] : []),
      ]
    case 'TopStage':
      return [stage.end, printAfterWord(stage.count), aliasedList(stage.results), 'by', aliasedList(stage.by)]
    case 'OrderbyStage':
      return ['orderby', orderKeys(stage.keys)]
    case 'LimitStage':
      return ['limit', printAfterWord(stage.count)]
    case 'ChooseStage':
      return ['choose', aliasedList(stage.fields)]
    case 'CreateStage':
      return [
        'create',
        ...(stage.form === 'from'
          ? [printAfterWord(stage.target), 'from', printAfterWord(stage.value)]
          : [printAfterWord(stage.value), 'as', printAfterWord(stage.target)]),
        stage.onKeypathExists && `on keypath exists ${stage.onKeypathExists}`,
        stage.onKeypathMissing && `on keypath missing ${stage.onKeypathMissing}`,
        stage.onDatatypeChanged && `on datatype changed ${stage.onDatatypeChanged}`,
      ]
    case 'ReplaceStage':
      return [
        'replace',
        printAfterWord(stage.target),
        'with',
        printAfterWord(stage.value),
        stage.onDatatypeChanged && `on datatype changed ${stage.onDatatypeChanged}`,
      ]
    case 'RemoveStage':
      return ['remove', expressionList(stage.keypaths)]
    case 'MoveStage':
      return ['move', printAfterWord(stage.from), 'to', printAfterWord(stage.to)]
    case 'RedactStage':
      return [
        'redact',
        printAfterWord(stage.target),
        'matching',
        printExpression(stage.pattern),
        'to',
        printExpression(stage.replacement),
      ]
    case 'ConvertStage':
      return ['convert', typedKeypaths(stage.conversions)]
    case 'RoundtimeStage':
      return [
        'roundtime',
        stage.time && printAfterWord(stage.time),
        'to',
        printAfterWord(stage.interval),
        ...clause('into', stage.into),
      ]
    case 'ExplodeStage':
      return [
        'explode',
        printAfterWord(stage.array),
        ...clause('into', stage.into),
        stage.original && `original ${stage.original}`,
      ]
    case 'ExtractStage':
      return [
        'extract',
        printAfterWord(stage.subject),
        ...clause('into', stage.into),
        ...clause('using', stage.extractor),
        ...(stage.datatypes.length > 0 ? ['datatypes', typedKeypaths(stage.datatypes)] : []),
      ]
    case 'EnrichStage':
      return [
        'enrich',
        printAfterWord(stage.key),
        ...clause('into', stage.into),
        'using',
        printDataset(stage.table),
      ]
    case 'JoinStage':
      return [
        'join',
        stage.join,
        `(${print(stage.query)})`,
        ...joinCondition(stage),
        ...clause('into', stage.into),
      ]
    case 'UnionStage':
      return ['union', `(${print(stage.query)})`]
    case 'StitchStage':
      return [
        'stitch',
        `(${print(stage.query)})`,
        ...clause('into', stage.into),
        stage.merge ? 'merge' : null,
      ]
    case 'DpxlStage':
      return [`<${stage.version}>`, printExpression(stage.predicate)]
    case 'UnknownStage':
      return [stage.text]
  }
}

function clause(word: string, expression: Expression | null): readonly Word[] {
  return expression === null ? [] : [word, printAfterWord(expression)]
}

function aggregateWords(aggregates: readonly AliasedExpression[]): readonly Word[] {
  return aggregates.length > 0 ? ['aggregate', aliasedList(aggregates)] : []
}

function joinCondition(stage: JoinStage): readonly Word[] {
  if (stage.on.length > 0) return ['on', stage.on.map(printJoinCondition).join(' && ')]
  return stage.using.length > 0 ? ['using', stage.using.map(printTight).join(', ')] : []
}

function printJoinCondition(condition: JoinCondition): string {
  return `${joinOperand(condition.left)} == ${joinOperand(condition.right)}`
}

function joinOperand({ side, expression }: JoinOperand): string {
  const operand = printTight(expression)
  return side === null ? operand : `${side}=>${operand}`
}

function sourceParameters(parameters: readonly Argument[]): string {
  return parameters.length > 0 ? `(${argumentList(parameters)})` : ''
}

export function printDataset({ dataspace, name }: Dataset): string {
  return dataspace === null ? datasetName(name) : `${datasetName(dataspace)}/${datasetName(name)}`
}

function datasetName(name: string): string {
  return name.split(/[./]/).every(isIdentifier) ? name : `"${escapeString(name, '"')}"`
}

function timeframe(frame: Timeframe | null): Word {
  switch (frame?.kind) {
    case undefined:
      return null
    case 'AroundTimeframe':
      return words('around', printAfterWord(frame.time), ...clause('interval', frame.interval))
    case 'BetweenTimeframe':
      return words('between', printAfterWord(frame.from), 'and', printAfterWord(frame.to))
    case 'LastTimeframe':
      return words('last', printAfterWord(frame.interval))
    case 'TimeshiftedTimeframe':
      return words('timeshifted', printAfterWord(frame.interval))
  }
}

function aliasedList(list: readonly AliasedExpression[]): string {
  return list.map(printAliased).join(', ')
}

function printAliased({ expression, alias }: AliasedExpression): string {
  return words(printAfterWord(expression), ...clause('as', alias))
}

function orderKeys(list: readonly OrderKey[]): string {
  return list.map(({ expression, direction }) => words(printAfterWord(expression), direction)).join(', ')
}

function typedKeypaths(list: readonly TypedKeypath[]): string {
  return list.map(({ keypath, type }) => `${printExpression(keypath)}:${type}`).join(', ')
}

function expressionList(list: readonly Expression[]): string {
  return list.map(printAfterWord).join(', ')
}

function argumentList(list: readonly Argument[]): string {
  return list
    .map(({ name, value }) => (name === null ? printExpression(value) : `${name}=${printExpression(value)}`))
    .join(', ')
}

/** The text of one expression. A missing one is empty text. */
export function printExpression(expression: Expression): string {
  return printOperand(expression, 0)
}

/**
 * The text of an expression that stands behind a word or another expression, where a slash would be read as
 * a division: one that begins with a regular expression is put in parentheses.
 */
function printAfterWord(expression: Expression): string {
  return wrapRegex(printExpression(expression))
}

/** The same for a place that takes no operators. */
function printTight(expression: Expression): string {
  return wrapRegex(printOperand(expression, POSTFIX_PRECEDENCE))
}

function wrapRegex(text: string): string {
  return text.startsWith('/') ? `(${text})` : text
}

/**
 * Prints an expression for a place that takes only what binds at least as tightly as `precedence`.
 *
 * A chain such as `a + b + c …` or `a.f().g() …` leans to the left and may be very long, so the way down
 * the left side is a loop; the recursion goes only as deep as brackets are nested.
 */
export function printOperand(expression: Expression, precedence: number): string {
  const chain: { node: Expression; wrapped: boolean }[] = []
  let node = expression
  let required = precedence
  for (;;) {
    chain.push({ node, wrapped: precedenceOf(node) < required })
    const left = leftOperand(node)
    if (left === undefined) break
    required = precedenceOf(node)
    node = left
  }

  let text = ''
  for (const { wrapped } of chain) if (wrapped) text += '('
  for (let index = chain.length - 1; index >= 0; index--) {
    const { node, wrapped } = chain[index] as (typeof chain)[number]
    text += printAfterLeft(node)
    if (wrapped) text += ')'
  }
  return text
}

function leftOperand(node: Expression): Expression | undefined {
  switch (node.kind) {
    case 'BinaryExpression':
      return node.left
    case 'MethodCallExpression':
      return node.target
    case 'MemberExpression':
      return node.object
    case 'CastExpression':
      return node.expression
    default:
      return undefined
  }
}

/** All of a node's text but that of its left operand. */
function printAfterLeft(node: Expression): string {
  switch (node.kind) {
    case 'BinaryExpression':
      return ` ${node.operator} ${printOperand(node.right, BINARY_PRECEDENCE[node.operator] + 1)}`
    case 'MethodCallExpression':
      return `.${node.name}(${argumentList(node.arguments)})`
    case 'MemberExpression':
      return printSegment(node.segment)
    case 'CastExpression':
      return `:${node.type}`
    case 'CallExpression':
      return `${node.name}(${argumentList(node.arguments)})`
    case 'Keypath':
      return printKeypath(node)
    case 'UnaryExpression':
      return printUnary(node.operator, node.operand)
    case 'CaseExpression':
      return printCase(node)
    case 'NumberLiteral':
    case 'IntervalLiteral':
      return node.text
    case 'StringLiteral':
      return printString(node.value)
    case 'BooleanLiteral':
    case 'SeverityLiteral':
      return String(node.value)
    case 'NullLiteral':
      return 'null'
    case 'RegexLiteral':
      // Nothing between the slashes would begin a comment.
      return node.pattern === '' ? '/(?:)/' : `/${node.pattern}/`
    case 'InterpolatedString':
      return printTemplate(node.parts)
    case 'TimestampLiteral':
      return printTimestamp(node.operand, node.inNanoseconds === true)
    case 'ArrayLiteral':
      return `[${node.elements.map(printExpression).join(', ')}]`
    case 'ObjectLiteral':
      return printObject(node.entries)
    case 'MissingExpression':
      return ''
  }
}

/** Every string is written with single quotes, also one that was read with double quotes. */
export function printString(value: string): string {
  return `'${escapeString(value, "'")}'`
}

function printUnary(operator: string, operand: Expression): string {
  const text = printOperand(operand, PREFIX_PRECEDENCE)
  // A minus directly before digits would be read back as the sign of the literal.
  return operator === '-' && startsWithDigit(text) ? `-(${printExpression(operand)})` : `${operator}${text}`
}

function startsWithDigit(text: string): boolean {
  const code = text.charCodeAt(0)
  return code >= 48 && code <= 57
}

function printTemplate(parts: readonly (string | Expression)[]): string {
  const texts = parts.map((part) =>
    typeof part === 'string' ? escapeTemplateText(part) : `{${printExpression(part)}}`,
  )
  return `\`${texts.join('')}\``
}

function printTimestamp(operand: Expression, inNanoseconds: boolean): string {
  const bare =
    operand.kind === 'StringLiteral' ||
    operand.kind === 'InterpolatedString' ||
    (operand.kind === 'NumberLiteral' && !inNanoseconds && startsWithDigit(operand.text))
  return bare ? `@${printExpression(operand)}` : `@(${printExpression(operand)})`
}

function printObject(entries: readonly { readonly key: string; readonly value: Expression }[]): string {
  if (entries.length === 0) return '{}'
  return `{ ${entries.map(({ key, value }) => `${printString(key)}: ${printExpression(value)}`).join(', ')} }`
}

function printCase({ form, subject, arms }: CaseExpression): string {
  const items = arms.map(
    ({ pattern, value }) => `${pattern === null ? '_' : printPattern(pattern)} -> ${printExpression(value)}`,
  )
  return `${form} { ${[...(subject === null ? [] : [printExpression(subject)]), ...items].join(', ')} }`
}

/** A bare `_` is the default, so a field of that name is put in parentheses. */
function printPattern(pattern: Expression): string {
  const text = printExpression(pattern)
  return text === '_' ? '(_)' : text
}

const LITERAL_WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', ...SEVERITIES])

/** The text of a keypath below a namespace that is written. */
export function printPath(namespace: Namespace, segments: readonly Segment[]): string {
  let text: string = namespace
  for (const segment of segments) text += printSegment(segment)
  return text
}

function printKeypath({ namespace, segments }: Keypath): string {
  const rest = segments.map(printSegment).join('')
  if (namespace !== null) return namespace + rest
  const first = segments[0]
  if (first === undefined) return ''
  return first.kind === 'NameSegment' && isBareName(first.name) ? rest.slice(1) : `$d${rest}`
}

/** One step down, `.name` for an identifier and `['…']` for every other key. */
export function printSegment(segment: Segment): string {
  if (segment.kind === 'IndexSegment') return `[${printExpression(segment.index)}]`
  return isIdentifier(segment.name) ? `.${segment.name}` : `[${printString(segment.name)}]`
}

/** Whether a keypath may begin with this name: an identifier that is no literal. Any other name needs its namespace. */
export function isBareName(text: string): boolean {
  return isIdentifier(text) && !LITERAL_WORDS.has(text)
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Identifier = (letter | "_") { letter | digit | "_" }, in ASCII. */
export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text)
}
