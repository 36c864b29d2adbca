import { aggregatedGrouping } from '../tree/aggregation'
import type { Stage } from '../tree/ast'
import type { WalkedPipeline, WalkedStage } from '../tree/walked-pipeline'
import { applyStage, keepNames } from './apply-stage'
import { impliedDataset } from './implied-dataset'
import { recordsOf, type ScopeOptions } from './records'
import { Scope } from './scope'

export type VisitStage = (stage: WalkedStage, before: Scope, added: Scope | null) => void

/**
 * Calls `visit` for each stage of a pipeline with what is known of the rows before it, and with those of its
 * sub-query, whose stages have been visited by then. Answers what is known after the last.
 */
export function followStages(
  { query, stages }: WalkedPipeline,
  options: ScopeOptions,
  visit: VisitStage,
): Scope {
  const first = query.stages[0]
  const scope = recordsOf(first, options, first?.kind === 'SourceStage' ? undefined : impliedDataset(stages))
  for (const walked of stages) {
    const { stage, index, subquery } = walked
    const added = subquery === null ? null : followStages(subquery, options, visit)
    visit(walked, scope, added)
    if (isMisread(stage, query.stages[index + 1], options)) scope.replaceBy(Scope.open())
    else if (index > 0 || stage.kind !== 'SourceStage') applyStage(scope, stage, added, options)
    // The stage is reported; the keys it loses are not reported again where they are read.
    const aggregated = aggregatedGrouping(query.stages, index)
    if (aggregated !== undefined) keepNames(scope, aggregated.grouping.keys, stage)
  }
  return scope
}

/** Stages that leave the keys of their rows as they are, whatever they were meant to say. */
const KEEPS_KEYS: ReadonlySet<Stage['kind']> = new Set<Stage['kind']>([
  'FilterStage',
  'BlockStage',
  'FindStage',
  'WildfindStage',
  'LuceneStage',
  'OrderbyStage',
  'LimitStage',
  'DedupebyStage',
  'ConvertStage',
  'RedactStage',
])

/** Whether the text of a stage was not all understood, so that other keys may come out of it. */
function isMisread(stage: Stage, next: Stage | undefined, { mistakes }: ScopeOptions): boolean {
  if (mistakes === undefined || mistakes.length === 0) return false
  const end = KEEPS_KEYS.has(stage.kind)
    ? stage.keywordRange.end
    : (next?.range.start ?? Number.POSITIVE_INFINITY)
  const first = mistakes[firstIndexFrom(mistakes, stage.range.start)]
  return first !== undefined && first < end
}

/** The index of the first number that is not below another; the numbers are in order. */
function firstIndexFrom(sorted: readonly number[], least: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) < least) low = middle + 1
    else high = middle
  }
  return low
}
