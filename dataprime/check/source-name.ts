import type { KnownDataset } from '../catalogue/fields'
import { unusualSource } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import type { Rule } from './check-context'

/** Other words for what logs and spans hold, in lower case. */
const MEANT: ReadonlyMap<string, KnownDataset> = new Map<string, KnownDataset>([
  ['log', 'logs'],
  ['logs', 'logs'],
  ['span', 'spans'],
  ['spans', 'spans'],
  ['trace', 'spans'],
  ['traces', 'spans'],
])

/** A source may have any name; one that is another word for logs or spans is most likely one of them. */
export const checkSourceName: Rule = ({ nodesOfKind, report }) => {
  for (const { dataset } of nodesOfKind('SourceStage')) {
    const meant = MEANT.get(dataset.name.toLowerCase())
    if (dataset.dataspace !== null || meant === undefined || meant === dataset.name) continue
    const found = unusualSource(dataset.range, dataset.name, meant)
    report(withFix(found, `use ${meant}`, replaceText(dataset.range, meant)))
  }
}
