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
  for (const name of CHILDREN[node.kind]) visitValue((node as never)[name], visit)
}

/** A property holds a node or null, or a list of nodes, texts, entries of an object, or groups of keys. */
function visitValue(value: unknown, visit: (child: Node) => void): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const element of value) visitValue(element, visit)
  } else if ((value as Node).kind !== undefined) {
    visit(value as Node)
  } else {
    visitValue((value as ObjectLiteral['entries'][number]).value, visit)
  }
}

/**
 * Calls `enter` for a node and all below it, each before its children and in the order of the text. What
 * `enter` answers is handed to it again for the children of the node; undefined leaves them out.
 */
export function descend<State>(
  root: Node,
  state: State,
  enter: (node: Node, state: State) => State | undefined,
): void {
  const nodes: Node[] = [root]
  const states: State[] = [state]
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const inner = enter(node, states.pop() as State)
    if (inner === undefined) continue
    // The last on the stack is visited next, so the children go on it last first.
    const first = nodes.length
    forEachChild(node, (child) => {
      nodes.push(child)
      states.push(inner)
    })
    reverseFrom(nodes, first)
  }
}

function reverseFrom(nodes: Node[], first: number): void {
  for (let low = first, high = nodes.length - 1; low < high; low++, high--) {
    const swapped = nodes[low] as Node
    nodes[low] = nodes[high] as Node
    nodes[high] = swapped
  }
}

/** Calls `enter` for a node and all below it, each before its children and in the order of the text. */
export function walk(root: Node, enter: (node: Node) => void): void {
  descend(root, true, (node) => {
    enter(node)
    return true
  })
}
