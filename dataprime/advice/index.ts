/** Advice on queries that are valid: what would make them cheaper, surer, or say the same with less. */

import type { FieldCatalogue } from '../catalogue/field-catalogue'
import type { Query, Stage, TextRange } from '../tree/ast'
import type { Finding } from './advice'
import { isWrittenByHand, type PlacedPipeline, pipelinesOf } from './pipelines'
import { deadStage } from './rules/dead-stage'
import { earlyLimit } from './rules/early-limit'
import { exactDistinctCount } from './rules/exact-distinct-count'
import { filterAfterGrouping } from './rules/filter-after-grouping'
import { fineTimeKey } from './rules/fine-time-key'
import { lateFilter } from './rules/late-filter'
import { manyValuedKey } from './rules/many-valued-key'
import { missingTimeRange } from './rules/missing-time-range'
import { redundantChoose } from './rules/redundant-choose'
import { redundantFilter } from './rules/redundant-filter'
import { redundantGrouping } from './rules/redundant-grouping'
import { redundantLimit } from './rules/redundant-limit'
import { searchEverywhere } from './rules/search-everywhere'
import { unboundedCollect } from './rules/unbounded-collect'
import { unboundedRows, unboundedSort } from './rules/unbounded-rows'
import { uselessSort } from './rules/useless-sort'

/** All advice there is. Of several pieces on one stage the earlier in this list stands first. */
export const ADVICE = [
  missingTimeRange,
  lateFilter,
  filterAfterGrouping,
  searchEverywhere,
  earlyLimit,
  unboundedRows,
  unboundedSort,
  uselessSort,
  redundantLimit,
  redundantFilter,
  redundantChoose,
  redundantGrouping,
  deadStage,
  fineTimeKey,
  manyValuedKey,
  unboundedCollect,
  exactDistinctCount,
] as const

export type ImprovementCode = (typeof ADVICE)[number]['code']

export interface Improvement {
  readonly code: ImprovementCode
  /** What was found and what would be better. */
  readonly message: string
  /** The stage of the query it is about; for a stage of a sub-query the one the sub-query stands in. */
  readonly stageIndex: number
  /** Where the stage itself stands in the text. */
  readonly range: TextRange
  /**
   * The whole query with this one piece of advice taken, on one line: valid when the query is, and with the
   * same rows unless the message says which ones or which values it gives instead. Comments are left out, as
   * they are in the tree it is written from. Left out where only the query's writer can tell how.
   */
  readonly rewritten?: string
}

export interface AdviceOptions {
  /** The fields of the data; without it nothing is known of `$d` but what the query says. */
  readonly catalogue?: FieldCatalogue | null | undefined
}

/** Advice that is not given on a stage for which there is better advice. */
const GIVES_WAY: ReadonlyMap<ImprovementCode, readonly ImprovementCode[]> = new Map([
  ['late-filter', ['filter-after-grouping', 'redundant-filter']],
  ['filter-after-grouping', ['redundant-filter']],
])

/** More advice than anybody takes at once. */
const IMPROVEMENTS_MAX = 30

/**
 * What could be better in a query, in the order of its stages. It is advice for a query without errors;
 * of any other the answer is of no use, but there is one. Queries that only a program can have written
 * get none.
 */
export function suggestImprovements(
  query: Query,
  { catalogue = null }: AdviceOptions = {},
): readonly Improvement[] {
  // A condition of DPXL reads no rows of its own.
  if (!isWrittenByHand(query) || query.stages[0]?.kind === 'DpxlStage') return []
  return pipelinesOf(query, catalogue)
    .flatMap(findAll)
    .sort((a, b) => placeOf(a) - placeOf(b))
    .slice(0, IMPROVEMENTS_MAX)
    .map(toImprovement)
}

interface PlacedFinding {
  readonly code: ImprovementCode
  readonly finding: Finding
  readonly pipeline: PlacedPipeline
}

function findAll(pipeline: PlacedPipeline): readonly PlacedFinding[] {
  const all = ADVICE.flatMap(({ code, find }) =>
    find(pipeline).map((finding) => ({ code, finding, pipeline })),
  )
  const given = new Set(all.map(({ code, finding }) => `${code} ${finding.index}`))
  return all.filter(({ code, finding }) => {
    const better = GIVES_WAY.get(code) ?? []
    return !better.some((other) => given.has(`${other} ${finding.index}`))
  })
}

function placeOf({ finding, pipeline }: PlacedFinding): number {
  return pipeline.outermostIndex(finding.index)
}

/** Only what is kept is printed. */
function toImprovement({ code, finding, pipeline }: PlacedFinding): Improvement {
  const { index, message, stages } = finding
  const { range } = pipeline.stages[index] as Stage
  const base = { code, message, stageIndex: pipeline.outermostIndex(index), range }
  return stages === undefined ? base : { ...base, rewritten: pipeline.printWith(stages) }
}
