import {
  build,
  canonicalKeypath,
  type Expression,
  type Query,
  type SourceStage,
  type Stage,
} from '#dataprime'
import type { Reading } from '../draft'
import type { Order, QueryPlan } from '../intermediate'
import { FILLERS } from '../lexicon/words'
import type { CatalogueIndex, SourceName } from '../link/catalogue-index'
import type { Field } from '../link/field'
import { emptyLinkCache } from '../link/mentions'
import { forkQuestion, type Question } from '../question'
import { readOver, readTimes } from '../read-question'
import { isEmptyPlan, resolvePlan } from '../resolve/resolve-plan'
import type { Present } from '../time/time-point'
import { conditionNode, keyNode, limitStage, orderbyStage, projectionStage, timeframeNode } from '../to-tree'
import { isShape } from './conjuncts'
import { editFilters, excluded, releaseFilters } from './edit-filters'
import { placeHaving, placeStage, removeStages } from './edit-rest'
import { editShape, firstKeyName, measuredField, rankingName, ungroup } from './edit-shape'
import { readBound } from './read-bound'
import { type Cues, hasAnaphora, opensFollowUp, readCues, readNamedRemovals } from './read-cues'
import { readRangeChange } from './read-range-change'

export interface FollowUp {
  readonly query: Query
  readonly reading: Reading
}

/**
 * The earlier query changed as a follow-up asks ("widen it to 12 hours", "leave tablets out", "top 5"); null
 * when the text is a question of its own or changes nothing.
 */
export function readFollowUp(
  asked: Question,
  previous: Query,
  index: CatalogueIndex,
  present: Present,
): FollowUp | null {
  const question = forkQuestion(asked)
  const source = sourceOf(previous)
  const range = readRangeChange(question)
  const cues = readCues(question)
  const bound = readBound(question, previous, index[source])
  const timed = readTimes(question, present)
  const { released, ungrouped } = readNamedRemovals(
    { question, index: index[source], links: emptyLinkCache() },
    cues.mode,
  )
  const reading = readOver(
    index[source],
    { ...timed, timeframe: range ?? timed.timeframe, assumptions: [] },
    measuredField(previous.stages, index[source].fields),
  )
  const plan = resolvePlan(reading, true)
  const edit: Edit = {
    plan,
    reading,
    cues,
    bound,
    released: toKeypaths(released),
    ungrouped: toKeypaths(ungrouped),
  }
  if (!isFollowUp(asked, edit)) return null
  const stages = applyEdit(previous.stages, edit)
  return stages === null ? null : { query: build.query(stages), reading }
}

function toKeypaths(fields: readonly Field[]): Set<string> {
  return new Set(fields.map(({ keypath }) => canonicalKeypath(keypath)))
}

interface Edit {
  readonly plan: QueryPlan
  readonly reading: Reading
  readonly cues: Cues
  /** Fields whose conditions are to go. */
  readonly released: ReadonlySet<string>
  /** Fields that are no longer to group. */
  readonly ungrouped: ReadonlySet<string>
  /** A condition on what the earlier query measures. */
  readonly bound: Expression | null
}

function sourceOf(query: Query): SourceName {
  const first = query.stages[0]
  return first?.kind === 'SourceStage' && first.dataset.name === 'spans' ? 'spans' : 'logs'
}

const FRAGMENT_WORDS_MAX = 4

/** An edit refers back, opens like one, or is too little to be a question of its own. */
function isFollowUp(asked: Question, edit: Edit): boolean {
  const hasEdit =
    !isEmptyPlan(edit.plan) ||
    edit.plan.timeframe !== null ||
    edit.cues.removals.length > 0 ||
    edit.released.size > 0 ||
    edit.ungrouped.size > 0 ||
    edit.bound !== null ||
    edit.reading.draft.order !== null
  if (!hasEdit) return false
  if (hasAnaphora(asked) || opensFollowUp(asked)) return true
  const content = asked.tokens.filter((token) => token.kind !== 'symbol' && !FILLERS.has(token.lower))
  return edit.cues.isCertain || (content.length < FRAGMENT_WORDS_MAX && !standsAlone(edit.plan))
}

/** Conditions, a shape and a time: a text that names two of the three is rather a question of its own. */
function standsAlone(plan: QueryPlan): boolean {
  const hasShape = plan.measures.length > 0 || plan.distinct.length > 0 || plan.groupKeys.length > 0
  return [plan.conditions.length > 0, hasShape, plan.timeframe !== null].filter(Boolean).length > 1
}

function applyEdit(previous: readonly Stage[], edit: Edit): Stage[] | null {
  const { plan, cues, reading, released } = edit
  const conditions = plan.conditions
    .map(conditionNode)
    .map((node) => (cues.mode === 'exclude' ? excluded(node) : node))
  const keys = keysOf(plan)
  let stages = withTimeframe(previous, plan)
  stages = removeStages(stages, cues.removals)
  stages = releaseFilters(stages, released)
  stages = ungroup(stages, edit.ungrouped)
  stages = editFilters(stages, conditions, cues.mode)
  stages = editShape(stages, { keys, measures: measuresOf(reading, plan, stages), mode: cues.mode })
  stages = withListing(stages, plan, keys.length > 0)
  stages = edit.bound === null ? withHaving(stages, plan) : placeHaving(stages, edit.bound)
  stages = withOrder(stages, plan, reading)
  if (plan.limit !== null) stages = placeStage(stages, limitStage(plan.limit))
  const projection = stages.some(isShape) ? null : projectionStage(plan)
  return projection === null ? stages : placeStage(stages, projection)
}

function keysOf(plan: QueryPlan) {
  return plan.groupKeys.map(keyNode)
}

/** A count that only fills in for a missing measure leaves the earlier measures alone. */
function measuresOf(reading: Reading, plan: QueryPlan, stages: readonly Stage[]) {
  const { measures, share } = reading.draft
  const isSaid = measures.length > 0 || share !== null
  const shape = stages.find(isShape)
  const hasMeasures = shape?.kind === 'GroupbyStage' || shape?.kind === 'AggregateStage'
  return isSaid || (!hasMeasures && plan.groupKeys.length > 0) ? plan.measures : []
}

function withTimeframe(stages: readonly Stage[], plan: QueryPlan): Stage[] {
  const timeframe = timeframeNode(plan.timeframe)
  if (timeframe === null) return [...stages]
  const [first] = stages
  if (first?.kind === 'SourceStage') return stages.with(0, { ...first, timeframe })
  const dataset = { kind: 'Dataset' as const, dataspace: null, name: plan.source, range: timeframe.range }
  return [build.stage<SourceStage>({ kind: 'SourceStage', dataset, parameters: [], timeframe }), ...stages]
}

/** "which hosts?": the values among the records that were asked for. */
function withListing(stages: readonly Stage[], plan: QueryPlan, isGrouped: boolean): Stage[] {
  if (plan.distinct.length === 0 || isGrouped) return [...stages]
  const at = stages.findIndex(isShape)
  const distinct = build.stage({
    kind: 'DistinctStage',
    keys: plan.distinct.map(({ keypath }) => build.aliased(keypath)),
  } as const) as Stage
  return [
    ...(at < 0
      ? stages.filter(
          ({ kind }) => kind !== 'OrderbyStage' && kind !== 'LimitStage' && kind !== 'ChooseStage',
        )
      : stages.slice(0, at)),
    distinct,
  ]
}

function withHaving(stages: readonly Stage[], plan: QueryPlan): Stage[] {
  const [having] = plan.having
  const name = rankingName(stages)
  if (having === undefined || name === null) return [...stages]
  return placeHaving(stages, build.binary(having.operator, name, build.number(having.value)))
}

function withOrder(stages: readonly Stage[], plan: QueryPlan, reading: Reading): Stage[] {
  const { order } = reading.draft
  if (order === null) return [...stages]
  const direction = order.direction
  const name = order.by === 'key' ? firstKeyName(stages) : rankingName(stages)
  if (name !== null && order.by !== 'timestamp') return placeStage(stages, orderbyStage(name, direction))
  const key = rowKey(plan.order ?? null)
  return key === null || stages.some(isShape) ? [...stages] : placeStage(stages, orderbyStage(key, direction))
}

function rowKey(order: Order | null) {
  if (order?.by === 'timestamp') return build.keypath('$m', 'timestamp')
  return order?.by === 'field' ? order.field.keypath : null
}
