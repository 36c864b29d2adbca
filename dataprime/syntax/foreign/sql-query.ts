import * as problem from '../../diagnostics/codes'
import { print, printExpression } from '../../format/print'
import type {
  AliasedExpression,
  Dataset,
  Expression,
  Keypath,
  OrderKey,
  Stage,
  TextRange,
} from '../../tree/ast'
import * as build from '../../tree/build'
import { hasAggregation } from '../../tree/has-aggregation'
import { sameTree } from '../../tree/same-tree'
import { parseExpression } from '../expression-parser'
import { parseNumeric } from '../literal-parser'
import {
  parseAliased,
  parseDataset,
  parseList,
  parseOrderKey,
  type StageStart,
  withRewrittenStage,
} from '../stages/stage-parts'
import type { TokenStream } from '../token-stream'

/** The clauses of a SELECT, in the order they were written. */
interface Select {
  readonly distinct: boolean
  /** Null for a star. */
  readonly items: readonly AliasedExpression[] | null
  readonly dataset: Dataset
  readonly where: Expression | null
  readonly groupBy: readonly Expression[]
  readonly having: Expression | null
  readonly orderBy: readonly OrderKey[]
  readonly limit: Expression | null
}

/**
 * SqlQuery = "select" [ "distinct" ] ( "*" | Items ) "from" Dataset [ "where" Expression ]
 *            [ "group" "by" Expressions ] [ "having" Expression ] [ "order" "by" Keys ] [ "limit" N ]
 *
 * Read as the pipeline that does the same, with the cursor behind `select`.
 */
export function parseSqlQuery(s: TokenStream, start: StageStart): readonly Stage[] {
  const { result: written, held } = s.capture(() => parseSelect(s, start))
  const select = resolveOrdinals(written)
  const range = s.rangeFrom(start.keywordRange.start)
  // Behind other stages it is not clear whose rows are selected.
  const stages = toStages(select ?? written, range).slice(start.first ? 0 : 1)
  const diagnostic = problem.sqlQuery(range)
  const understood = s.failures === start.failures && select !== undefined && start.first
  const complete = understood && (s.atStageEnd() || s.at(';'))
  // Written anew, the query has none of the forms any more that its clauses had.
  if (!complete) s.release(held)
  const text = print({ kind: 'Query', stages, range })
  s.warn(complete ? withRewrittenStage(s, start, diagnostic, 'write it as a pipeline', text) : diagnostic)
  if (!complete) s.skipToPipe()
  return stages
}

/** Whether a `from` belongs to the `select` before the cursor; `choose name from expression` is another form. */
export function atSqlQuery(s: TokenStream, { first }: StageStart): boolean {
  const from = s.findClause('from')
  return from !== undefined && (first || s.at('*') || from.commas > 0)
}

/** Numbers after `group by` and `order by` count the items of the selection; undefined when there is no such item. */
function resolveOrdinals(select: Select): Select | undefined {
  const itemAt = (expression: Expression): Expression | undefined => {
    if (expression.kind !== 'NumberLiteral') return expression
    return select.items?.[expression.value - 1]?.expression
  }
  const groupBy = select.groupBy.map(itemAt)
  const orderBy = select.orderBy.map((key) => {
    const { expression } = key
    const item = expression.kind === 'NumberLiteral' ? select.items?.[expression.value - 1] : undefined
    return { ...key, expression: item?.alias ?? itemAt(expression) }
  })
  const found = (value: Expression | undefined): value is Expression => value !== undefined
  const isKey = (key: (typeof orderBy)[number]): key is OrderKey => key.expression !== undefined
  if (!groupBy.every(found) || !orderBy.every(isKey)) return undefined
  return { ...select, groupBy, orderBy }
}

const CLAUSES = ['from', 'where', 'group', 'having', 'order', 'limit'] as const

function parseSelect(s: TokenStream, { command }: StageStart): Select {
  const list = { command, clauses: CLAUSES }
  const distinct = s.atWord('distinct') && s.canStartOperand(s.peek()) && s.eatWord('distinct')
  const top = s.atWord('top') && s.peek().kind === 'number' && s.eatWord('top') ? parseNumeric(s) : null
  const items = s.eat('*') ? null : parseList(s, list, parseItem)
  s.eatWord('from')
  const dataset = parseDataset(s)
  const where = s.eatWord('where') ? parseExpression(s) : null
  const groupBy = eatBy(s, 'group') ? parseList(s, list, parseExpression) : []
  const having = s.eatWord('having') ? parseExpression(s) : null
  const orderBy = eatBy(s, 'order') ? parseList(s, list, parseOrderKey) : []
  const limit = s.eatWord('limit') ? parseExpression(s) : top
  return { distinct, items, dataset, where, groupBy, having, orderBy, limit }
}

/** Item = Expression [ [ "as" ] Keypath ] */
function parseItem(s: TokenStream): AliasedExpression {
  const item = parseAliased(s)
  if (item.alias !== null || !s.at('name') || CLAUSES.some((word) => s.atWord(word))) return item
  const name = s.advance().text
  return { ...item, alias: build.keypath(null, name) }
}

function eatBy(s: TokenStream, word: string): boolean {
  if (!s.eatWord(word)) return false
  s.eatWord('by')
  return true
}

function toStages(select: Select, range: TextRange): readonly Stage[] {
  const keywordRange = range
  const base = { range, keywordRange }
  const { dataset, where, orderBy, limit } = select
  const stages: Stage[] = [{ kind: 'SourceStage', dataset, parameters: [], timeframe: null, ...base }]
  if (where !== null) stages.push({ kind: 'FilterStage', predicate: where, ...base })

  const aggregates = namedAggregates(select.items ?? [])
  const grouped = select.groupBy.length > 0 || aggregates.length > 0
  const rest: Stage[] = []
  const nameOf = (expression: Expression) => resultName(expression, aggregates) ?? expression
  if (select.having !== null) {
    rest.push({ kind: 'FilterStage', predicate: replaceAggregates(select.having, nameOf), ...base })
  }
  if (orderBy.length > 0) {
    const keys = orderBy.map((key) => ({ ...key, expression: nameOf(key.expression) }))
    rest.push({ kind: 'OrderbyStage', keys, ...base })
  }
  if (limit !== null) rest.push({ kind: 'LimitStage', count: limit, ...base })

  if (!grouped) return [...stages, ...withProjection(select, rest, base)]
  const keys = select.groupBy.map((expression) => keyFor(expression, select.items ?? [], range))
  stages.push(
    keys.length > 0
      ? { kind: 'GroupbyStage', keys, aggregates, ...base }
      : { kind: 'AggregateStage', aggregates, ...base },
  )
  return [...stages, ...rest]
}

type Ranges = { readonly range: TextRange; readonly keywordRange: TextRange }

/** Rows are sorted by what is selected, or by what the selection would drop: the projection goes where it does no harm. */
function withProjection({ items, distinct }: Select, rest: readonly Stage[], base: Ranges): readonly Stage[] {
  if (items === null) return rest
  const projection: Stage = distinct
    ? { kind: 'DistinctStage', keys: items, ...base }
    : { kind: 'ChooseStage', fields: items, ...base }
  const names = new Set(items.flatMap(({ alias }) => (alias === null ? [] : [printExpression(alias)])))
  const sortsByAlias = rest.some(
    (stage) =>
      stage.kind === 'OrderbyStage' &&
      stage.keys.some(({ expression }) => names.has(printExpression(expression))),
  )
  return distinct || sortsByAlias ? [projection, ...rest] : [...rest, projection]
}

/** The aggregates of the selection, each with a name that later clauses can use. */
function namedAggregates(items: readonly AliasedExpression[]): readonly AliasedExpression[] {
  const names = new Set<string>()
  return items
    .filter(({ expression }) => isAggregate(expression))
    .map((item) => {
      const name =
        item.alias === null ? freeName(functionName(item.expression), names) : printExpression(item.alias)
      names.add(name)
      return item.alias === null ? { ...item, alias: build.keypath(null, name) } : item
    })
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`
  return name
}

function functionName(expression: Expression): string {
  return expression.kind === 'CallExpression' ? expression.name.toLowerCase() : 'value'
}

/** SQL writes its functions in any case. */
function isAggregate(expression: Expression): boolean {
  if (hasAggregation(expression)) return true
  return (
    expression.kind === 'CallExpression' &&
    hasAggregation({ ...expression, name: expression.name.toLowerCase() })
  )
}

function keyFor(
  expression: Expression,
  items: readonly AliasedExpression[],
  range: TextRange,
): AliasedExpression {
  const item = items.find((item) => {
    return sameTree(item.expression, expression) || (item.alias !== null && sameTree(item.alias, expression))
  })
  return item ?? { kind: 'AliasedExpression', expression, alias: null, range }
}

function resultName(expression: Expression, aggregates: readonly AliasedExpression[]): Keypath | undefined {
  return aggregates.find((item) => sameTree(item.expression, expression))?.alias ?? undefined
}

/** Deeper conditions were written by programs; what is left of them keeps its aggregates. */
const CONDITION_DEPTH_MAX = 100

/** A condition on groups, its aggregates put by their names. */
function replaceAggregates(
  expression: Expression,
  nameOf: (expression: Expression) => Expression,
  depth = 0,
): Expression {
  const named = nameOf(expression)
  if (named !== expression || expression.kind !== 'BinaryExpression' || depth === CONDITION_DEPTH_MAX)
    return named
  const left = replaceAggregates(expression.left, nameOf, depth + 1)
  const right = replaceAggregates(expression.right, nameOf, depth + 1)
  return { ...expression, left, right }
}
