/**
 * Random syntax trees, of every kind of node and every form the parser makes. What they mean is of no
 * account, only that they can be written and read.
 */
import fc from 'fast-check'
import { printExpression } from '../format/print'
import { BINARY_PRECEDENCE } from '../syntax/precedence'
import {
  type AliasedExpression,
  type Argument,
  type BinaryOperator,
  CASE_FORMS,
  type CaseArm,
  type Dataset,
  type Expression,
  type JoinCondition,
  type Keypath,
  NAMESPACES,
  NO_RANGE,
  type OrderKey,
  type Query,
  SEVERITIES,
  type Segment,
  type Stage,
  type Timeframe,
  type TypedKeypath,
} from '../tree/ast'
import { keypath as keypathOf } from '../tree/build'

const range = NO_RANGE
const nameRange = NO_RANGE
const typeRange = NO_RANGE
const keywordRange = NO_RANGE
const operatorRange = NO_RANGE

/** Words of the language among them, since none of them is reserved. */
const names = fc.constantFrom(
  ...['a', 'status', 'message', '_x', 'count', 'sum', 'e', 'limit', 'filter', 'source', 'last', 'interval'],
  ...['as', 'by', 'asc', 'desc', 'into', 'with', 'from', 'using', 'on', 'keep', 'original', 'aggregate'],
  ...['true', 'null', 'ERROR', 'case', 'datatypes', 'matching', 'value', 'kind', 'redact', 'text', '_'],
  ...['to', 'in', 'and', 'or', 'merge', 'order', 'sort', 'between', 'around', 'left', 'right', 'is'],
  ...['where', 'when', 'exists', 'agg', 'orderby'],
)

/** Where a condition is taken, a name before an equals sign is a comparison with the wrong sign. */
function withoutNames<Parts extends { readonly name: string; readonly arguments: readonly Argument[] }>(
  parts: Parts,
): Parts {
  if (parts.name !== 'if') return parts
  return { ...parts, arguments: parts.arguments.map((argument) => ({ ...argument, name: null })) }
}

const functions = fc.constantFrom('count', 'avg', 'contains', 'in', 'if', 'e', 'max', 'roundTime', 'nameless')

/** Any text at all, lone surrogates and control characters too. */
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom("it's", '\\', '\\d+\\', '`{x}`', '"', '\n\r\t\f\b'),
)

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { minLength: 1, maxLength: 3 })
const few = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { maxLength: 2 })

const numbers: fc.Arbitrary<Expression> = fc
  .constantFrom('0', '1', '-5', '3.25', '-0.5', '1740816000', '1e5', '-2E-3')
  .map((text) => ({ kind: 'NumberLiteral', text, value: Number(text), range }))

const intervals: fc.Arbitrary<Expression> = fc
  .constantFrom(
    ['90m', 5400e9] as const,
    ['1d12h', 129600e9] as const,
    ['-3d', -259200e9] as const,
    ['250ms', 250e6] as const,
    ['1w', 604800e9] as const,
    ['1.5h', 5400e9] as const,
  )
  .map(([text, nanoseconds]) => ({ kind: 'IntervalLiteral', text, nanoseconds, range }))

const strings: fc.Arbitrary<Expression> = texts.map((value) => ({
  kind: 'StringLiteral',
  value,
  quote: 'single',
  range,
}))

const regexes: fc.Arbitrary<Expression> = fc
  .constantFrom('^a', '\\/x\\/', '[a-z]|b#c', '(?<n>\\d+)', '\'"`')
  .map((pattern) => ({ kind: 'RegexLiteral', pattern, range }))

const literals: fc.Arbitrary<Expression> = fc.oneof(
  numbers,
  intervals,
  strings,
  regexes,
  fc.boolean().map((value): Expression => ({ kind: 'BooleanLiteral', value, range })),
  fc.constant<Expression>({ kind: 'NullLiteral', range }),
  fc.constantFrom(...SEVERITIES).map((value): Expression => ({ kind: 'SeverityLiteral', value, range })),
)

/** A bare name that is a literal or holds more than a name needs its namespace, which the parser would then find. */
function asRead(keypath: Keypath): Keypath {
  const first = keypath.segments[0]
  const literal = ['true', 'null', 'ERROR']
  if (
    keypath.namespace !== null ||
    (first?.kind === 'NameSegment' && !literal.includes(first.name) && /^[A-Za-z_]\w*$/.test(first.name))
  ) {
    return keypath
  }
  return { ...keypath, namespace: '$d' }
}

const { expression, keypath } = fc.letrec<{
  expression: Expression
  keypath: Keypath
  segment: Segment
  argument: Argument
  arm: CaseArm
}>((tie) => ({
  segment: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.oneof(names, texts).map((name): Segment => ({ kind: 'NameSegment', name, range })),
    },
    { weight: 1, arbitrary: tie('expression').map(asIndex) },
  ),
  keypath: fc
    .record({
      namespace: optional(fc.constantFrom(...NAMESPACES)),
      segments: fc.array(tie('segment'), { maxLength: 3 }),
    })
    .filter(({ namespace, segments }) => namespace !== null || segments.length > 0)
    .map((parts) => asRead({ kind: 'Keypath', ...parts, range })),
  argument: fc
    .record({ name: optional(names), value: tie('expression') })
    .map((parts) => ({ kind: 'Argument', ...parts, range })),
  arm: fc
    .record({ pattern: optional(tie('expression')), value: tie('expression') })
    .map((parts) => ({ kind: 'CaseArm', ...parts, range })),
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('keypath'),
    literals,
    fc
      .record({
        operator: fc.constantFrom(...(Object.keys(BINARY_PRECEDENCE) as BinaryOperator[])),
        left: tie('expression'),
        right: tie('expression'),
      })
      .map((parts): Expression => ({ kind: 'BinaryExpression', operatorRange, ...parts, range })),
    fc
      .record({ operator: fc.constantFrom('!' as const, '-' as const), operand: tie('expression') })
      .map((parts): Expression => ({ kind: 'UnaryExpression', ...parts, range })),
    fc
      .record({ name: functions, arguments: few(tie('argument')) })
      .map((parts): Expression => ({ kind: 'CallExpression', nameRange, ...withoutNames(parts), range })),
    fc
      .record({ target: tie('expression'), name: functions, arguments: few(tie('argument')) })
      .map(
        (parts): Expression => ({ kind: 'MethodCallExpression', nameRange, ...withoutNames(parts), range }),
      ),
    fc
      .record({ object: tie('expression').filter(({ kind }) => kind !== 'Keypath'), segment: tie('segment') })
      .map((parts): Expression => ({ kind: 'MemberExpression', ...parts, range })),
    fc
      .record({ expression: tie('expression'), type: fc.constantFrom('string', 'number', 'timestamp') })
      .map((parts): Expression => ({ kind: 'CastExpression', typeRange, ...parts, range })),
    tie('expression').map(asTimestamp),
    few(tie('expression')).map((elements): Expression => ({ kind: 'ArrayLiteral', elements, range })),
    few(fc.record({ key: texts, value: tie('expression') })).map(
      (entries): Expression => ({ kind: 'ObjectLiteral', entries, range }),
    ),
    fc
      .array(
        fc.oneof(
          texts.filter((text) => text !== ''),
          tie('expression'),
        ),
        { maxLength: 3 },
      )
      .filter((parts) =>
        parts.every((part, index) => typeof part !== 'string' || typeof parts[index - 1] !== 'string'),
      )
      .map((parts): Expression => ({ kind: 'InterpolatedString', parts, range })),
    fc
      .record({ form: fc.constantFrom(...CASE_FORMS), subject: tie('expression'), arms: some(tie('arm')) })
      .map(
        ({ form, subject, arms }): Expression => ({
          kind: 'CaseExpression',
          form,
          subject: form === 'case' ? null : subject,
          arms,
          range,
        }),
      ),
  ),
}))

/** Brackets around a string are a name, not an index. */
function asIndex(index: Expression): Segment {
  return index.kind === 'StringLiteral'
    ? { kind: 'NameSegment', name: index.value, range }
    : { kind: 'IndexSegment', index, range }
}

function asTimestamp(operand: Expression): Expression {
  const node = { kind: 'TimestampLiteral', operand, range } as const
  return operand.kind === 'NumberLiteral' && operand.text.startsWith('-')
    ? { ...node, inNanoseconds: true }
    : node
}

export { expression as arbitraryExpression }

// ---------------------------------------------------------------------------------------------------------
// Stages

const target: fc.Arbitrary<Keypath> = keypath

const aliased: fc.Arbitrary<AliasedExpression> = fc
  .record({ expression, alias: optional(target) })
  .map((parts) => ({ kind: 'AliasedExpression', ...parts, range }))

const orderKey: fc.Arbitrary<OrderKey> = fc
  .record({ expression, direction: optional(fc.constantFrom('asc' as const, 'desc' as const)) })
  .map((parts) => ({ kind: 'OrderKey', ...parts, range }))

const typedKeypath: fc.Arbitrary<TypedKeypath> = fc
  .record({ keypath: target, type: fc.constantFrom('string', 'number') })
  .map((parts) => ({ kind: 'TypedKeypath', typeRange, ...parts, range }))

const dataset: fc.Arbitrary<Dataset> = fc
  .record({
    dataspace: optional(fc.constantFrom('default', 'my-space')),
    name: fc.constantFrom('logs', 'a.b_c', 'x y', 'from', 'last', 'a-b', '1x', 'größe', 'q"\\', "it's", '.'),
  })
  .map((parts) => ({ kind: 'Dataset', ...parts, range }))

const timeframe: fc.Arbitrary<Timeframe> = fc.oneof(
  fc
    .record({ time: expression, interval: optional(expression) })
    .map((parts): Timeframe => ({ kind: 'AroundTimeframe', ...parts, range })),
  fc
    .record({ from: expression, to: expression })
    .map((parts): Timeframe => ({ kind: 'BetweenTimeframe', ...parts, range })),
  expression.map((interval): Timeframe => ({ kind: 'LastTimeframe', interval, range })),
  expression.map((interval): Timeframe => ({ kind: 'TimeshiftedTimeframe', interval, range })),
)

const parameter: fc.Arbitrary<Argument> = fc
  .record({ name: names, value: literals })
  .map((parts) => ({ kind: 'Argument', ...parts, range }))

/** A parenthesis at the start of a condition groups conditions, so an operand there begins with a keypath. */
const conditionStart: fc.Arbitrary<Expression> = fc
  .record({ keypath, cast: fc.boolean() })
  .map(({ keypath, cast }) =>
    cast ? { kind: 'CastExpression', expression: keypath, type: 'string', typeRange, range } : keypath,
  )

const joinCondition: fc.Arbitrary<JoinCondition> = fc
  .oneof(
    fc.tuple(conditionStart, expression, fc.constantFrom(null, 'left' as const), fc.constant(null)),
    fc.tuple(expression, expression, fc.constant('right' as const), fc.constant('left' as const)),
  )
  .map(([left, right, leftSide, rightSide]) => ({
    kind: 'JoinCondition',
    left: { kind: 'JoinOperand', side: leftSide, expression: left, range },
    right: { kind: 'JoinOperand', side: rightSide, expression: right, range },
    range,
  }))

const rowCountParameter = keypathOf('$p', 'rows')

type Parts<Kind extends Stage['kind']> = {
  [Name in Exclude<keyof Extract<Stage, { kind: Kind }>, 'kind' | 'range' | 'keywordRange'>]: fc.Arbitrary<
    Extract<Stage, { kind: Kind }>[Name]
  >
}

function stage<Kind extends Stage['kind']>(kind: Kind, parts: Parts<Kind>): fc.Arbitrary<Stage> {
  return fc
    .record(parts as never)
    .map((values) => ({ kind, ...(values as object), range, keywordRange }) as unknown as Stage)
}

const anyStage: fc.Arbitrary<Stage> = fc.letrec<{ stage: Stage; query: Query }>((tie) => ({
  query: fc
    .array(tie('stage'), { minLength: 1, maxLength: 2 })
    .map((stages) => ({ kind: 'Query', stages, range })),
  stage: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    stage('FilterStage', { predicate: expression }),
    stage('SourceStage', { dataset, parameters: few(parameter), timeframe: optional(timeframe) }),
    stage('BlockStage', { predicate: expression }),
    stage('FindStage', { phrase: strings, target: expression }),
    stage('WildfindStage', { phrase: strings }),
    stage('LuceneStage', { text: strings }),
    stage('GroupbyStage', { keys: some(aliased), aggregates: few(aliased) }),
    stage('MultigroupbyStage', { groups: some(few(aliased)), aggregates: few(aliased) }),
    stage('AggregateStage', { aggregates: some(aliased) }),
    stage('CountStage', { into: optional(target) }),
    stage('CountbyStage', {
      keys: some(aliased),
      into: optional(target),
      direction: optional(fc.constantFrom('asc', 'desc')),
    }),
    stage('DistinctStage', { keys: some(aliased) }),
    stage('DedupebyStage', { keys: some(expression), keep: optional(expression), orderBy: few(orderKey) }),
    stage('TopStage', {
      end: fc.constantFrom('top', 'bottom'),
      count: numbers,
      results: some(aliased),
      by: some(aliased),
    }),
    stage('TopStage', {
      end: fc.constant('top'),
      count: fc.constant(rowCountParameter),
      // A bracket behind the parameter is a step down from it.
      results: some(aliased).filter(
        (results) => !printExpression(results[0]?.expression ?? rowCountParameter).startsWith('['),
      ),
      by: some(aliased),
    }),
    stage('OrderbyStage', { keys: some(orderKey) }),
    stage('LimitStage', { count: expression }),
    stage('ChooseStage', { fields: some(aliased) }),
    stage('CreateStage', {
      target,
      value: expression,
      form: fc.constantFrom('from', 'as'),
      onKeypathExists: optional(fc.constantFrom('fail', 'skip', 'overwrite')),
      onKeypathMissing: optional(fc.constantFrom('fail', 'create', 'skip')),
      onDatatypeChanged: optional(fc.constantFrom('skip', 'fail', 'overwrite')),
    }),
    stage('ReplaceStage', {
      target,
      value: expression,
      onDatatypeChanged: optional(fc.constantFrom('skip', 'fail', 'overwrite')),
    }),
    stage('RemoveStage', { keypaths: some(keypath) }),
    stage('MoveStage', { from: target, to: target }),
    stage('RedactStage', { target, pattern: fc.oneof(strings, regexes), replacement: strings }),
    stage('ConvertStage', { conversions: some(typedKeypath) }),
    stage('RoundtimeStage', { time: optional(expression), interval: expression, into: optional(target) }),
    stage('ExplodeStage', {
      array: expression,
      into: target,
      original: optional(fc.constantFrom('discard', 'preserve')),
    }),
    stage('ExtractStage', {
      subject: expression,
      into: target,
      extractor: fc
        .record({ name: names, arguments: few(parameter) })
        .map((parts) => ({ kind: 'CallExpression', nameRange, ...parts, range })),
      datatypes: few(typedKeypath),
    }),
    stage('EnrichStage', { key: expression, into: target, table: dataset }),
    stage('JoinStage', {
      join: optional(fc.constantFrom('left', 'inner', 'full', 'cross', 'right')),
      query: tie('query'),
      on: some(joinCondition),
      using: fc.constant([]),
      into: target,
    }),
    stage('JoinStage', {
      join: optional(fc.constantFrom('left', 'inner', 'full')),
      query: tie('query'),
      on: fc.constant([]),
      using: some(expression),
      into: target,
    }),
    stage('JoinStage', {
      join: fc.constant('cross'),
      query: tie('query'),
      on: fc.constant([]),
      using: fc.constant([]),
      into: target,
    }),
    stage('UnionStage', { query: tie('query') }),
    stage('StitchStage', { query: tie('query'), into: target, merge: fc.boolean() }),
  ),
})).stage

export const arbitraryQuery: fc.Arbitrary<Query> = fc
  .array(anyStage, { minLength: 1, maxLength: 4 })
  .map((stages) => ({ kind: 'Query', stages, range }))

/** Random expressions of DPXL, of more forms than it has. */
export const arbitraryDpxl: fc.Arbitrary<Query> = stage('DpxlStage', {
  version: fc.constant('v1'),
  predicate: expression,
}).map((only) => ({ kind: 'Query', stages: [only], range }))
