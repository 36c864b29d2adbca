/** What stages do with keypaths: read, write, and which keys are left afterwards. */

import { printExpression } from '../format/print'
import type { Keypath, Node, Stage } from './ast'
import { descend } from './walk'

/** The keypaths a stage gives values to: targets, `into` and aliases. Sub-queries are left out. */
export function writtenKeypaths(stage: Stage): readonly Keypath[] {
  switch (stage.kind) {
    case 'GroupbyStage':
      return aliasesOf([...stage.keys, ...stage.aggregates])
    case 'MultigroupbyStage':
      return aliasesOf([...stage.groups.flat(), ...stage.aggregates])
    case 'AggregateStage':
      return aliasesOf(stage.aggregates)
    case 'DistinctStage':
      return aliasesOf(stage.keys)
    case 'ChooseStage':
      return aliasesOf(stage.fields)
    case 'TopStage':
      return aliasesOf([...stage.results, ...stage.by])
    case 'CountbyStage':
      return stage.into === null ? aliasesOf(stage.keys) : [...aliasesOf(stage.keys), stage.into]
    case 'CountStage':
    case 'RoundtimeStage':
      return stage.into === null ? [] : [stage.into]
    case 'CreateStage':
    case 'ReplaceStage':
    case 'RedactStage':
      return [stage.target]
    case 'MoveStage':
      return [stage.to]
    case 'ExplodeStage':
    case 'ExtractStage':
    case 'EnrichStage':
    case 'JoinStage':
    case 'StitchStage':
      return [stage.into]
    default:
      return []
  }
}

function aliasesOf(list: readonly { readonly alias: Keypath | null }[]): readonly Keypath[] {
  return list.flatMap(({ alias }) => (alias === null ? [] : [alias]))
}

/** Whether only what the stage produces is left after it, so that the fields of the source are gone. */
export function replacesRows({ kind }: Stage): boolean {
  return (
    kind === 'GroupbyStage' ||
    kind === 'MultigroupbyStage' ||
    kind === 'AggregateStage' ||
    kind === 'CountStage' ||
    kind === 'CountbyStage' ||
    kind === 'DistinctStage' ||
    kind === 'TopStage' ||
    kind === 'ChooseStage'
  )
}

/** The keypaths a stage reads, in the order of the text and as often as they occur. Sub-queries are left out. */
export function readKeypaths(stage: Stage): readonly Keypath[] {
  const written = new Set<Node>(writtenKeypaths(stage))
  const read: Keypath[] = []
  descend(stage, true, (node) => {
    if (node.kind === 'Query' || written.has(node)) return undefined
    // The keys after `datatypes` belong to the object that is being extracted.
    if (node.kind === 'TypedKeypath' && stage.kind === 'ExtractStage') return undefined
    if (node.kind === 'Keypath' && !isMissingKeypath(node)) read.push(node)
    return true
  })
  return read
}

/** A keypath that the text lacks where one is required. */
export function isMissingKeypath({ namespace, segments }: Keypath): boolean {
  return namespace === null && segments.length === 0
}

/** The text of a keypath with its namespace always written: `status` and `$d.status` are both `$d.status`. */
export function canonicalKeypath(keypath: Keypath): string {
  return printExpression({ ...keypath, namespace: keypath.namespace ?? '$d' })
}

/** The name a result has when it is not given one: the last key of its keypath. Undefined where there is none. */
export function impliedName(keypath: Keypath): string | undefined {
  const last = keypath.segments.at(-1)
  return last?.kind === 'NameSegment' ? last.name : undefined
}
