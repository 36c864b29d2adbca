/**
 * Ways over a syntax tree. None of them calls itself, so a chain of a hundred thousand operators is walked
 * like any other tree.
 */
import type { Node, ObjectLiteral } from './ast'

type NodeOfKind<Kind extends Node['kind']> = Extract<Node, { kind: Kind }>

/** The properties of each kind of node that hold other nodes, in the order of the text. */
const CHILDREN: { readonly [Kind in Node['kind']]: readonly (keyof NodeOfKind<Kind>)[] } = {
  Query: ['stages'],

  NumberLiteral: [],
  StringLiteral: [],
  InterpolatedString: ['parts'],
  BooleanLiteral: [],
  NullLiteral: [],
  IntervalLiteral: [],
  TimestampLiteral: ['operand'],
  RegexLiteral: [],
  SeverityLiteral: [],
  ArrayLiteral: ['elements'],
  ObjectLiteral: ['entries'],
  Keypath: ['segments'],
  NameSegment: [],
  IndexSegment: ['index'],
  MemberExpression: ['object', 'segment'],
  CallExpression: ['arguments'],
  MethodCallExpression: ['target', 'arguments'],
  Argument: ['value'],
  CastExpression: ['expression'],
  UnaryExpression: ['operand'],
  BinaryExpression: ['left', 'right'],
  CaseExpression: ['subject', 'arms'],
  CaseArm: ['pattern', 'value'],
  MissingExpression: [],

  AliasedExpression: ['expression', 'alias'],
  OrderKey: ['expression'],
  TypedKeypath: ['keypath'],
  Dataset: [],
  AroundTimeframe: ['time', 'interval'],
  BetweenTimeframe: ['from', 'to'],
  LastTimeframe: ['interval'],
  TimeshiftedTimeframe: ['interval'],
  JoinCondition: ['left', 'right'],
  JoinOperand: ['expression'],

  SourceStage: ['dataset', 'parameters', 'timeframe'],
  FilterStage: ['predicate'],
  BlockStage: ['predicate'],
  FindStage: ['phrase', 'target'],
  WildfindStage: ['phrase'],
  LuceneStage: ['text'],
  GroupbyStage: ['keys', 'aggregates'],
  MultigroupbyStage: ['groups', 'aggregates'],
  AggregateStage: ['aggregates'],
  CountStage: ['into'],
  CountbyStage: ['keys', 'into'],
  DistinctStage: ['keys'],
  DedupebyStage: ['keys', 'keep', 'orderBy'],
  TopStage: ['count', 'results', 'by'],
  OrderbyStage: ['keys'],
  LimitStage: ['count'],
  ChooseStage: ['fields'],
  CreateStage: ['target', 'value'],
  ReplaceStage: ['target', 'value'],
  RemoveStage: ['keypaths'],
  MoveStage: ['from', 'to'],
  RedactStage: ['target', 'pattern', 'replacement'],
  ConvertStage: ['conversions'],
  RoundtimeStage: ['time', 'interval', 'into'],
  ExplodeStage: ['array', 'into'],
  ExtractStage: ['subject', 'into', 'extractor', 'datatypes'],
  EnrichStage: ['key', 'into', 'table'],
  JoinStage: ['query', 'on', 'using', 'into'],
  UnionStage: ['query'],
  StitchStage: ['query', 'into'],
  DpxlStage: ['predicate'],
  UnknownStage: [],
}

/** Calls `visit` for each direct child of a node, in the order of `CHILDREN`. */
export function forEachChild(node: Node, visit: (child: Node) => void): void {
  const children: Node[] = []
  pushChildren(node, children)
  for (const child of children.reverse()) visit(child)
}

/** Puts the children of a node on a stack, the last one first, so that they come off it in the order of the text. */
export function pushChildren(node: Node, stack: Node[]): void {
  const names = CHILDREN[node.kind]
  // Walks are what checking spends its time on, and counting down is faster than reversing copies.
  for (let index = names.length - 1; index >= 0; index--) {
    pushValue((node as never)[names[index] as string], stack)
  }
}

/** A property holds a node or null, or a list of nodes, texts, entries of an object, or groups of keys. */
function pushValue(value: unknown, stack: Node[]): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (let index = value.length - 1; index >= 0; index--) pushValue(value[index], stack)
  } else if ((value as Node).kind !== undefined) {
    stack.push(value as Node)
  } else {
    pushValue((value as ObjectLiteral['entries'][number]).value, stack)
  }
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
