import type { FieldCatalogue } from '../catalogue/field-catalogue'
import { print } from '../format/print'
import type { Query, Stage } from '../tree/ast'
import { descend } from '../tree/walk'
import type { Pipeline } from './advice'

/** A pipeline with its place in the whole query. */
export interface PlacedPipeline extends Pipeline {
  /** The stage of the whole query that a stage of the pipeline is, or stands in. */
  outermostIndex(index: number): number
  /** The text of the whole query with other stages in this pipeline. */
  printWith(stages: readonly Stage[]): string
}

/** The stages of a query and of all its sub-queries, those of a sub-query after those of the query around it. */
export function pipelinesOf(query: Query, catalogue: FieldCatalogue | null): readonly PlacedPipeline[] {
  const pipelines: PlacedPipeline[] = [
    {
      stages: query.stages,
      outer: null,
      catalogue,
      outermostIndex: (index) => index,
      printWith: (stages) => print({ ...query, stages }),
    },
  ]
  const queries = [query]
  for (let at = 0; at < pipelines.length; at++) {
    const around = pipelines[at] as PlacedPipeline
    for (const [index, stage] of around.stages.entries()) {
      if (!holdsQuery(stage)) continue
      const inner = stage.query
      queries.push(inner)
      pipelines.push({
        stages: inner.stages,
        outer: queries[at] as Query,
        catalogue,
        outermostIndex: () => around.outermostIndex(index),
        printWith: (stages) =>
          around.printWith(around.stages.with(index, { ...stage, query: { ...inner, stages } })),
      })
    }
  }
  return pipelines
}

type StageWithQuery = Extract<Stage, { readonly query: Query }>

export function holdsQuery(stage: Stage): stage is StageWithQuery {
  return 'query' in stage
}

/** Larger queries were written by a program, and comparing their stages with one another would take long. */
const STAGES_MAX = 100
const NODES_MAX = 4000

export function isWrittenByHand(query: Query): boolean {
  let stages = 0
  let nodes = 0
  descend(query, true, (node) => {
    nodes++
    if (node.kind === 'Query') stages += node.stages.length
    return stages <= STAGES_MAX && nodes <= NODES_MAX ? true : undefined
  })
  return stages <= STAGES_MAX && nodes <= NODES_MAX
}
