import { knownDataset } from '../../catalogue/fields'
import { NO_RANGE, type Query, type Stage, type Timeframe } from '../../tree/ast'
import { intervalOfSeconds } from '../../tree/build'
import { defineAdvice, type Finding } from '../advice'
import { holdsQuery } from '../pipelines'

/** The range that a rewritten query is given, for its writer to change. */
const LAST_HOUR: Timeframe = { kind: 'LastTimeframe', interval: intervalOfSeconds(3600), range: NO_RANGE }

export const missingTimeRange = defineAdvice(
  'missing-time-range',
  'The source has no time range, so it depends on the request how much is read.',
  ({ stages, outer }) => {
    if (!lacksTimeframe(stages[0])) return []
    return outer === null ? [inQuery(stages)] : inSubquery(stages, outer)
  },
)

/** Tables that records are enriched from have no time; what is read by another name may be one of them. */
function lacksTimeframe(stage: Stage | undefined): boolean {
  if (stage?.kind !== 'SourceStage' || stage.timeframe !== null) return false
  const { dataspace, name } = stage.dataset
  return dataspace === 'system' || knownDataset(dataspace, name) !== undefined
}

function inQuery(stages: readonly Stage[]): Finding {
  const message = 'without a time range the query reads whatever range the request has; name one'
  return { index: 0, message, stages: withTimeframe(stages, LAST_HOUR) }
}

/** Where the query around it names none either, there is one range for both, and the query is told. */
function inSubquery(stages: readonly Stage[], outer: Query): readonly Finding[] {
  const around = outer.stages[0]
  if (around?.kind !== 'SourceStage' || around.timeframe === null) return []
  const message =
    'the sub-query reads the range of the request, not that of the query around it; name the same one'
  return [{ index: 0, message, stages: withTimeframe(stages, around.timeframe) }]
}

/** The range for the source, and for those of the sub-queries that have none. Sub-queries nest as deep as brackets do. */
function withTimeframe(stages: readonly Stage[], timeframe: Timeframe): readonly Stage[] {
  return stages.map((stage, index) => {
    if (index === 0 && stage.kind === 'SourceStage' && lacksTimeframe(stage)) return { ...stage, timeframe }
    if (!holdsQuery(stage)) return stage
    const inner = withTimeframe(stage.query.stages, timeframe)
    return { ...stage, query: { ...stage.query, stages: inner } }
  })
}
