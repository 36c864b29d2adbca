import { aggregatesRows } from '../../tree/aggregation'
import type { Stage } from '../../tree/ast'
import { defineAdvice } from '../advice'
import { limitTo } from '../edit-stages'

/** Rows that a rewritten query is bounded to, for its writer to change. */
const ROWS = 100

export const unboundedRows = defineAdvice(
  'unbounded-rows',
  'Every record that matches is given back.',
  ({ stages, outer }) => {
    if (outer !== null || !givesAllRecords(stages) || sortOf(stages) !== -1) return []
    const message = 'every matching record is given back; add a limit, or aggregate'
    return [{ index: stages.length - 1, message, stages: [...stages, limitTo(ROWS)] }]
  },
)

export const unboundedSort = defineAdvice(
  'unbounded-sort',
  'All records are sorted, and all of them given back.',
  ({ stages, outer }) => {
    const sort = sortOf(stages)
    if (outer !== null || !givesAllRecords(stages) || sort === -1) return []
    const message = 'all records are sorted and given back; a limit after the sort keeps the first ones only'
    return [{ index: sort, message, stages: [...stages, limitTo(ROWS)] }]
  },
)

/** Single records without a bound. Of a stage that is not known nothing can be told. */
function givesAllRecords(stages: readonly Stage[]): boolean {
  return (
    stages.length > 0 &&
    stages.every((stage) => !aggregatesRows(stage) && !boundsRows(stage) && stage.kind !== 'UnknownStage')
  )
}

function boundsRows({ kind }: Stage): boolean {
  return kind === 'LimitStage' || kind === 'TopStage'
}

function sortOf(stages: readonly Stage[]): number {
  return stages.findLastIndex(({ kind }) => kind === 'OrderbyStage')
}
