import { rowCountDoubtful, rowCountOutOfRange } from '../diagnostics/codes'
import { printExpression } from '../format/print'
import type { Expression, Stage } from '../tree/ast'
import type { Rule } from './check-context'
import { fixQuotedLiteral } from './literal-fix'

/** `limit`, `top`, `bottom` and `keep` take a positive whole number. */
export const checkRowCount: Rule = ({ stages, report }) => {
  for (const { stage } of stages) {
    const found = rowCountOf(stage)
    if (found === undefined || found.count.kind === 'MissingExpression') continue
    const { word, count } = found
    const verdict = judge(count)
    if (verdict === 'wrong')
      report(fixQuotedLiteral(rowCountOutOfRange(count.range, word, printExpression(count)), count, 'number'))
    if (verdict === 'doubtful') report(rowCountDoubtful(count.range, word, printExpression(count)))
  }
}

function rowCountOf(stage: Stage): { word: string; count: Expression } | undefined {
  if (stage.kind === 'LimitStage') return { word: 'limit', count: stage.count }
  if (stage.kind === 'TopStage') return { word: stage.end, count: stage.count }
  if (stage.kind === 'DedupebyStage' && stage.keep !== null) return { word: 'keep', count: stage.keep }
  return undefined
}

/** Parameters are filled in by a dashboard, so that a number may come of them; zero is nowhere said to be wrong. */
function judge(count: Expression): 'fine' | 'doubtful' | 'wrong' {
  if (count.kind === 'NumberLiteral') {
    if (!Number.isInteger(count.value) || count.value < 0) return 'wrong'
    return count.value === 0 ? 'doubtful' : 'fine'
  }
  const value = count.kind === 'CastExpression' ? count.expression : count
  return value.kind === 'Keypath' && value.namespace === '$p' ? 'doubtful' : 'wrong'
}
