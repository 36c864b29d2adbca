import assert from 'node:assert/strict'
import { suggestImprovements } from '../advice'
import { analyse } from '../analyse'
import { complexityOf } from '../analysis/complexity'
import { describeQuery } from '../analysis/describe-query'
import { fingerprintOf } from '../analysis/fingerprint'
import { syntaxScore } from '../analysis/syntax-score'
import { complete } from '../complete/complete'
import { renderDiagnostics } from '../diagnostics/render'
import { explain } from '../explain/explain'
import { formatText } from '../format/format-text'
import { format, print } from '../format/print'
import { repair } from '../repair/repair'
import { sameTree } from '../tree/same-tree'
import { showTree } from '../tree/show-tree'

/** All that is ever done with a text; nothing of it may throw. */
export function useAll(text: string): void {
  const { query, diagnostics } = analyse(text)
  for (const { range, fix } of diagnostics) {
    for (const { start, end } of [range, ...(fix?.edits ?? []).map((edit) => edit.range)]) {
      assert.ok(start >= 0 && start <= end && end <= text.length)
    }
  }
  renderDiagnostics(diagnostics, text)
  print(query)
  format(query)
  formatText(text)
  describeQuery(query)
  complexityOf(query)
  syntaxScore(diagnostics, query)
  fingerprintOf(query)
  suggestImprovements(query)
  explain(query)
  showTree(query)
  repair(text)
  complete(text, text.length)
  assert.ok(sameTree(query, query))
}
