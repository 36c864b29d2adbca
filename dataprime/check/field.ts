import type { Keypath, Stage } from '../ast'
import { FIELDS, type KnownDataset, knownDataset } from '../catalogue/fields'
import { unknownField } from '../diagnostics'
import { canonicalKeypath, readKeypaths, replacesRows, writtenKeypaths } from '../keypaths'
import type { Suggest } from '../suggestion'
import type { Rule, StageScope } from './check-context'

/**
 * Metadata and labels are fields that the dataset has. Logs and spans spell their labels in different
 * cases, so that the label of one is an unknown field of the other.
 */
export const checkField: Rule = ({ stages, report, suggest }) => {
  for (const { dataset, records } of recordStages(stages)) {
    const written = new Set<string>()
    for (const stage of records) {
      for (const keypath of readKeypaths(stage)) {
        const found = unknownFieldOf(keypath, dataset, suggest)
        if (found === undefined || written.has(found.name)) continue
        report(unknownField(keypath.range, found.name, dataset, found.suggestion))
      }
      for (const keypath of writtenKeypaths(stage)) written.add(headOf(keypath))
    }
  }
}

interface RecordStages {
  readonly dataset: KnownDataset
  readonly records: readonly Stage[]
}

/** For each pipeline over logs or spans, the stages that still see its records as they are stored. */
function recordStages(stages: readonly StageScope[]): readonly RecordStages[] {
  const result: RecordStages[] = []
  for (const { stage, pipeline, index } of stages) {
    if (index !== 0 || stage.kind !== 'SourceStage') continue
    const dataset = knownDataset(stage.dataset.dataspace, stage.dataset.name)
    if (dataset === undefined) continue
    const end = pipeline.stages.findIndex(leavesRecords)
    result.push({ dataset, records: end === -1 ? pipeline.stages : pipeline.stages.slice(0, end + 1) })
  }
  return result
}

/** After a union the records may be those of another dataset. */
function leavesRecords(stage: Stage): boolean {
  return replacesRows(stage) || stage.kind === 'UnionStage' || stage.kind === 'UnknownStage'
}

function unknownFieldOf(
  keypath: Keypath,
  dataset: KnownDataset,
  suggest: Suggest,
): { name: string; suggestion: string | undefined } | undefined {
  const { namespace, segments } = keypath
  const first = segments[0]
  if ((namespace !== '$m' && namespace !== '$l') || first?.kind !== 'NameSegment') return undefined
  const names = FIELDS[dataset].filter((field) => field.namespace === namespace).map(({ name }) => name)
  if (names.includes(first.name)) return undefined
  const suggestion = suggest(first.name, names)
  return {
    name: headOf(keypath),
    suggestion: suggestion === undefined ? undefined : `${namespace}.${suggestion}`,
  }
}

/** The field of the record that a keypath leads into. */
function headOf(keypath: Keypath): string {
  return canonicalKeypath({ ...keypath, segments: keypath.segments.slice(0, 1) })
}
