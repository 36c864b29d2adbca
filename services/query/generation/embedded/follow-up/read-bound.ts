import { build, canonicalKeypath, descend, type Expression, type Keypath, type Query } from '#dataprime'
import { readComparison } from '../conditions/comparators'
import { inUnit } from '../conditions/in-unit'
import { emptyDraft } from '../draft'
import type { SourceIndex } from '../link/catalogue-index'
import { emptyLinkCache, readField } from '../link/mentions'
import { measureOfNoun } from '../measures/measure-of-noun'
import { areFree, claim, type Question } from '../question'
import type { Unit } from '../units'
import { isShape } from './conjuncts'

/**
 * `only those with more than 100`, `above 2 seconds` after a grouped query: a bound on its first measure, when
 * the number fits it and names nothing else. Claims what it reads.
 */
export function readBound(question: Question, previous: Query, index: SourceIndex): Expression | null {
  const measured = measuredBy(previous, index)
  if (measured === null) return null
  const reading = { question, index, links: emptyLinkCache(), draft: emptyDraft() }
  for (let start = 0; start < question.tokens.length; start += 1) {
    const comparison = readComparison(question.tokens, start)
    if (comparison === null || !areFree(question, start, comparison.end)) continue
    const unit = comparison.magnitude.unit
    const fits = unit === null || unit.dimension === measured.unit?.dimension
    const namesOther =
      measureOfNoun(reading, comparison.end, 'most') !== null || hasFieldBefore(reading, start)
    if (!fits || namesOther) return null
    claim(question, start, comparison.end, 'having')
    return build.binary(
      comparison.operator,
      measured.name,
      build.number(inUnit(comparison.magnitude, measured.unit)),
    )
  }
  return null
}

function hasFieldBefore(reading: Parameters<typeof readField>[0], start: number): boolean {
  for (let at = Math.max(0, start - 3); at < start; at += 1) {
    if (readField(reading, at, (field) => field.type === 'number') !== null) return true
  }
  return false
}

/** The name and unit of the first measure of a grouped query. */
function measuredBy(query: Query, index: SourceIndex): { name: Keypath; unit: Unit | null } | null {
  const shape = query.stages.find(isShape)
  const first = shape?.kind === 'GroupbyStage' ? shape.aggregates[0] : undefined
  if (first === undefined || first.alias === null) return null
  let unit: Unit | null = null
  descend(first.expression, false, (node) => {
    if (node.kind === 'Keypath') unit ??= unitOf(node, index)
    return true
  })
  return { name: first.alias, unit }
}

function unitOf(keypath: Keypath, index: SourceIndex): Unit | null {
  const text = canonicalKeypath(keypath)
  return index.fields.find((field) => canonicalKeypath(field.keypath) === text)?.unit ?? null
}
