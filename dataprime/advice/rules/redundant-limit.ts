import type { LimitStage, Stage } from '../../tree/ast'
import { defineAdvice, type Finding } from '../advice'
import { without } from '../edit-stages'
import { addsNoRows, keepsRows } from '../stage-effects'

export const redundantLimit = defineAdvice(
  'redundant-limit',
  'A limit lets through all the rows there can be at its place, or all that a later one lets through.',
  ({ stages }) => {
    const findings: Finding[] = []
    let rowsMost = Number.POSITIVE_INFINITY
    for (const [index, stage] of stages.entries()) {
      const count = rowsOf(stage)
      if (stage.kind === 'LimitStage' && Number.isFinite(count) && count >= rowsMost) {
        const message = `no more than ${rowsMost} ${rowsMost === 1 ? 'row comes' : 'rows come'} in, so the limit does nothing`
        findings.push({ index, message, stages: without(stages, index) })
      } else if (stage.kind === 'LimitStage' && isUndercut(stages, index)) {
        const message = 'a smaller limit follows, so this one does nothing'
        findings.push({ index, message, stages: without(stages, index) })
      }
      rowsMost = addsNoRows(stage) ? Math.min(rowsMost, count) : count
    }
    return findings
  },
)

/** The most rows that come out of a stage, whatever goes in. */
function rowsOf(stage: Stage): number {
  switch (stage.kind) {
    case 'AggregateStage':
    case 'CountStage':
      return 1
    case 'LimitStage':
    case 'TopStage':
      return stage.count.kind === 'NumberLiteral' && stage.count.value >= 0
        ? stage.count.value
        : Number.POSITIVE_INFINITY
    default:
      return Number.POSITIVE_INFINITY
  }
}

function isUndercut(stages: readonly Stage[], index: number): boolean {
  const next = stages.slice(index + 1).find((stage) => !keepsRows(stage))
  return next?.kind === 'LimitStage' && rowsOf(next) < rowsOf(stages[index] as LimitStage)
}
