/** What stages do with keypaths: read, write, and which keys are left afterwards. */

import { isBareName, printPath } from '../format/print'
import type { AliasedExpression, Keypath, Node, Stage } from './ast'
import { keypath } from './build'
import { nodesOf } from './walk'

/** The keypaths a stage gives values to: targets, `into` and aliases. Sub-queries are left out. */
export function writtenKeypaths(stage: Stage): readonly Keypath[] {
  switch (stage.kind) {
    case 'CountbyStage':
      return stage.into === null ? aliasesOf(stage) : [...aliasesOf(stage), stage.into]
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
      return aliasesOf(stage)
  }
}

/** The expressions whose values a stage gives to keys and keeps nothing else of a row, in the order of the text. */
export function resultsOf(stage: Stage): readonly AliasedExpression[] {
  switch (stage.kind) {
    case 'GroupbyStage':
      return [...stage.keys, ...stage.aggregates]
    case 'MultigroupbyStage':
      return [...stage.groups.flat(), ...stage.aggregates]
    case 'AggregateStage':
      return stage.aggregates
    case 'CountbyStage':
    case 'DistinctStage':
      return stage.keys
    case 'TopStage':
      return [...stage.results, ...stage.by]
    case 'ChooseStage':
      return stage.fields
    default:
      return []
  }
}

function aliasesOf(stage: Stage): readonly Keypath[] {
  const aliases: Keypath[] = []
  for (const { alias } of resultsOf(stage)) if (alias !== null) aliases.push(alias)
  return aliases
}

/**
 * Where a result is found after the stage: under its alias, or under the last key of its keypath, in `$d`.
 * Undefined where no documentation tells the name.
 */
export function resultKeypath({ expression, alias }: AliasedExpression): Keypath | undefined {
  if (alias !== null) return isMissingKeypath(alias) ? undefined : alias
  const name = expression.kind === 'Keypath' ? impliedName(expression) : undefined
  return name === undefined ? undefined : dataKeypath(name)
}

/** A keypath to a key of the user data, with its namespace only where the name cannot stand without. */
export function dataKeypath(name: string): Keypath {
  return keypath(isBareName(name) ? null : '$d', name)
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
  return readAmong(keypathsIn(stage), stage)
}

/** Those of the keypaths of a stage that it reads. */
export function readAmong(keypaths: readonly Keypath[], stage: Stage): readonly Keypath[] {
  const unread = unreadKeypaths(stage)
  const isUnread =
    unread.length > FEW_KEYPATHS ? membership(unread) : (keypath: Keypath) => unread.includes(keypath)
  return keypaths.filter((keypath) => !isMissingKeypath(keypath) && !isUnread(keypath))
}

/** Of so few a list is faster than a set. */
const FEW_KEYPATHS = 8

function membership(keypaths: readonly Keypath[]): (keypath: Keypath) => boolean {
  const members = new Set(keypaths)
  return (keypath) => members.has(keypath)
}

function unreadKeypaths(stage: Stage): readonly Keypath[] {
  // What is redacted is read first.
  if (stage.kind === 'RedactStage') return []
  if (stage.kind !== 'ExtractStage') return writtenKeypaths(stage)
  // An extractor takes names of types, and the keys after `datatypes` belong to what is being extracted.
  return [stage.into, ...[stage.extractor, ...stage.datatypes].flatMap(keypathsIn)]
}

/** All keypaths of a node and below it, those of sub-queries left out. */
export function keypathsIn(node: Node): readonly Keypath[] {
  return nodesOf(node).filter((part) => part.kind === 'Keypath')
}

/** A keypath that the text lacks where one is required. */
export function isMissingKeypath({ namespace, segments }: Keypath): boolean {
  return namespace === null && segments.length === 0
}

/** The text of a keypath with its namespace always written: `status` and `$d.status` are both `$d.status`. */
export function canonicalKeypath({ namespace, segments }: Keypath): string {
  return printPath(namespace ?? '$d', segments)
}

/** The name that a keypath consists of; undefined for one with a namespace or further segments. */
export function bareNameOf({ namespace, segments }: Keypath): string | undefined {
  const [first, second] = segments
  return namespace === null && second === undefined && first?.kind === 'NameSegment' ? first.name : undefined
}

/** The name a result has when it is not given one: the last key of its keypath. Undefined where there is none. */
export function impliedName(keypath: Keypath): string | undefined {
  const last = keypath.segments.at(-1)
  return last?.kind === 'NameSegment' ? last.name : undefined
}
