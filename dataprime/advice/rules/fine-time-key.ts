import type { AliasedExpression, Expression, GroupbyStage, Stage } from '../../tree/ast'
import { binary, intervalOfSeconds, keypath } from '../../tree/build'
import { canonicalKeypath, impliedName, replacesRows } from '../../tree/keypaths'
import { defineAdvice } from '../advice'
import { replaced } from '../edit-stages'
import { groupKeysOf } from '../groupings'
import { changedKeypaths, independent } from '../stage-effects'

const FIVE_MINUTES_SECONDS = 300

const TIMES: ReadonlySet<string> = new Set(['$m.timestamp', '$m.ingressTimestamp'])

export const fineTimeKey = defineAdvice(
  'fine-time-key',
  'Rows are grouped by a time to the nanosecond, which makes a group of nearly every row.',
  ({ stages }) =>
    stages.flatMap((stage, index) => {
      const before = stages.slice(0, index)
      const times = groupKeysOf(stage).filter((key) => isFine(key, before))
      if (times.length === 0) return []
      const message =
        'nearly every row has a time of its own; rounded to 5m, rows that are close in time come into one group'
      return [{ index, message, stages: replaced(stages, index, withKeys(stage, new Set(times))) }]
    }),
)

/** The time is that of the record: no stage before has rounded it or made other rows. */
function isFine({ expression }: AliasedExpression, before: readonly Stage[]): boolean {
  if (expression.kind !== 'Keypath' || !TIMES.has(canonicalKeypath(expression))) return false
  return before.every((stage) => !replacesRows(stage) && independent(changedKeypaths(stage), [expression]))
}

function withKeys(stage: Stage, times: ReadonlySet<AliasedExpression>): Stage {
  const change = (keys: readonly AliasedExpression[]) =>
    keys.map((key) => (times.has(key) ? rounded(key) : key))
  if (stage.kind === 'MultigroupbyStage') return { ...stage, groups: stage.groups.map(change) }
  if (stage.kind === 'TopStage') return { ...stage, results: change(stage.results) }
  return { ...stage, keys: change((stage as GroupbyStage).keys) } as Stage
}

/** Under the name it had, so that later stages find it. */
function rounded(key: AliasedExpression): AliasedExpression {
  const time = key.expression as Extract<Expression, { kind: 'Keypath' }>
  return {
    ...key,
    expression: binary('/', time, intervalOfSeconds(FIVE_MINUTES_SECONDS)),
    alias: key.alias ?? keypath(null, impliedName(time) ?? ''),
  }
}
