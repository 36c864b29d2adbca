import { build, type Expression, type Stage, sameTree } from '#dataprime'
import { wordSet } from '../word-set'
import { conjunctsOf, equalityOf, filterOf, keypathOf, testOf } from './conjuncts'
import type { EditMode } from './read-cues'

/** The stages with new conditions on the records worked into their filter. */
export function editFilters(
  stages: readonly Stage[],
  conditions: readonly Expression[],
  mode: EditMode,
): Stage[] {
  if (conditions.length === 0) return [...stages]
  return withConjuncts(stages, (known) => {
    const alternatives = mode === 'add' ? withRange(known, conditions) : null
    return alternatives ?? conditions.reduce((conjuncts, next) => work(conjuncts, next, mode), known)
  })
}

/** "and 4xx too": a range beside what is known of the same keypath; null when the conditions are anything else. */
function withRange(known: readonly Expression[], conditions: readonly Expression[]): Expression[] | null {
  const keypath = testOf(conditions[0] as Expression)?.keypath
  const isOfKeypath = (conjunct: Expression) => testOf(conjunct)?.keypath === keypath
  const before = known.filter(isOfKeypath)
  const isRange = [before, conditions].some((tests) =>
    ['lower', 'upper'].every((side) => tests.some((conjunct) => testOf(conjunct)?.kind === side)),
  )
  if (keypath === undefined || before.length === 0 || !isRange || !conditions.every(isOfKeypath)) return null
  if (isWithin(before, conditions)) return null
  const either = build.anyOf([build.allOf(before), build.allOf(conditions)] as Expression[]) as Expression
  const at = known.findIndex(isOfKeypath)
  return [...known.slice(0, at), either, ...known.slice(at).filter((conjunct) => !isOfKeypath(conjunct))]
}

/** The stages without any condition on the given keypaths. */
export function releaseFilters(stages: readonly Stage[], keypaths: ReadonlySet<string>): Stage[] {
  if (keypaths.size === 0) return [...stages]
  return withConjuncts(stages, (known) =>
    known.filter((conjunct) => !keypaths.has(testOf(conjunct)?.keypath ?? '')),
  )
}

/** Stages that leave the records as the source has them, so that filters among them may be joined. */
const READING = wordSet('SourceStage FilterStage BlockStage FindStage WildfindStage LuceneStage')

/** Changes the conjuncts of the filters on the source's records; they become one filter where the first of them stood. */
function withConjuncts(stages: readonly Stage[], change: (known: Expression[]) => Expression[]): Stage[] {
  const changedAt = stages.findIndex(({ kind }) => !READING.has(kind))
  const end = changedAt < 0 ? stages.length : changedAt
  const filters = stages.slice(0, end).filter((stage) => stage.kind === 'FilterStage')
  const changed = change(filters.flatMap(({ predicate }) => conjunctsOf(predicate)))
  const filter = filterOf(changed)
  const firstAt = stages.findIndex((stage) => stage.kind === 'FilterStage')
  const at = filters.length > 0 ? firstAt : stages[0]?.kind === 'SourceStage' ? 1 : 0
  const before = stages.slice(0, at)
  const after = stages.slice(at).filter((stage, index) => !(stage.kind === 'FilterStage' && at + index < end))
  return [...before, ...(filter === null ? [] : [filter]), ...after]
}

/** Whether all that the new range selects is selected already by a single bound, which it then narrows. */
function isWithin(before: readonly Expression[], range: readonly Expression[]): boolean {
  const [bound] = before
  if (before.length !== 1 || bound === undefined) return false
  const side = testOf(bound)?.kind
  const limit = boundOf(bound)
  const limits = range.filter((conjunct) => testOf(conjunct)?.kind === side).map(boundOf)
  return limits.some(
    (value) => limit !== null && value !== null && (side === 'lower' ? value >= limit : value <= limit),
  )
}

function boundOf(conjunct: Expression): number | null {
  const [value] = testOf(conjunct)?.values ?? []
  return value?.kind === 'NumberLiteral' ? Number(value.value) : null
}

/** One condition among those that are there: it takes the place of, widens, shrinks or joins them. */
function work(known: readonly Expression[], next: Expression, mode: EditMode): Expression[] {
  if (known.some((conjunct) => sameTree(conjunct, next))) return [...known]
  const test = testOf(next)
  if (test === null) return [...known, next]
  const at = known.findIndex((conjunct) => {
    const other = testOf(conjunct)
    return other !== null && other.keypath === test.keypath && meets(other.kind, test.kind)
  })
  const old = known[at]
  if (old === undefined) return [...known, next]
  const changed = combine(old, next, mode)
  return changed === null ? [...known, next] : known.toSpliced(at, 1, ...changed)
}

/** Which older tests a new one is about: a value the values, a bound the bound on the same side. */
function meets(old: string, next: string): boolean {
  if (next === 'exclusion') return old === 'equality'
  return old === next && next !== 'other'
}

function combine(old: Expression, next: Expression, mode: EditMode): Expression[] | null {
  const before = testOf(old)
  const test = testOf(next)
  const keypath = keypathOf(old)
  if (before === null || test === null || keypath === null) return null
  if (test.kind === 'exclusion') {
    const left = before.values.filter((value) => !test.values.some((gone) => sameTree(value, gone)))
    // Excluding one of the listed values shortens the list; excluding another changes nothing that is listed.
    return left.length === 0 || left.length === before.values.length ? null : [equalityOf(keypath, left)]
  }
  if (mode === 'add' && test.kind === 'equality') {
    const added = test.values.filter((value) => !before.values.some((other) => sameTree(value, other)))
    return [equalityOf(keypath, [...before.values, ...added])]
  }
  return [next]
}

/** Turns conditions round for "leave out": what was already said with a negation stays as it is. */
export function excluded(condition: Expression): Expression {
  if (condition.kind === 'UnaryExpression' && condition.operator === '!') return condition
  if (condition.kind === 'BinaryExpression' && condition.operator === '==')
    return build.binary('!=', condition.left, condition.right)
  if (condition.kind === 'BinaryExpression' && condition.operator === '!=') return condition
  return build.not(condition)
}
