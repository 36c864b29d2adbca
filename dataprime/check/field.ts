import { FIELDS, type KnownDataset, knownDataset } from '../catalogue/fields'
import { unknownField } from '../diagnostics/codes'
import type { Keypath, Query, Stage } from '../tree/ast'
import { canonicalKeypath, replacesRows, writtenKeypaths } from '../tree/keypaths'
import type { Rule, StageScope } from './check-context'

/**
 * Metadata and labels are fields that the dataset has. Logs and spans spell their labels in different
 * cases, so that the label of one is an unknown field of the other.
 */
export const checkField: Rule = ({ stages, keypaths, report, suggest }) => {
  const records = findRecords(stages)
  for (const { keypath, scope } of keypaths) {
    const { namespace, segments } = keypath
    const name = segments[0]?.kind === 'NameSegment' ? segments[0].name : undefined
    if ((namespace !== '$m' && namespace !== '$l') || name === undefined) continue
    const reading = records.get(scope.pipeline)
    if (reading === undefined || scope.index > reading.lastIndex) continue
    const names = FIELD_NAMES[reading.dataset][namespace]
    if (names.has(name)) continue

    const field = `${namespace}.${name}`
    const { nodes, fields } = reading.written()
    if (nodes.has(keypath) || fields.has(field)) continue
    const suggestion = suggest(name, names)
    const meant = suggestion === undefined ? undefined : `${namespace}.${suggestion}`
    report(unknownField(keypath.range, field, reading.dataset, meant))
  }
}

function namesOf(dataset: KnownDataset, namespace: '$m' | '$l'): ReadonlySet<string> {
  return new Set(FIELDS[dataset].filter((field) => field.namespace === namespace).map(({ name }) => name))
}

const FIELD_NAMES = {
  logs: { $m: namesOf('logs', '$m'), $l: namesOf('logs', '$l') },
  spans: { $m: namesOf('spans', '$m'), $l: namesOf('spans', '$l') },
} as const

interface Reading {
  readonly dataset: KnownDataset
  /** The last stage that sees the records with the fields they are stored with. */
  readonly lastIndex: number
  /** The keypaths that stages of the pipeline write, and the fields they lead into. */
  written(): { readonly nodes: ReadonlySet<Keypath>; readonly fields: ReadonlySet<string> }
}

/** The pipelines that read logs or spans. */
function findRecords(stages: readonly StageScope[]): ReadonlyMap<Query, Reading> {
  const records = new Map<Query, Reading>()
  for (const { stage, pipeline, index } of stages) {
    if (index !== 0 || stage.kind !== 'SourceStage') continue
    const dataset = knownDataset(stage.dataset.dataspace, stage.dataset.name)
    if (dataset === undefined) continue
    const end = pipeline.stages.findIndex(leavesRecords)
    let written: ReturnType<Reading['written']> | undefined
    records.set(pipeline, {
      dataset,
      lastIndex: end === -1 ? pipeline.stages.length : end,
      written() {
        if (written === undefined) {
          const nodes = pipeline.stages.flatMap(writtenKeypaths)
          written = { nodes: new Set(nodes), fields: new Set(nodes.map(headOf)) }
        }
        return written
      },
    })
  }
  return records
}

/** After a union the records may be those of another dataset. */
function leavesRecords(stage: Stage): boolean {
  return replacesRows(stage) || stage.kind === 'UnionStage' || stage.kind === 'UnknownStage'
}

/** The field of the record that a keypath leads into. */
function headOf(keypath: Keypath): string {
  return canonicalKeypath({ ...keypath, segments: keypath.segments.slice(0, 1) })
}
