import type { DraftHaving, PlacedCondition, PlacedMeasure, Reading } from '../draft'
import type { Having, QueryPlan } from '../intermediate'
import { nameMeasures } from './aliases'
import { mergeConditions } from './merge-conditions'
import { resolveAbsence } from './resolve-absence'
import { resolveShape } from './resolve-shape'
import { resolveShare } from './resolve-share'
import { shareBase } from './share-base'
import { asShown, showInUnit } from './show-in-unit'

/**
 * The plan a reading amounts to: what the question leaves open is decided here, and noted as an assumption. A
 * fragment, which changes an earlier query, leaves open what it does not say.
 */
export function resolvePlan(reading: Reading, isFragment = false): QueryPlan {
  const { draft } = reading
  const share = draft.share === null ? null : resolveShare(reading, draft.share)
  const absence = resolveAbsence(reading)
  const conditions = mergeConditions(share?.filtered ?? absence?.conditions ?? draft.conditions)
  const placedShare =
    share === null || draft.share === null ? null : shareMeasure(draft.share.scale, draft.share, share)
  const late = placedShare ?? absence?.measure ?? null
  const shape = resolveShape(reading, conditions, late, isFragment)
  const said = conditions.map(({ condition }) => condition)
  const base = shareBase(reading, shape.measures, said)
  const filters = base === null ? said : [...said, base]
  const words = new Set(reading.question.tokens.map(({ lower }) => lower))
  const shown = showInUnit(shape.measures, draft.resultUnit)
  const aliases = nameMeasures(shown, shape.groupKeys, filters, words)
  return {
    source: reading.index.source,
    timeframe: draft.timeframe,
    conditions: filters,
    groupKeys: shape.groupKeys,
    measures: shown.map(({ measure }, index) => ({ measure, alias: aliases[index] as string })),
    having: resolveHaving(
      [...draft.having, ...(absence === null ? [] : [absence.having])],
      shape.measures,
      placedShare,
    ).map((having) => ({
      ...having,
      value: asShown(having.value, (shown[having.measure] as PlacedMeasure).measure),
    })),
    distinct: shape.distinct,
    order: shape.order,
    limit: shape.limit,
    projection: shape.measures.length > 0 || shape.distinct.length > 0 ? [] : draft.projection,
  }
}

function shareMeasure(
  scale: 1 | 100,
  { start, end, said }: { start: number; end: number; said: string },
  share: { counted: readonly PlacedCondition[]; said: string },
): PlacedMeasure {
  const conditions = share.counted.map(({ condition }) => condition)
  return { measure: { kind: 'share', conditions, scale }, start, end, said: `${share.said} ${said}` }
}

function resolveHaving(
  having: readonly DraftHaving[],
  measures: readonly PlacedMeasure[],
  share: PlacedMeasure | null,
): Having[] {
  return having.flatMap(({ measure, operator, value }) => {
    const placed = measure ?? share
    const at = placed === null ? -1 : measures.indexOf(placed)
    return at < 0 ? [] : [{ measure: at, operator, value }]
  })
}

/** True when a plan asks for something: a plan without any of these says only where to look. */
export function isEmptyPlan(plan: QueryPlan): boolean {
  const parts: readonly (readonly unknown[])[] = [
    plan.conditions,
    plan.groupKeys,
    plan.measures,
    plan.distinct,
    plan.projection,
  ]
  return parts.every((part) => part.length === 0) && plan.order === null && plan.limit === null
}
