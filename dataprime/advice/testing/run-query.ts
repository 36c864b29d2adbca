/**
 * Runs queries over a few rows in memory, as far as advice on them is concerned: enough of the language to
 * tell whether a rewritten query still gives the same rows. Where the engine leaves the order of rows open,
 * after a grouping, it is one that does not depend on the order before. A form it does not know throws.
 */

import { printExpression } from '../../format/print'
import { aggregatesRows } from '../../tree/aggregation'
import type { AliasedExpression, Expression, Keypath, OrderKey, Query, Stage, TopStage } from '../../tree/ast'
import { hasAggregation } from '../../tree/has-aggregation'
import { impliedName } from '../../tree/keypaths'

export type Value = null | boolean | number | string | readonly Value[] | Row
export interface Row {
  readonly [key: string]: Value
}

/** Metadata is a field called `$m` of the row here. */
export function runQuery({ stages }: Query, rows: readonly Row[]): readonly Row[] {
  return stages.reduce((current, stage) => runStage(stage, current, rows), rows)
}

function runStage(stage: Stage, rows: readonly Row[], stored: readonly Row[]): readonly Row[] {
  switch (stage.kind) {
    case 'SourceStage':
      return stored
    case 'FilterStage':
      return rows.filter((row) => evaluate(stage.predicate, row) === true)
    case 'BlockStage':
      return rows.filter((row) => evaluate(stage.predicate, row) !== true)
    case 'FindStage':
      return rows.filter((row) => contains(evaluate(stage.target, row), evaluate(stage.phrase, row)))
    case 'WildfindStage':
      return rows.filter((row) => contains(JSON.stringify(row), evaluate(stage.phrase, row)))
    case 'OrderbyStage':
      return sorted(rows, stage.keys)
    case 'LimitStage':
      return rows.slice(0, Number(evaluate(stage.count, {})))
    case 'CreateStage':
    case 'ReplaceStage':
      return rows.map((row) => withValue(row, stage.target, evaluate(stage.value, row)))
    case 'RemoveStage':
      return rows.map((row) => stage.keypaths.reduce(withoutValue, row))
    case 'MoveStage':
      return rows.map((row) => withValue(withoutValue(row, stage.from), stage.to, evaluate(stage.from, row)))
    case 'ConvertStage':
      return rows.map((row) =>
        stage.conversions.reduce(
          (changed, { keypath }) => withValue(changed, keypath, String(evaluate(keypath, row))),
          row,
        ),
      )
    case 'ExtractStage':
      return rows.map((row) => withValue(row, stage.into, { text: evaluate(stage.subject, row) }))
    case 'EnrichStage':
      return rows.map((row) => withValue(row, stage.into, { key: evaluate(stage.key, row) }))
    case 'ExplodeStage':
      return rows.flatMap((row) =>
        elementsOf(evaluate(stage.array, row)).map((element) =>
          withValue(stage.original === 'preserve' ? row : {}, stage.into, element),
        ),
      )
    case 'JoinStage':
      return join(rows, runQuery(stage.query, stored), stage.using as readonly Keypath[], stage.into)
    case 'UnionStage':
      return [...rows, ...runQuery(stage.query, stored)]
    case 'ChooseStage':
      return rows.map((row) => results(stage.fields, row, [row]))
    case 'DedupebyStage':
      return [...groupsOf(rows, stage.keys).values()].flatMap((group) => group.slice(0, 1))
    case 'TopStage':
      return top(stage, rows)
    case 'CountStage':
      return [{ [(stage.into && impliedName(stage.into)) ?? '_count']: rows.length }]
    case 'AggregateStage':
      return [results(stage.aggregates, {}, rows)]
    case 'GroupbyStage':
      return grouped(rows, stage.keys, stage.aggregates)
    case 'DistinctStage':
      return grouped(rows, stage.keys, [])
    case 'CountbyStage': {
      const count = { kind: 'CallExpression', name: 'count', arguments: [] } as unknown as Expression
      return grouped(rows, stage.keys, [
        { kind: 'AliasedExpression', expression: count, alias: stage.into, range: stage.range },
      ])
    }
    default:
      throw new Error(`no way to run a ${stage.kind}`)
  }
}

// ---------------------------------------------------------------------------------------------------------
// Rows

function grouped(
  rows: readonly Row[],
  keys: readonly AliasedExpression[],
  aggregates: readonly AliasedExpression[],
): readonly Row[] {
  const groups = groupsOf(
    rows,
    keys.map(({ expression }) => expression),
  )
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => results([...keys, ...aggregates], group[0] as Row, group))
}

function groupsOf(rows: readonly Row[], keys: readonly Expression[]): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, (row) => JSON.stringify(keys.map((key) => evaluate(key, row))))
}

function top(stage: TopStage, rows: readonly Row[]): readonly Row[] {
  const keys = stage.results.filter(({ expression }) => !hasAggregation(expression))
  const groups = aggregatesRows(stage)
    ? [
        ...groupsOf(
          rows,
          keys.map(({ expression }) => expression),
        ),
      ].sort(([a], [b]) => (a < b ? -1 : 1))
    : rows.map((row) => ['', [row]] as const)
  const ranked = groups.map(([, group]) => ({
    row: results(stage.results, group[0] as Row, group),
    rank: evaluate((stage.by[0] as AliasedExpression).expression, group[0] as Row, group),
  }))
  const sign = stage.end === 'top' ? -1 : 1
  return ranked
    .sort((a, b) => sign * compare(a.rank, b.rank))
    .slice(0, Number(evaluate(stage.count, {})))
    .map(({ row }) => row)
}

function results(list: readonly AliasedExpression[], row: Row, group: readonly Row[]): Row {
  return Object.fromEntries(
    list.map(({ expression, alias }) => {
      const implied = expression.kind === 'Keypath' ? impliedName(expression) : undefined
      const name = alias === null ? (implied ?? nameOf(expression)) : (impliedName(alias) as string)
      return [name, evaluate(expression, row, group)]
    }),
  )
}

function nameOf(expression: Expression): string {
  return expression.kind === 'CallExpression' ? `_${expression.name}` : printExpression(expression)
}

function join(
  rows: readonly Row[],
  others: readonly Row[],
  keys: readonly Keypath[],
  into: Keypath,
): readonly Row[] {
  const keyOf = (row: Row) => JSON.stringify(keys.map((key) => evaluate(key, row)))
  return rows.flatMap((row) => {
    const matches: readonly Value[] = others.filter((other) => keyOf(other) === keyOf(row))
    return (matches.length === 0 ? [null] : matches).map((match) => withValue(row, into, match))
  })
}

/** Stable, nulls first. */
function sorted(rows: readonly Row[], keys: readonly OrderKey[]): readonly Row[] {
  return rows.toSorted((a, b) => {
    for (const { expression, direction } of keys) {
      const order = compare(evaluate(expression, a), evaluate(expression, b))
      if (order !== 0) return direction === 'desc' ? -order : order
    }
    return 0
  })
}

function compare(a: Value, b: Value): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)]
  if (left === right) return 0
  if (a === null || b === null) return a === null ? -1 : 1
  return typeof a === 'number' && typeof b === 'number' ? a - b : left < right ? -1 : 1
}

// ---------------------------------------------------------------------------------------------------------
// Fields

function pathOf({ namespace, segments }: Keypath): readonly string[] {
  const names = segments.map((segment) => {
    if (segment.kind !== 'NameSegment') throw new Error('no way to compute a key')
    return segment.name
  })
  return namespace === null || namespace === '$d' ? names : [namespace, ...names]
}

function elementsOf(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : []
}

function isRow(value: Value | undefined): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function withValue(row: Row, target: Keypath, value: Value): Row {
  return write(row, pathOf(target), value)
}

function write(row: Row, [name = '', ...rest]: readonly string[], value: Value): Row {
  const inner = row[name]
  return { ...row, [name]: rest.length === 0 ? value : write(isRow(inner) ? inner : {}, rest, value) }
}

function withoutValue(row: Row, removed: Expression): Row {
  return erase(row, pathOf(removed as Keypath))
}

function erase(row: Row, [name = '', ...rest]: readonly string[]): Row {
  const { [name]: inner, ...others } = row
  return rest.length === 0 || !isRow(inner) ? others : { ...row, [name]: erase(inner, rest) }
}

// ---------------------------------------------------------------------------------------------------------
// Expressions

/** The value for one row, or for a group of rows where the expression aggregates. */
function evaluate(node: Expression, row: Row, group: readonly Row[] = [row]): Value {
  switch (node.kind) {
    case 'NumberLiteral':
    case 'StringLiteral':
    case 'BooleanLiteral':
    case 'SeverityLiteral':
      return node.value
    case 'NullLiteral':
      return null
    case 'Keypath':
      return pathOf(node).reduce<Value>((value, name) => (isRow(value) ? (value[name] ?? null) : null), row)
    case 'UnaryExpression':
      return negate(evaluate(node.operand, row))
    case 'BinaryExpression':
      return operate(node.operator, evaluate(node.left, row), evaluate(node.right, row))
    case 'CallExpression':
      return call(
        node.name,
        node.arguments.map(({ value }) => value),
        row,
        group,
      )
    case 'MethodCallExpression':
      return call(node.name, [node.target, ...node.arguments.map(({ value }) => value)], row, group)
    default:
      throw new Error(`no way to evaluate a ${node.kind}`)
  }
}

function negate(value: Value): Value {
  return typeof value === 'boolean' ? !value : null
}

function operate(operator: string, left: Value, right: Value): Value {
  switch (operator) {
    case '==':
      return compare(left, right) === 0
    case '!=':
      return compare(left, right) !== 0
    case '~':
      return contains(left, right)
    case '~~':
      return contains(JSON.stringify(left), right)
    case '&&':
      return left === false || right === false ? false : left === true && right === true ? true : null
    case '||':
      return left === true || right === true ? true : left === false && right === false ? false : null
  }
  if (left === null || right === null) return null
  switch (operator) {
    case '<':
      return compare(left, right) < 0
    case '>':
      return compare(left, right) > 0
    case '+':
      return Number(left) + Number(right)
    default:
      throw new Error(`no way to evaluate ${operator}`)
  }
}

function call(name: string, operands: readonly Expression[], row: Row, group: readonly Row[]): Value {
  const [first] = operands
  const values =
    first === undefined ? [] : group.map((each) => evaluate(first, each)).filter((v) => v !== null)
  switch (name) {
    case 'count':
      return first === undefined ? group.length : values.length
    case 'sum':
      return values.reduce<number>((total, value) => total + Number(value), 0)
    case 'max':
      return values.toSorted(compare).at(-1) ?? null
    case 'collect':
      return values
    case 'in': {
      const [value, ...others] = operands.map((operand) => evaluate(operand, row))
      return others.some((other) => compare(other, value ?? null) === 0)
    }
    default:
      throw new Error(`no way to call ${name}`)
  }
}

function contains(value: Value, phrase: Value): boolean {
  return typeof value === 'string' && value.includes(String(phrase))
}
