import {
  build,
  canonicalKeypath,
  type Expression,
  type FilterStage,
  type Keypath,
  type Stage,
} from '#dataprime'

/** The operands of a chain of `&&`, in source order. */
export function conjunctsOf(predicate: Expression): Expression[] {
  const found: Expression[] = []
  const pending: Expression[] = [predicate]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.kind === 'BinaryExpression' && next.operator === '&&') pending.push(next.right, next.left)
    else found.push(next)
  }
  return found
}

/** A filter stage over the conjuncts; null when none is left. */
export function filterOf(conjuncts: readonly Expression[]): FilterStage | null {
  const predicate = build.allOf(conjuncts)
  return predicate === undefined ? null : build.stage<FilterStage>({ kind: 'FilterStage', predicate })
}

/** What a conjunct tests: its keypath, the kind of test, and for equalities the values. */
export interface Test {
  readonly keypath: string
  readonly kind: 'equality' | 'exclusion' | 'lower' | 'upper' | 'other'
  readonly values: readonly Expression[]
}

/** Null for a conjunct that is about several keypaths or none. */
export function testOf(conjunct: Expression): Test | null {
  if (conjunct.kind === 'UnaryExpression' && conjunct.operator === '!') {
    const inner = testOf(conjunct.operand)
    return inner === null ? null : { ...inner, kind: inner.kind === 'equality' ? 'exclusion' : 'other' }
  }
  if (conjunct.kind === 'BinaryExpression') return binaryTest(conjunct)
  const subject =
    conjunct.kind === 'MethodCallExpression'
      ? conjunct.target
      : conjunct.kind === 'CallExpression'
        ? conjunct.arguments[0]?.value
        : undefined
  if (subject === undefined || subject.kind !== 'Keypath') return null
  const keypath = canonicalKeypath(subject)
  if (conjunct.kind === 'MethodCallExpression' && conjunct.name === 'in') {
    return { keypath, kind: 'equality', values: conjunct.arguments.map(({ value }) => value) }
  }
  return { keypath, kind: 'other', values: [] }
}

function binaryTest(conjunct: Extract<Expression, { kind: 'BinaryExpression' }>): Test | null {
  if (conjunct.operator === '||') {
    const left = testOf(conjunct.left)
    const right = testOf(conjunct.right)
    const isOne =
      left !== null &&
      right !== null &&
      left.keypath === right.keypath &&
      left.kind === 'equality' &&
      right.kind === 'equality'
    return isOne ? { ...left, values: [...left.values, ...right.values] } : null
  }
  if (conjunct.left.kind !== 'Keypath') return null
  const keypath = canonicalKeypath(conjunct.left)
  switch (conjunct.operator) {
    case '==':
      return { keypath, kind: 'equality', values: [conjunct.right] }
    case '!=':
      return { keypath, kind: 'exclusion', values: [conjunct.right] }
    case '>':
    case '>=':
      return { keypath, kind: 'lower', values: [conjunct.right] }
    case '<':
    case '<=':
      return { keypath, kind: 'upper', values: [conjunct.right] }
    default:
      return { keypath, kind: 'other', values: [] }
  }
}

/** `field == a` or `field.in(a, b)`; severities, which have no `in`, as alternatives. */
export function equalityOf(keypath: Keypath, values: readonly Expression[]): Expression {
  const [first] = values
  if (first !== undefined && values.length === 1) return build.binary('==', keypath, first)
  if (first?.kind === 'SeverityLiteral')
    return build.anyOf(values.map((value) => build.binary('==', keypath, value))) as Expression
  return build.methodCall(keypath, 'in', ...values)
}

/** The keypath a conjunct tests, as a node. */
export function keypathOf(conjunct: Expression): Keypath | null {
  if (conjunct.kind === 'UnaryExpression') return keypathOf(conjunct.operand)
  if (conjunct.kind === 'BinaryExpression')
    return conjunct.operator === '||'
      ? keypathOf(conjunct.left)
      : conjunct.left.kind === 'Keypath'
        ? conjunct.left
        : null
  return conjunct.kind === 'MethodCallExpression' && conjunct.target.kind === 'Keypath'
    ? conjunct.target
    : null
}

/** True for stages after which the fields of the source are gone. */
export function isShape(stage: Stage): boolean {
  return [
    'GroupbyStage',
    'MultigroupbyStage',
    'AggregateStage',
    'CountStage',
    'CountbyStage',
    'DistinctStage',
    'TopStage',
  ].includes(stage.kind)
}
