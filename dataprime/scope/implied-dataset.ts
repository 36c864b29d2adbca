import { FIELDS, type Field, type KnownDataset, knownDataset } from '../catalogue/fields'
import type { Keypath } from '../tree/ast'
import type { WalkedPipeline, WalkedStage } from '../tree/walked-pipeline'

/**
 * The dataset whose records a pipeline reads, as far as can be told; null when it is not known which fields
 * they have. Without a source it is the implied one.
 */
export function datasetReadBy({ query, stages }: WalkedPipeline): KnownDataset | null {
  const [first] = query.stages
  if (first === undefined || first.kind === 'DpxlStage') return null
  if (first.kind !== 'SourceStage') return impliedDataset(stages)
  return knownDataset(first.dataset.dataspace, first.dataset.name) ?? null
}

/** The dataset that is meant where no source is named: spans where names of theirs show it, and logs otherwise. */
export function impliedDataset(stages: readonly WalkedStage[]): KnownDataset {
  return stages.some(({ keypaths }) => keypaths.some(isOfSpans)) ? 'spans' : 'logs'
}

/** Whether it is a field that spans have and logs have not. */
function isOfSpans({ namespace, segments: [first] }: Keypath): boolean {
  return first?.kind === 'NameSegment' && SPAN_FIELDS.has(`${namespace}.${first.name}`)
}

const LOG_FIELDS: ReadonlySet<string> = new Set(FIELDS.logs.map(nameOf))
const SPAN_FIELDS: ReadonlySet<string> = new Set(
  FIELDS.spans
    .filter(({ namespace }) => namespace !== '$d')
    .map(nameOf)
    .filter((name) => !LOG_FIELDS.has(name)),
)

function nameOf({ namespace, name }: Field): string {
  return `${namespace}.${name}`
}
