import { assume, type PlacedCondition, type Reading } from '../draft'
import type { GroupKey } from '../intermediate'
import { type Interval, intervalSeconds, type Timeframe } from '../time/timeframe'

/** Fields in the order they were said, what is compared among them, the time last. */
export function collectKeys(reading: Reading, conditions: readonly PlacedCondition[]): GroupKey[] {
  const { draft } = reading
  const compared = conditions
    .filter((condition) => draft.isComparison || condition.isComparison)
    .flatMap((placed) => comparedKey(placed))
  const placed = [...draft.groupKeys, ...compared].sort(
    (a, b) => rank(a.key) - rank(b.key) || a.start - b.start,
  )
  const keys: GroupKey[] = []
  for (const { key } of placed) {
    if (key.kind === 'field' && keys.some((known) => known.kind === 'field' && known.field === key.field))
      continue
    keys.push(
      key.kind === 'bucket' && key.interval.amount === 0
        ? { kind: 'bucket', interval: chooseStep(reading) }
        : key,
    )
  }
  return keys
}

function rank(key: GroupKey): number {
  return key.kind === 'bucket' ? 1 : 0
}

function comparedKey({ condition, start }: PlacedCondition): { key: GroupKey; start: number }[] {
  if (condition.kind === 'oneOf' && !condition.isNegated)
    return [{ key: { kind: 'field', field: condition.field }, start }]
  return condition.kind === 'severity' && condition.severities.length > 1
    ? [{ key: { kind: 'severity' }, start }]
    : []
}

const STEPS: readonly Interval[] = [
  { amount: 10, unit: 's' },
  { amount: 30, unit: 's' },
  { amount: 1, unit: 'm' },
  { amount: 5, unit: 'm' },
  { amount: 15, unit: 'm' },
  { amount: 1, unit: 'h' },
  { amount: 6, unit: 'h' },
  { amount: 1, unit: 'd' },
]
const POINTS_MAX = 60
const DEFAULT_RANGE_SECONDS = 3_600

/** A step for a course over time that names none: at most about sixty points. */
function chooseStep(reading: Reading): Interval {
  const seconds = rangeSeconds(reading.draft.timeframe)
  const step =
    STEPS.find((candidate) => seconds / intervalSeconds(candidate) <= POINTS_MAX) ??
    (STEPS.at(-1) as Interval)
  assume(reading, `no time step named: steps of ${step.amount}${step.unit}`)
  return step
}

function rangeSeconds(timeframe: Timeframe | null): number {
  if (timeframe?.kind === 'last') return intervalSeconds(timeframe.interval)
  if (timeframe?.kind !== 'between') return DEFAULT_RANGE_SECONDS
  const end = timeframe.to === 'now' ? timeframe.from.getTime() + 86_400_000 : timeframe.to.getTime()
  return (end - timeframe.from.getTime()) / 1_000
}
