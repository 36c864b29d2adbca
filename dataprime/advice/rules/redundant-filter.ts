import { isFilter } from '../../analysis/describe-query'
import { printExpression, printStage } from '../../format/print'
import type { Expression, Keypath, Stage } from '../../tree/ast'
import { defineAdvice, type Finding } from '../advice'
import { conjunctsOf, filterOn } from '../conditions'
import { replaced } from '../edit-stages'
import { changedKeypaths, fieldsRead, independent, isRandom, keepsRows } from '../stage-effects'

/** What is known to be true of every row, with the fields it is true of. Undefined fields are all of them. */
type Known = Map<string, readonly Keypath[] | undefined>

export const redundantFilter = defineAdvice(
  'redundant-filter',
  'A condition is true for every row: always, or because the same one stands before it.',
  ({ stages }) => {
    const known: Known = new Map()
    return stages.flatMap((stage, index) => {
      const findings = isFilter(stage) ? adviseOn(stage, stages, index, known) : []
      forgetChanged(known, stage)
      return findings
    })
  },
)

/** Also adds the conditions of the stage to those that are known. */
function adviseOn(stage: Stage, stages: readonly Stage[], index: number, known: Known): readonly Finding[] {
  const conditions = stage.kind === 'FilterStage' ? conjunctsOf(stage.predicate) : [undefined]
  const needed: Expression[] = []
  let repeats = false
  let dropped = 0
  for (const condition of conditions) {
    const part = condition === undefined ? stage : ({ ...stage, predicate: condition } as Stage)
    const text = condition === undefined ? printStage(stage) : printExpression(condition)
    const repeated = known.has(text) && !isRandom(part)
    known.set(text, fieldsRead(part))
    if (repeated || isAlwaysTrue(part)) {
      repeats ||= repeated
      dropped++
    } else if (condition !== undefined) {
      needed.push(condition)
    }
  }
  const left = dropped < conditions.length && dropped > 0 ? filterOn(needed) : []
  // Without its only stage there would be no query left.
  if (dropped === 0 || stages.length - 1 + left.length === 0) return []
  const message = wordMessage(stage, left.length > 0, repeats)
  return [{ index, message, stages: replaced(stages, index, ...left) }]
}

function wordMessage(stage: Stage, isPart: boolean, repeats: boolean): string {
  const subject = isPart ? 'a part of the condition' : 'the condition'
  if (repeats) return `${subject} has been met already by every row that comes here`
  return `${subject} is ${stage.kind === 'BlockStage' ? 'false' : 'true'} for every row`
}

function isAlwaysTrue(stage: Stage): boolean {
  const literal = (expression: Expression, value: boolean) =>
    expression.kind === 'BooleanLiteral' && expression.value === value
  if (stage.kind === 'FilterStage') return literal(stage.predicate, true)
  return stage.kind === 'BlockStage' && literal(stage.predicate, false)
}

/** Conditions stay true of rows that are dropped, sorted or given other fields than they are about. */
function forgetChanged(known: Known, stage: Stage): void {
  if (isFilter(stage) || ['OrderbyStage', 'LimitStage', 'DedupebyStage'].includes(stage.kind)) return
  const changed = keepsRows(stage) && stage.kind !== 'ChooseStage' ? changedKeypaths(stage) : undefined
  for (const [text, fields] of known) {
    if (changed === undefined || fields === undefined || !independent(changed, fields)) known.delete(text)
  }
}
