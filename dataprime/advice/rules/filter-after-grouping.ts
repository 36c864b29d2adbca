import { isFilter } from '../../analysis/describe-query'
import type { Expression, Stage } from '../../tree/ast'
import { commandOf } from '../../tree/stage-command'
import { defineAdvice, type Finding } from '../advice'
import { joinFilters, partsOf } from '../conditions'
import { isGrouping, keySources, putBack } from '../groupings'
import { commutes, fieldsRead, keepsRows } from '../stage-effects'

/** A grouping that a filter behind it may be moved before. */
interface Reachable {
  readonly place: number
  readonly sources: ReadonlyMap<string, Expression>
}

export const filterAfterGrouping = defineAdvice(
  'filter-after-grouping',
  'A condition on group keys stands behind the grouping, where all the other groups have been made already.',
  ({ stages }) => {
    let grouping: Reachable | undefined
    return stages.flatMap((stage, index) => {
      if (isGrouping(stage)) grouping = { place: index, sources: keySources(stage) }
      else if (!isPassable(stage)) grouping = undefined
      return grouping !== undefined && isFilter(stage) ? adviseOn(stages, index, grouping) : []
    })
  },
)

/** Stages that a filter may be moved over, if it reads nothing that they change. */
function isPassable(stage: Stage): boolean {
  return isFilter(stage) || stage.kind === 'OrderbyStage' || keepsRows(stage)
}

function adviseOn(
  stages: readonly Stage[],
  index: number,
  { place, sources }: Reachable,
): readonly Finding[] {
  const between = stages.slice(place + 1, index)
  const moving: Stage[] = []
  const staying: Stage[] = []
  for (const part of partsOf(stages[index] as Stage)) {
    const onRecords = between.every((stage) => commutes(stage, part))
      ? putBack(part, fieldsRead(part), sources)
      : undefined
    if (onRecords === undefined) staying.push(part)
    else moving.push(onRecords)
  }
  if (moving.length === 0) return []
  const subject = staying.length === 0 ? 'the filter' : 'a part of the condition'
  const command = commandOf(stages[place] as Stage)
  return [
    {
      index,
      message: `${subject} reads group keys only; before the "${command}" it spares the rows of the other groups`,
      stages: [
        ...stages.slice(0, place),
        ...joinFilters(moving),
        ...stages.slice(place, index),
        ...joinFilters(staying),
        ...stages.slice(index + 1),
      ],
    },
  ]
}
