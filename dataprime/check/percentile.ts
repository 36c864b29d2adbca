import { percentileOutOfRange } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import { printExpression } from '../format/print'
import type { Expression, NumberLiteral } from '../tree/ast'
import type { Call, Rule } from './check-context'

/** `percentile` takes a share from 0 to 1 first and the values second. */
export const checkPercentile: Rule = ({ calls, report }) => {
  for (const call of calls) {
    const [share, values] = call.operands
    if (call.name !== 'percentile' || share === undefined) continue
    if (share.kind === 'NumberLiteral') {
      if (share.value < 0 || share.value > 1) report(outOfRange(share))
    } else if (values?.kind === 'NumberLiteral') {
      report(swapped(call, share, values))
    }
  }
}

/** percentile(95, latency) */
function outOfRange(share: NumberLiteral) {
  const meant = asShare(share)
  const diagnostic = percentileOutOfRange(share.range, share.text, meant)
  return meant === undefined
    ? diagnostic
    : withFix(diagnostic, `use ${meant}`, replaceText(share.range, meant))
}

/** percentile(latency, 95) */
function swapped({ node, operands }: Call, share: Expression, values: NumberLiteral) {
  const meant = values.value > 1 ? asShare(values) : values.text
  const found = share.kind === 'Keypath' ? printExpression(share) : 'an expression'
  const diagnostic = percentileOutOfRange(share.range, found, meant)
  // A third argument that is no error threshold says that something else was meant.
  const threshold = operands[2]
  const plain = threshold === undefined || (threshold.kind === 'NumberLiteral' && threshold.value < 1)
  if (meant === undefined || !plain) return diagnostic
  const list = [meant, printExpression(share), ...operands.slice(2).map(printExpression)]
  const text = `percentile(${list.join(', ')})`
  return withFix(diagnostic, `use ${text}`, replaceText(node.range, text))
}

function asShare({ value }: NumberLiteral): string | undefined {
  return value > 1 && value < 100 ? String(Number((value / 100).toPrecision(10))) : undefined
}
