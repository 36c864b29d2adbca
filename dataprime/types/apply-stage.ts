/** What each stage makes of the types of keypaths. */

import { extractorNamed } from '../catalogue/extractors'
import type {
  AliasedExpression,
  ConvertStage,
  CountbyStage,
  CountStage,
  CreateStage,
  ExplodeStage,
  Expression,
  ExtractStage,
  Keypath,
  MoveStage,
  ReplaceStage,
  RoundtimeStage,
  Stage,
  StitchStage,
  TypedKeypath,
} from '../tree/ast'
import { impliedName, isMissingKeypath, resultsOf } from '../tree/keypaths'
import { certain, type InferredType, isKnown, likely, UNKNOWN, weaken } from './inferred-type'
import { typeNamed } from './known-fields'
import { type ChangingEnvironment, type KeyPath, pathOf } from './type-environment'

type TypeAt = (expression: Expression) => InferredType

type Effect<Applied extends Stage> = (
  stage: Applied,
  environment: ChangingEnvironment,
  typeAt: TypeAt,
) => void

/** A stage that is not listed leaves the types of keypaths as they are. */
const EFFECTS: { readonly [Kind in Stage['kind']]?: Effect<Extract<Stage, { kind: Kind }>> } = {
  GroupbyStage: applyResults,
  MultigroupbyStage: applyResults,
  AggregateStage: applyResults,
  DistinctStage: applyResults,
  // What is sorted by is a result only when it is given a name.
  TopStage: ({ results, by }, environment, typeAt) =>
    keepOnly([...results, ...by.filter(({ alias }) => alias !== null)], environment, typeAt),
  CountbyStage: applyCount,
  CountStage: applyCount,
  ChooseStage: ({ fields }, environment, typeAt) => applyChoose(fields, environment, typeAt),
  CreateStage: applyCreate,
  ReplaceStage: applyReplace,
  RemoveStage: ({ keypaths }, environment) => forgetAll(keypaths, environment),
  MoveStage: applyMove,
  ConvertStage: applyConvert,
  RoundtimeStage: applyRoundtime,
  ExplodeStage: applyExplode,
  ExtractStage: applyExtract,
  EnrichStage: ({ into }, environment) => assign(into, likely('object'), environment),
  JoinStage: ({ into }, environment) => assign(into, likely('object'), environment),
  StitchStage: applyStitch,
  UnionStage: (_stage, environment) => applyUnion(environment),
  UnknownStage: (_stage, environment) => environment.weakenAll(),
}

/** Brings an environment from before a stage to after it. */
export function applyStage(stage: Stage, environment: ChangingEnvironment, typeAt: TypeAt): void {
  const effect = EFFECTS[stage.kind] as Effect<Stage> | undefined
  effect?.(stage, environment, typeAt)
}

/** Gives a keypath a type. What is merged into the whole record, or written to a computed key, may be any field. */
function assign(keypath: Keypath, type: InferredType, environment: ChangingEnvironment): void {
  if (isMissingKeypath(keypath)) return
  const path = fieldOf(keypath)
  if (path === undefined) environment.weakenAll()
  else if (isKnown(type)) environment.assign(path, type)
  else environment.forget(path)
}

function fieldOf(keypath: Keypath): KeyPath | undefined {
  const path = pathOf(keypath)
  return path === undefined || path.length === 1 ? undefined : path
}

const RECORD: readonly KeyPath[] = [['$d'], ['$m'], ['$l']]

/** Only the results are left, all of them in the data. */
function keepOnly(
  results: readonly AliasedExpression[],
  environment: ChangingEnvironment,
  typeAt: TypeAt,
): void {
  const types = results.map(({ expression }) => typeAt(expression))
  for (const path of RECORD) environment.forget(path)
  const named = new Set<string>()
  for (const [index, result] of results.entries()) {
    // Which of two results with one name is kept is not documented.
    const name = nameOf(result)
    const type = name !== undefined && named.has(name) ? UNKNOWN : types[index]
    assignResult(result, type ?? UNKNOWN, environment)
    if (name !== undefined) named.add(name)
  }
}

function nameOf({ alias, expression }: AliasedExpression): string | undefined {
  const keypath = alias ?? (expression.kind === 'Keypath' ? expression : null)
  return keypath === null ? undefined : impliedName(keypath)
}

/** The name of a result without an alias is the last key of its keypath, as far as anybody has written down. */
function assignResult(
  { alias, expression }: AliasedExpression,
  type: InferredType,
  environment: ChangingEnvironment,
): void {
  if (alias !== null) assign(alias, type, environment)
  else if (expression.kind === 'Keypath') {
    const name = impliedName(expression)
    if (name === undefined) return
    if (isKnown(type)) environment.assign(['$d', name], weaken(type))
    else environment.forget(['$d', name])
  }
}

function applyResults(stage: Stage, environment: ChangingEnvironment, typeAt: TypeAt): void {
  keepOnly(resultsOf(stage), environment, typeAt)
}

function applyCount(
  stage: CountStage | CountbyStage,
  environment: ChangingEnvironment,
  typeAt: TypeAt,
): void {
  applyResults(stage, environment, typeAt)
  const { into } = stage
  if (into === null) environment.assign(['$d', '_count'], certain('number'))
  else assign(into, certain('number'), environment)
}

/** Whether metadata and labels are still there after `choose` is not documented; if they are, they are what they were. */
function applyChoose(
  fields: readonly AliasedExpression[],
  environment: ChangingEnvironment,
  typeAt: TypeAt,
): void {
  keepOnly(fields, environment, typeAt)
  for (const { alias, expression } of fields) {
    const type = typeAt(expression)
    if (alias === null && expression.kind === 'Keypath') assign(expression, weaken(type), environment)
  }
}

/** With a clause that says when to leave the field alone, its value may be another than the one computed. */
function applyCreate(stage: CreateStage, environment: ChangingEnvironment, typeAt: TypeAt): void {
  const conditional =
    stage.onKeypathExists !== null || stage.onKeypathMissing !== null || stage.onDatatypeChanged !== null
  const type = typeAt(stage.value)
  assign(stage.target, conditional ? weaken(type) : type, environment)
}

function applyReplace(
  { target, value, onDatatypeChanged }: ReplaceStage,
  environment: ChangingEnvironment,
  typeAt: TypeAt,
): void {
  const type = typeAt(value)
  assign(target, onDatatypeChanged === null ? type : weaken(type), environment)
}

function forgetAll(keypaths: readonly Expression[], environment: ChangingEnvironment): void {
  for (const keypath of keypaths) {
    if (keypath.kind === 'Keypath') assign(keypath, UNKNOWN, environment)
  }
}

function applyMove({ from, to }: MoveStage, environment: ChangingEnvironment): void {
  const source = fieldOf(from)
  const target = fieldOf(to)
  if (source === undefined || target === undefined) environment.weakenAll()
  else environment.move(source, target)
}

function applyConvert({ conversions }: ConvertStage, environment: ChangingEnvironment): void {
  for (const { keypath, type } of conversions) assign(keypath, certain(typeNamed(type)), environment)
}

/** Without `into` the rounded time goes back where it came from. */
function applyRoundtime({ time, into }: RoundtimeStage, environment: ChangingEnvironment): void {
  const rounded = time?.kind === 'CastExpression' ? time.expression : time
  if (into !== null) assign(into, certain('timestamp'), environment)
  else if (rounded?.kind === 'Keypath') assign(rounded, certain('timestamp'), environment)
}

function applyExplode(stage: ExplodeStage, environment: ChangingEnvironment, typeAt: TypeAt): void {
  const { name, element, certainty } = typeAt(stage.array)
  if (stage.original !== 'preserve') for (const path of RECORD) environment.forget(path)
  const type: InferredType = name === 'array' ? { name: element, certainty, element: 'unknown' } : UNKNOWN
  assign(stage.into, type, environment)
}

function applyExtract({ into, extractor, datatypes }: ExtractStage, environment: ChangingEnvironment): void {
  const result = extractorNamed(extractor.name)?.result
  assign(into, result === undefined ? UNKNOWN : certain(result), environment)
  for (const datatype of datatypes) assignExtracted(into, datatype, environment)
}

/** The keypaths after `datatypes` lead on from the object that is extracted. */
function assignExtracted(
  into: Keypath,
  { keypath, type }: TypedKeypath,
  environment: ChangingEnvironment,
): void {
  const { namespace, segments } = into
  assign(
    { ...keypath, namespace, segments: [...segments, ...keypath.segments] },
    certain(typeNamed(type)),
    environment,
  )
}

/** The rows that are added have their own data under the same keys; metadata of any records is much alike. */
function applyUnion(environment: ChangingEnvironment): void {
  environment.forget(['$d'])
  environment.weakenAll()
}

function applyStitch({ into, merge }: StitchStage, environment: ChangingEnvironment): void {
  if (merge) environment.weakenAll()
  else assign(into, likely('object'), environment)
}
