import { fieldOf } from '../conditions/field-of'
import { assume, type PlacedCondition, type PlacedMeasure, type Reading, type Subject } from '../draft'
import type { GroupKey, Measure, Order } from '../intermediate'
import { addsUp, type Field, findByConcept } from '../link/field'
import { collectKeys } from './collect-keys'
import { orderOf, rankField } from './resolve-order'

/** What the result looks like: grouped measures, measures over everything, a listing, or the records. */
export interface Shape {
  readonly groupKeys: readonly GroupKey[]
  readonly measures: readonly PlacedMeasure[]
  readonly distinct: readonly Field[]
  readonly order: Order | null
  readonly limit: number | null
}

const COUNT: PlacedMeasure = { measure: { kind: 'count' }, start: 0, end: 0, said: '' }

/**
 * Settles keys and measures together. A subject ("hosts …") is a key when something is measured or ranked, is
 * counted when something else groups, and is listed otherwise.
 */
export function resolveShape(
  reading: Reading,
  conditions: readonly PlacedCondition[],
  late: PlacedMeasure | null,
  isFragment: boolean,
): Shape {
  const { draft } = reading
  const said = [...withoutReplaced(draft.measures), ...(late === null ? [] : [late])].sort(
    (a, b) => a.start - b.start,
  )
  const keys = collectKeys(reading, conditions)
  const isRanked =
    draft.order !== null && draft.order.by !== 'timestamp' && rankField(reading, conditions) === null
  const measured = (groupKeys: readonly GroupKey[], measures: readonly PlacedMeasure[]): Shape => ({
    groupKeys,
    measures,
    distinct: [],
    order: orderOf(reading, measures, groupKeys, conditions),
    limit: draft.limit,
  })
  if (draft.subject !== null) {
    if (said.length > 0 || isRanked)
      return measured(withKeys(listed(reading), keys), said.length > 0 ? said : [COUNT])
    if (keys.length > 0 && draft.subject.field.type === 'number')
      return addsUp(draft.subject.field)
        ? measured(keys, [sumOfSubject(draft.subject)])
        : // "status codes by service" is how often each of them occurs.
          measured(withKeys(listed(reading), keys), [COUNT])
    if (keys.length > 0) return measured(keys, [countOfSubject(reading, keys)])
    if (isListed(reading, conditions))
      return { groupKeys: [], measures: [], distinct: listed(reading), order: null, limit: draft.limit }
  }
  const isOpen = !isFragment && isRanked && keys.length === 0 && said.length === 0 && draft.subject === null
  const groupKeys = isOpen ? commonestKey(reading) : keys
  const extreme = groupKeys.length > 0 && said.length === 0 ? extremeTime(reading, groupKeys) : null
  if (extreme !== null) return { ...measured(groupKeys, [extreme]), limit: null }
  return measured(groupKeys, said.length > 0 ? said : groupKeys.length > 0 ? [COUNT] : [])
}

/** "slowest paths by p95 duration" ranks by the p95, and "noisiest hosts by number of errors" counts once. */
function withoutReplaced(measures: readonly PlacedMeasure[]): PlacedMeasure[] {
  const named = measures.filter(({ isImplied }) => isImplied !== true)
  return measures.filter(
    ({ isImplied, measure }) =>
      isImplied !== true || !named.some(({ measure: other }) => isOfSame(measure, other)),
  )
}

function isOfSame(one: Measure, other: Measure): boolean {
  if (one.kind === 'count') return other.kind === 'count'
  return 'field' in one && 'field' in other && one.field === other.field
}

/** "the newest log per user": of one record of each group, its time. */
function extremeTime(reading: Reading, keys: readonly GroupKey[]): PlacedMeasure | null {
  const { order, limit } = reading.draft
  const isOneEach = order?.by === 'timestamp' && limit === 1 && keys.every(({ kind }) => kind !== 'bucket')
  const field = isOneEach ? findByConcept(reading.index.fields, 'timestamp') : null
  if (field === null || order === null) return null
  const [name, said] =
    order.direction === 'desc' ? (['max', 'latest'] as const) : (['min', 'earliest'] as const)
  return { measure: { kind: 'statistic', name, field }, start: 0, end: 0, said }
}

/** "users per country" counts users; "exceptions by type" counts records, the types being what groups them. */
function countOfSubject(reading: Reading, keys: readonly GroupKey[]): PlacedMeasure {
  const { subject } = reading.draft
  if (subject === null || keys.some((key) => key.kind === 'field' && key.field === subject.field))
    return COUNT
  return {
    measure: { kind: 'distinct', field: subject.field },
    start: subject.start,
    end: subject.end,
    said: '',
  }
}

/** "retries per job". */
function sumOfSubject({ field, start, end }: Subject): PlacedMeasure {
  return { measure: { kind: 'statistic', name: 'sum', field }, start, end, said: '' }
}

function listed(reading: Reading): Field[] {
  const { subject, alsoListed } = reading.draft
  return subject === null ? [] : [subject.field, ...alsoListed]
}

function withKeys(fields: readonly Field[], keys: readonly GroupKey[]): GroupKey[] {
  const known = new Set(keys.flatMap((key) => (key.kind === 'field' ? [key.field] : [])))
  return [
    ...fields.filter((field) => !known.has(field)).map((field): GroupKey => ({ kind: 'field', field })),
    ...keys,
  ]
}

/** Values of a field are listed, unless the question only narrows that very field: "user agents beginning with …". */
function isListed(reading: Reading, conditions: readonly PlacedCondition[]): boolean {
  const { subject } = reading.draft
  if (subject === null) return false
  return subject.isAsked || !conditions.some(({ condition }) => fieldOf(condition) === subject.field)
}

/** "top 10 errors": the most common messages. */
function commonestKey(reading: Reading): GroupKey[] {
  const { fields } = reading.index
  const saysMessages = reading.question.tokens.some(
    ({ lower }) => lower === 'messages' || lower === 'message',
  )
  const field =
    (saysMessages ? findByConcept(fields, 'message') : null) ??
    findByConcept(reading.index.fields, 'error type') ??
    findByConcept(reading.index.fields, 'message') ??
    findByConcept(reading.index.fields, 'operation')
  if (field === null || reading.draft.order?.by !== 'rank') return []
  assume(reading, `nothing named to rank: the most common values of ${field.text}`)
  return [{ kind: 'field', field }]
}
