/** What each stage makes of the keys of the rows it reads. */
import { extractorNamed } from '../catalogue/extractors'
import { aggregatesRows } from '../tree/aggregation'
import type {
  AliasedExpression,
  Expression,
  ExtractStage,
  Keypath,
  MoveStage,
  Stage,
  StitchStage,
} from '../tree/ast'
import { dataKeypath, isMissingKeypath, replacesRows, resultKeypath, resultsOf } from '../tree/keypaths'
import { typeWord } from '../types/inferred-type'
import { groupNamesOf } from './group-names'
import { isNameless } from './kept-fields'
import { recordsOf, type ScopeOptions } from './records'
import { Scope } from './scope'
import { type Absence, Shape, valueOfQuery } from './shape'

/** Changes what is known of the rows before a stage into what is known after it. `added` are the rows of its sub-query. */
export function applyStage(scope: Scope, stage: Stage, added: Scope | null, options: ScopeOptions): void {
  switch (stage.kind) {
    case 'SourceStage':
      scope.replaceBy(recordsOf(stage, options))
      break
    case 'UnknownStage':
      scope.replaceBy(Scope.open())
      break
    case 'UnionStage':
      if (added !== null) scope.merge(added)
      break
    case 'CreateStage':
    case 'ReplaceStage':
      put(scope, stage, stage.target, valueOfExpression(stage.value, scope, options))
      break
    case 'RoundtimeStage':
      if (stage.into !== null) put(scope, stage, stage.into, valueOfQuery('timestamp'))
      break
    case 'ExtractStage':
      put(scope, stage, stage.into, extractedShape(stage, scope))
      break
    case 'EnrichStage':
      put(scope, stage, stage.into, valueOfQuery())
      break
    case 'JoinStage':
      put(scope, stage, stage.into, attachedShape(added))
      break
    case 'StitchStage':
      stitch(scope, stage, added)
      break
    case 'ExplodeStage':
      if (stage.original !== 'preserve') scope.clear(removedBy(stage, true), removedBy(stage, false))
      put(scope, stage, stage.into, valueOfQuery())
      break
    case 'RemoveStage':
      for (const expression of stage.keypaths) {
        if (expression.kind === 'Keypath') scope.take(expression, removedBy(stage, true))
      }
      break
    case 'MoveStage':
      move(scope, stage)
      break
    default:
      if (replacesRows(stage)) keepResults(scope, stage, options)
  }
}

function removedBy(stage: Stage, certain: boolean): Absence {
  return { kind: 'removed', stage, certain }
}

/** Puts a value where a stage writes it; where that is could not be read, it may be anywhere. */
function put(scope: Scope, stage: Stage, target: Keypath, value: Shape): void {
  if (isMissingKeypath(target)) scope.part('$d').open()
  else scope.put(target, value, removedBy(stage, false))
}

/** A value of the type of an expression, as far as it is known; the keys below it are left open. */
function valueOfExpression(expression: Expression, scope: Scope, { typeOf }: ScopeOptions): Shape {
  const found = expression.kind === 'Keypath' ? scope.lookUp(expression)?.found : undefined
  // A catalogue may call the type of a field by a word of its own.
  const word = found instanceof Shape ? found.detail?.type : undefined
  return valueOfQuery(word ?? (typeOf && typeWord(typeOf(expression))))
}

function move(scope: Scope, stage: MoveStage): void {
  const { from, to } = stage
  const value = isMissingKeypath(from) ? valueOfQuery() : scope.take(from, removedBy(stage, true))
  put(scope, stage, to, value)
}

/** The object that the rows of another query are attached as. */
function attachedShape(added: Scope | null): Shape {
  const shape = added?.part('$d') ?? valueOfQuery()
  shape.detail = { type: 'object', origin: 'query' }
  shape.attached = true
  return shape
}

function stitch(scope: Scope, stage: StitchStage, added: Scope | null): void {
  const { into, merge } = stage
  const isWhole = into.namespace === '$d' && into.segments.length === 0
  if (isWhole && added !== null) scope.part('$d').merge(added.part('$d'))
  else put(scope, stage, into, merge ? valueOfQuery() : attachedShape(added))
}

function extractedShape(stage: ExtractStage, scope: Scope): Shape {
  // Whether keys of an object that was there before are kept is not documented.
  const isNew = !(scope.lookUp(stage.into)?.found instanceof Shape)
  const names = groupNamesOf(stage.extractor)
  const isObject = extractorNamed(stage.extractor.name)?.result === 'object'
  const type = isObject ? 'object' : undefined
  const rest = names !== undefined && isNew ? removedBy(stage, false) : null
  const shape = new Shape(rest, { type, origin: 'query' })
  // Groups without a name are numbered from `_0`.
  shape.hasDefaultNames = true
  for (const name of names ?? []) shape.set(name, valueOfQuery('string'))
  for (const { keypath, type: converted } of stage.datatypes) {
    const [first, second] = keypath.segments
    if (first?.kind === 'NameSegment') {
      shape.set(first.name, valueOfQuery(second === undefined ? converted : undefined))
    }
  }
  return shape
}

// ---------------------------------------------------------------------------------------------------------
// Stages that leave only their results

/** The name of a count that is not given one. */
const COUNT_NAME = '_count'

function keepResults(scope: Scope, stage: Stage, options: ScopeOptions): void {
  const results = resultsOf(stage)
  // Whether the envelope of a record survives is documented for groups of rows only.
  const grouped = aggregatesRows(stage)
  const data = removedBy(stage, grouped || stage.kind === 'ChooseStage')
  const values = results.map(({ expression }) => valueOfExpression(expression, scope, options))
  const envelope = grouped ? [] : envelopeFields(results, scope)

  scope.clear(data, removedBy(stage, grouped))
  for (const [keypath, value] of envelope) scope.put(keypath, value, data)
  for (const [index, result] of results.entries()) {
    const keypath = resultKeypath(result)
    if (keypath !== undefined) scope.put(keypath, values[index] as Shape, data)
    else if (isNameless(result)) scope.part('$d').hasDefaultNames = true
    else scope.part('$d').open()
  }
  putCount(scope, stage, data)
}

/** Keeps what earlier results are found under, as if the stage had given them again. */
export function keepNames(scope: Scope, results: readonly AliasedExpression[], stage: Stage): void {
  for (const result of results) {
    const keypath = resultKeypath(result)
    if (keypath === undefined) scope.part('$d').open()
    else scope.put(keypath, valueOfQuery(), removedBy(stage, true))
  }
}

function putCount(scope: Scope, stage: Stage, maker: Absence): void {
  if (stage.kind !== 'CountStage' && stage.kind !== 'CountbyStage') return
  const into = stage.into ?? dataKeypath(COUNT_NAME)
  if (!isMissingKeypath(into)) scope.put(into, valueOfQuery('number'), maker)
}

/** Metadata and labels that are results of their own may be readable under their keypaths still. */
function envelopeFields(
  results: readonly AliasedExpression[],
  scope: Scope,
): readonly (readonly [Keypath, Shape])[] {
  return results.flatMap(({ expression }) => {
    if (expression.kind !== 'Keypath' || !isEnvelope(expression)) return []
    const found = scope.lookUp(expression)?.found
    const detail = found instanceof Shape ? found.detail : null
    return [[expression, new Shape(null, detail)] as const]
  })
}

function isEnvelope({ namespace, segments }: Keypath): boolean {
  return (namespace === '$m' || namespace === '$l') && segments.length > 0
}
