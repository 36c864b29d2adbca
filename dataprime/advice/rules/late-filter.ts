import { isFilter } from '../../analysis/describe-query'
import { aggregatesRows } from '../../tree/aggregation'
import type { Stage } from '../../tree/ast'
import { commandOf } from '../../tree/stage-command'
import { defineAdvice, type Finding } from '../advice'
import { joinFilters, partsOf } from '../conditions'
import { commutes } from '../stage-effects'

const EXPENSIVE: ReadonlySet<Stage['kind']> = new Set([
  'OrderbyStage',
  'ExtractStage',
  'EnrichStage',
  'JoinStage',
  'ExplodeStage',
  'DedupebyStage',
])

export const lateFilter = defineAdvice(
  'late-filter',
  'Rows are dropped after they were sorted, attached or taken apart, by a condition that could have come before.',
  ({ stages }) => stages.flatMap((stage, index) => (isFilter(stage) ? adviseOn(stage, stages, index) : [])),
)

/** Each part of the condition goes as far up as it can, and stays when there is nothing to be gained. */
function adviseOn(filter: Stage, stages: readonly Stage[], index: number): readonly Finding[] {
  const byPlace = Map.groupBy(partsOf(filter), (part) => earliestPlace(stages, index, part))
  const places = [...byPlace.keys()].filter((place) => place < index)
  if (places.length === 0) return []
  const spared = stages[Math.max(...places)] as Stage
  return [
    {
      index,
      message: byPlace.has(index)
        ? `a part of the condition does not need the "${commandOf(spared)}"; before it, it drops rows earlier`
        : `rows are dropped only after "${commandOf(spared)}"; the filter can stand before it`,
      stages: stages.flatMap((stage, at) => [
        ...joinFilters(byPlace.get(at) ?? []),
        ...(at === index ? [] : [stage]),
      ]),
    },
  ]
}

/**
 * How far up a filter may be moved without a change of what comes out, and with a gain. Among the few rows
 * that an aggregation makes there is none.
 */
function earliestPlace(stages: readonly Stage[], index: number, filter: Stage): number {
  if (stages.slice(0, index).some(aggregatesRows)) return index
  let place = index
  for (let at = index - 1; at >= 0 && commutes(stages[at] as Stage, filter); at--) {
    if (EXPENSIVE.has((stages[at] as Stage).kind)) place = at
  }
  return place
}
