import { fieldInTimeframe } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import { printExpression } from '../format/print'
import { isMissingKeypath } from '../tree/keypaths'
import type { Rule } from './check-context'

/** The time range of a source says which rows to read, so that none of their fields is there yet; parameters are. */
export const checkTimeframeField: Rule = ({ stages, report }) => {
  for (const { stage, keypaths } of stages) {
    if (stage.kind !== 'SourceStage' || stage.timeframe === null) continue
    const { start, end } = stage.timeframe.range
    for (const keypath of keypaths) {
      const { namespace, range } = keypath
      if (namespace === '$p' || isMissingKeypath(keypath) || range.start < start || range.end > end) continue
      const text = printExpression(keypath)
      const found = fieldInTimeframe(range, text, text === 'now' ? 'now()' : undefined)
      report(text === 'now' ? withFix(found, 'use now()', replaceText(range, 'now()')) : found)
    }
  }
}
