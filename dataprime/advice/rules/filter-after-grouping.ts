import { isFilter } from '../../analysis/describe-query'
import type { Stage } from '../../tree/ast'
import { commandOf } from '../../tree/stage-command'
import { defineAdvice, type Finding } from '../advice'
import { joinFilters, partsOf } from '../conditions'
import { type Grouping, isGrouping, keySources, putBack } from '../groupings'
import { commutes, fieldsRead, keepsRows } from '../stage-effects'

export const filterAfterGrouping = defineAdvice(
  'filter-after-grouping',
  'A condition on group keys stands behind the grouping, where all the other groups have been made already.',
  ({ stages }) => stages.flatMap((stage, index) => (isFilter(stage) ? adviseOn(stage, stages, index) : [])),
)

function adviseOn(filter: Stage, stages: readonly Stage[], index: number): readonly Finding[] {
  const at = stages.findLastIndex((stage, place) => place < index && !isPassable(stage))
  const grouping = stages[at]
  if (grouping === undefined || !isGrouping(grouping)) return []
  const between = stages.slice(at + 1, index)
  const earlier: Stage[] = []
  const staying: Stage[] = []
  for (const part of partsOf(filter)) {
    const moved = onRecords(part, between, grouping)
    if (moved === undefined) staying.push(part)
    else earlier.push(moved)
  }
  if (earlier.length === 0) return []
  return [
    {
      index,
      message: message(commandOf(grouping), staying.length > 0),
      stages: [
        ...stages.slice(0, at),
        ...joinFilters(earlier),
        grouping,
        ...between,
        ...joinFilters(staying),
        ...stages.slice(index + 1),
      ],
    },
  ]
}

function message(command: string, isSplit: boolean): string {
  return isSplit
    ? `a part of the condition reads group keys only; before the "${command}" it spares the rows of the other groups`
    : `the filter reads group keys only; before the "${command}" it spares the rows of the other groups`
}

/** Stages that a filter may be moved over, if it reads nothing that they change. */
function isPassable(stage: Stage): boolean {
  return isFilter(stage) || stage.kind === 'OrderbyStage' || keepsRows(stage)
}

/** The filter for the rows before the grouping; undefined when it reads more than keys, or keys that were changed since. */
function onRecords(filter: Stage, between: readonly Stage[], grouping: Grouping): Stage | undefined {
  if (!between.every((stage) => commutes(stage, filter))) return undefined
  return putBack(filter, fieldsRead(filter), keySources(grouping))
}
