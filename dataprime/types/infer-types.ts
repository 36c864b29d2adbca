import type { FieldCatalogue } from '../catalogue/field-catalogue'
import type { KnownDataset } from '../catalogue/fields'
import { impliedDataset } from '../scope/implied-dataset'
import type { Dataset, Expression, JoinOperand, JoinStage, Query } from '../tree/ast'
import { allPipelines, type WalkedPipeline, walkPipeline } from '../tree/walked-pipeline'
import { applyStage } from './apply-stage'
import { inferTypesOf, type TypesFound, typeFinder, typeOf } from './infer-expression'
import { type InferredType, isKnown, UNKNOWN } from './inferred-type'
import { fieldTypesOf } from './known-fields'
import { createTypeEnvironment, type TypeEnvironment } from './type-environment'

/** What can be told of the types of the expressions of a query before any data is seen. */
export interface InferredTypes {
  /** The type of an expression of the query; unknown whenever there is a doubt. */
  of(expression: Expression): InferredType
}

/** Finds the types of all expressions of a query and its sub-queries. Never throws, and takes time in proportion. */
export function inferTypes(
  query: Query,
  catalogue?: FieldCatalogue,
  walked: WalkedPipeline = walkPipeline(query),
): InferredTypes {
  const types: TypesFound = new Map()
  const typeAt = typeFinder(types)
  const results = new Map<Query, TypeEnvironment>()
  // Sub-queries come after the queries around them, which look at their results: so the last is first.
  for (const pipeline of allPipelines(walked).toReversed()) {
    const environment = createTypeEnvironment(fieldTypesOf(datasetOf(pipeline), catalogue))
    for (const { stage, nodes } of pipeline.stages) {
      inferTypesOf(nodes, environment, types)
      if (stage.kind === 'JoinStage') inferJoinOperands(stage, results, types)
      applyStage(stage, environment, typeAt)
    }
    results.set(pipeline.query, environment)
  }
  return { of: typeAt }
}

function datasetOf({ stages }: WalkedPipeline): Dataset | KnownDataset {
  const first = stages[0]?.stage
  return first?.kind === 'SourceStage' ? first.dataset : impliedDataset(stages)
}

/** The operands of a join condition read the rows of either side; one that both may know is not known. */
function inferJoinOperands(
  { query, on }: JoinStage,
  results: ReadonlyMap<Query, TypeEnvironment>,
  types: TypesFound,
): void {
  const right = results.get(query)
  const typeAt = typeFinder(types)
  const infer = ({ side, expression }: JoinOperand) => {
    const onRight = right === undefined ? UNKNOWN : typeOf(expression, right)
    const onLeft = typeAt(expression)
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
