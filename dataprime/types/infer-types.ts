import type { FieldCatalogue } from '../catalogue/field-catalogue'
import type { Expression, JoinOperand, JoinStage, Node, Query, Stage } from '../tree/ast'
import { nodesOf } from '../tree/walk'
import { applyStage } from './apply-stage'
import { bindArguments } from './bind-arguments'
import { type BindingOf, inferTypesOf, type TypesFound, typeOf } from './infer-expression'
import { type InferredType, isKnown, UNKNOWN } from './inferred-type'
import { fieldTypesOf } from './known-fields'
import { createTypeEnvironment, type TypeEnvironment } from './type-environment'

/** What can be told of the types of the expressions of a query before any data is seen. */
export interface InferredTypes {
  /** The type of an expression of the query; unknown whenever there is a doubt. */
  of(expression: Expression): InferredType
}

/** What has been found out about a query already, so that it need not be found again. */
export interface WalkedQuery {
  /** The nodes of a stage in the order of the text, those of its sub-query left out. */
  nodesOf(stage: Stage): readonly Node[]
  bindingOf: BindingOf
}

/** Finds the types of all expressions of a query and its sub-queries. Never throws, and takes time in proportion. */
export function inferTypes(
  query: Query,
  catalogue?: FieldCatalogue,
  walked: WalkedQuery = { nodesOf, bindingOf: bindArguments },
): InferredTypes {
  const types: TypesFound = new Map()
  const typeAt = (expression: Expression) => types.get(expression) ?? UNKNOWN
  const results = new Map<Query, TypeEnvironment>()
  // Sub-queries come after the queries around them, which look at their results: so the last is first.
  for (const pipeline of pipelinesOf(query).reverse()) {
    const environment = createTypeEnvironment(fieldTypesOf(datasetOf(pipeline), catalogue))
    for (const stage of pipeline.stages) {
      inferTypesOf(walked.nodesOf(stage), environment, types, walked.bindingOf)
      if (stage.kind === 'JoinStage') inferJoinOperands(stage, results, types)
      applyStage(stage, environment, typeAt)
    }
    results.set(pipeline, environment)
  }
  return { of: typeAt }
}

function pipelinesOf(query: Query): Query[] {
  const pipelines = [query]
  // The list grows while it is gone through.
  for (const { stages } of pipelines) {
    for (const stage of stages) {
      if (hasSubquery(stage)) pipelines.push(stage.query)
    }
  }
  return pipelines
}

function hasSubquery(stage: Stage): stage is Extract<Stage, { readonly query: Query }> {
  return stage.kind === 'JoinStage' || stage.kind === 'UnionStage' || stage.kind === 'StitchStage'
}

function datasetOf({ stages: [first] }: Query) {
  return first?.kind === 'SourceStage' ? first.dataset : null
}

/** The operands of a join condition read the rows of either side; one that both may know is not known. */
function inferJoinOperands(
  { query, on }: JoinStage,
  results: ReadonlyMap<Query, TypeEnvironment>,
  types: TypesFound,
): void {
  const right = results.get(query)
  const infer = ({ side, expression }: JoinOperand) => {
    const onRight = right === undefined ? UNKNOWN : typeOf(expression, right)
    const onLeft = types.get(expression) ?? UNKNOWN
    if (side === 'right') types.set(expression, onRight)
    else if (side === null) types.set(expression, onlyKnown(onLeft, onRight))
  }
  for (const condition of on) {
    infer(condition.left)
    infer(condition.right)
  }
}

function onlyKnown(one: InferredType, other: InferredType): InferredType {
  if (!isKnown(other)) return one
  return isKnown(one) ? UNKNOWN : other
}
