import assert from 'node:assert/strict'
import { analyse } from '../../analyse'
import { print } from '../../format/print'
import type { Query } from '../../tree/ast'
import { type Improvement, suggestImprovements } from '..'

type Rewrite = Improvement & { readonly rewritten: string }

export function rewritesOf(query: Query): readonly Rewrite[] {
  return suggestImprovements(query).filter((improvement) => improvement.rewritten !== undefined) as Rewrite[]
}

/** Every rewritten query has no errors but those the query has. */
export function assertValid(query: Query): void {
  const known = errorsIn(print(query))
  for (const { code, rewritten } of rewritesOf(query)) {
    for (const error of errorsIn(rewritten)) assert.ok(known.has(error), `${code}: ${error} in ${rewritten}`)
  }
}

function errorsIn(text: string): ReadonlySet<string> {
  const errors = analyse(text).diagnostics.filter(({ severity }) => severity === 'error')
  return new Set(errors.map(({ code, message }) => `${code} ${message}`))
}

/** Pieces of advice that are taken one after another until there is none left; some give way to another. */
const STEPS_MAX = 40

/**
 * Whoever takes a piece of advice is not given it again for the same place, unless there is a stage less by
 * then, and taking one after another comes to an end.
 */
export function assertConverges(query: Query): void {
  let current = query
  for (let step = 0; ; step++) {
    const [next] = rewritesOf(current)
    if (next === undefined) return
    const text = print(current)
    const { query: taken } = analyse(next.rewritten)
    assert.ok(step < STEPS_MAX, `no end at ${text}`)
    assert.ok(
      taken.stages.length < current.stages.length ||
        suggestImprovements(taken).every((other) => placeOf(other) !== placeOf(next)),
      `${next.code} is given again: ${text} became ${next.rewritten}`,
    )
    current = taken
  }
}

function placeOf({ code, message, stageIndex }: Improvement): string {
  return `${code} ${stageIndex} ${message}`
}
