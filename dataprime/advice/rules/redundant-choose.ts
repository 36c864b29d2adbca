import type { AliasedExpression, ChooseStage } from '../../tree/ast'
import { keypath } from '../../tree/build'
import { defineAdvice } from '../advice'
import { putBack, resultName, sourcesOf } from '../groupings'
import { fieldsRead } from '../stage-effects'

export const redundantChoose = defineAdvice(
  'redundant-choose',
  'Two choices of fields follow one another where one would do.',
  ({ stages }) =>
    stages.flatMap((stage, index) => {
      const next = stages[index + 1]
      if (stage.kind !== 'ChooseStage' || next?.kind !== 'ChooseStage') return []
      const merged = merge(stage, next)
      if (merged === undefined) return []
      const message = 'only what the next "choose" keeps is left; one of them is enough'
      return [{ index, message, stages: stages.toSpliced(index, 2, merged) }]
    }),
)

/** The second choice made of what the first one reads; undefined when it reads anything the first does not name. */
function merge(first: ChooseStage, second: ChooseStage): ChooseStage | undefined {
  const sources = sourcesOf(first.fields)
  const merged: AliasedExpression[] = []
  for (const field of second.fields) {
    const read = fieldsRead({ ...second, fields: [{ ...field, alias: null }] })
    const expression = putBack(field.expression, read, sources)
    const name = resultName(field)
    if (expression === undefined || name === undefined) return undefined
    const unnamed = { ...field, expression, alias: null }
    merged.push(resultName(unnamed) === name ? unnamed : { ...unnamed, alias: field.alias ?? nameOf(field) })
  }
  return { ...second, fields: merged }
}

/** A name that was implied by a keypath, to be written out where the keypath is exchanged for another expression. */
function nameOf({ expression }: AliasedExpression) {
  const last = expression.kind === 'Keypath' ? expression.segments.at(-1) : undefined
  return last?.kind === 'NameSegment' ? keypath(null, last.name) : null
}
