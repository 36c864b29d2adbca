import { percentileOutOfRange } from '../diagnostics/codes'
import { printExpression } from '../format/print'
import type { Expression } from '../tree/ast'
import type { Rule } from './check-context'

/** `percentile` takes a share from 0 to 1 first and the values second. */
export const checkPercentile: Rule = ({ calls, report }) => {
  for (const { name, operands } of calls) {
    const [share, values] = operands
    if (name !== 'percentile' || share === undefined) continue
    if (share.kind === 'NumberLiteral') {
      if (share.value < 0 || share.value > 1) {
        report(percentileOutOfRange(share.range, share.text, asShare(share.value)))
      }
    } else if (values?.kind === 'NumberLiteral') {
      // The other way round, as `percentile(latency, 95)`.
      const suggestion = values.value > 1 ? asShare(values.value) : values.text
      report(percentileOutOfRange(share.range, describe(share), suggestion))
    }
  }
}

function asShare(percent: number): string | undefined {
  return percent > 1 && percent < 100 ? String(Number((percent / 100).toPrecision(10))) : undefined
}

function describe(expression: Expression): string {
  return expression.kind === 'Keypath' ? printExpression(expression) : 'an expression'
}
