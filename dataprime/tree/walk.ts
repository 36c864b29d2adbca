/**
 * Ways over a syntax tree. None of them calls itself, so a chain of a hundred thousand operators is walked
 * like any other tree.
 */
import type { Node } from './ast'

type NodeOfKind<Kind extends Node['kind']> = Extract<Node, { kind: Kind }>

/** A node or a list of nodes that another one consists of; null where the text has none. */
type Part = Node | null | readonly Part[]

const noParts = (): readonly Part[] => NO_PARTS
const NO_PARTS: readonly Part[] = []

/** What each kind of node consists of, in the order of the text. */
const PARTS: { readonly [Kind in Node['kind']]: (node: NodeOfKind<Kind>) => readonly Part[] } = {
  Query: ({ stages }) => [stages],

  NumberLiteral: noParts,
  StringLiteral: noParts,
  InterpolatedString: ({ parts }) => parts.filter((part) => typeof part !== 'string'),
  BooleanLiteral: noParts,
  NullLiteral: noParts,
  IntervalLiteral: noParts,
  TimestampLiteral: ({ operand }) => [operand],
  RegexLiteral: noParts,
  SeverityLiteral: noParts,
  ArrayLiteral: ({ elements }) => [elements],
  ObjectLiteral: ({ entries }) => entries.map(({ value }) => value),
  Keypath: ({ segments }) => [segments],
  NameSegment: noParts,
  IndexSegment: ({ index }) => [index],
  MemberExpression: ({ object, segment }) => [object, segment],
  CallExpression: (call) => [call.arguments],
  MethodCallExpression: (call) => [call.target, call.arguments],
  Argument: ({ value }) => [value],
  CastExpression: ({ expression }) => [expression],
  UnaryExpression: ({ operand }) => [operand],
  BinaryExpression: ({ left, right }) => [left, right],
  CaseExpression: ({ subject, arms }) => [subject, arms],
  CaseArm: ({ pattern, value }) => [pattern, value],
  MissingExpression: noParts,

  AliasedExpression: ({ expression, alias }) => [expression, alias],
  OrderKey: ({ expression }) => [expression],
  TypedKeypath: ({ keypath }) => [keypath],
  Dataset: noParts,
  AroundTimeframe: ({ time, interval }) => [time, interval],
  BetweenTimeframe: ({ from, to }) => [from, to],
  LastTimeframe: ({ interval }) => [interval],
  TimeshiftedTimeframe: ({ interval }) => [interval],
  JoinCondition: ({ left, right }) => [left, right],
  JoinOperand: ({ expression }) => [expression],

  SourceStage: ({ dataset, parameters, timeframe }) => [dataset, parameters, timeframe],
  FilterStage: ({ predicate }) => [predicate],
  BlockStage: ({ predicate }) => [predicate],
  FindStage: ({ phrase, target }) => [phrase, target],
  WildfindStage: ({ phrase }) => [phrase],
  LuceneStage: ({ text }) => [text],
  GroupbyStage: ({ keys, aggregates }) => [keys, aggregates],
  MultigroupbyStage: ({ groups, aggregates }) => [groups, aggregates],
  AggregateStage: ({ aggregates }) => [aggregates],
  CountStage: ({ into }) => [into],
  CountbyStage: ({ keys, into }) => [keys, into],
  DistinctStage: ({ keys }) => [keys],
  DedupebyStage: ({ keys, keep, orderBy }) => [keys, keep, orderBy],
  TopStage: ({ count, results, by }) => [count, results, by],
  OrderbyStage: ({ keys }) => [keys],
  LimitStage: ({ count }) => [count],
  ChooseStage: ({ fields }) => [fields],
  CreateStage: ({ target, value }) => [target, value],
  ReplaceStage: ({ target, value }) => [target, value],
  RemoveStage: ({ keypaths }) => [keypaths],
  MoveStage: ({ from, to }) => [from, to],
  RedactStage: ({ target, pattern, replacement }) => [target, pattern, replacement],
  ConvertStage: ({ conversions }) => [conversions],
  RoundtimeStage: ({ time, interval, into }) => [time, interval, into],
  ExplodeStage: ({ array, into }) => [array, into],
  ExtractStage: ({ subject, into, extractor, datatypes }) => [subject, into, extractor, datatypes],
  EnrichStage: ({ key, into, table }) => [key, into, table],
  JoinStage: ({ query, on, using, into }) => [query, on, using, into],
  UnionStage: ({ query }) => [query],
  StitchStage: ({ query, into }) => [query, into],
  DpxlStage: ({ predicate }) => [predicate],
  UnknownStage: noParts,
}

/** Calls `visit` for each direct child of a node, in the order of the text. */
export function forEachChild(node: Node, visit: (child: Node) => void): void {
  const children: Node[] = []
  pushChildren(node, children)
  for (const child of children.reverse()) visit(child)
}

/** Puts the children of a node on a stack, the last one first, so that they come off it in the order of the text. */
export function pushChildren(node: Node, stack: Node[]): void {
  pushAll((PARTS[node.kind] as (node: Node) => readonly Part[])(node), stack)
}

function pushAll(parts: readonly Part[], stack: Node[]): void {
  for (let index = parts.length - 1; index >= 0; index--) {
    const part = parts[index] as Part
    if (part === null) continue
    if (isList(part)) pushAll(part, stack)
    else stack.push(part)
  }
}

function isList(part: Node | readonly Part[]): part is readonly Part[] {
  return Array.isArray(part)
}

/**
 * Calls `enter` for a node and all below it, each before its children and in the order of the text, with the
 * node it is a child of. What `enter` answers is handed to it again for the children; undefined leaves them out.
 */
export function descend<State>(
  root: Node,
  state: State,
  enter: (node: Node, state: State, parent: Node | null) => State | undefined,
): void {
  const nodes: Node[] = [root]
  const states: State[] = [state]
  const parents: (Node | null)[] = [null]
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const inner = enter(node, states.pop() as State, parents.pop() as Node | null)
    if (inner === undefined) continue
    pushChildren(node, nodes)
    while (states.length < nodes.length) {
      states.push(inner)
      parents.push(node)
    }
  }
}

/** Calls `enter` for a node and all below it, each before its children and in the order of the text. */
export function walk(root: Node, enter: (node: Node) => void): void {
  const nodes: Node[] = [root]
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    enter(node)
    pushChildren(node, nodes)
  }
}

/** A node and all below it in the order of the text, but for sub-queries, which are pipelines of their own. */
export function nodesOf(root: Node): readonly Node[] {
  const found: Node[] = []
  const nodes: Node[] = [root]
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (node.kind === 'Query') continue
    found.push(node)
    pushChildren(node, nodes)
  }
  return found
}
